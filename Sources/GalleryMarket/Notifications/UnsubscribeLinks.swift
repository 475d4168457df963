package import GalleryHub
package import GalleryModel

/// Links that end mails without signing in: they name an account and a kind of notification, and prove that we made them.
package struct UnsubscribeLinks: Sendable {
    private let key: [UInt8]

    package init(key: [UInt8]) {
        self.key = key
    }

    /// A nil kind stands for all mails with notifications.
    package func path(for account: AccountID, _ kind: NotificationKind?) -> String {
        let text = "\(account).\(kind?.rawValue ?? "all")"
        return "/unsubscribe/\(text).\(signature(of: text))"
    }

    /// Whose mails of which kind a link ends; nil for what we did not make.
    package func target(of token: String) -> (account: AccountID, kind: NotificationKind?)? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, parts[2] == signature(of: "\(parts[0]).\(parts[1])") else { return nil }
        if parts[1] == "all" { return (AccountID(parts[0]), nil) }
        return NotificationKind(rawValue: parts[1]).map { (AccountID(parts[0]), $0) }
    }

    private func signature(of text: String) -> String {
        String(HMAC.sha256("unsubscribe \(text)".utf8, key: key).hex.prefix(40))
    }
}
