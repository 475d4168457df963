import Foundation
import GalleryModel

/// What the fields of an account may hold.
enum AccountRules {
    static func check(_ form: Accounts.SignUp) throws(AccountError) {
        _ = try nickname(form.nickname, orElse: form.name)
        _ = try email(form.email)
        try password(form.password, name: form.name)
    }

    /// Trimmed; an empty one becomes the name.
    static func nickname(_ text: String, orElse name: String) throws(AccountError) -> String {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard text.count <= 64, text.utf8.count <= 512, !text.unicodeScalars.contains(where: \.isControl) else {
            throw .invalidNickname
        }
        return text.isEmpty ? name : text
    }

    /// Empty means none.
    static func email(_ text: String) throws(AccountError) -> String {
        let text = text.trimmingCharacters(in: .whitespaces)
        guard !text.isEmpty else { return "" }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        let isPlain = text.unicodeScalars.allSatisfy { !$0.isControl && !" <>()[],;:\\\"".unicodeScalars.contains($0) }
        guard text.utf8.count <= 254, parts.count == 2, isPlain, (1...64).contains(parts[0].utf8.count),
            parts[1].split(separator: ".", omittingEmptySubsequences: false).allSatisfy({ !$0.isEmpty })
        else { throw .invalidEmail }
        return text
    }

    static func bio(_ text: String) throws(AccountError) -> String {
        let hasControl = text.unicodeScalars.contains { $0.isControl && $0 != "\n" && $0 != "\r" && $0 != "\t" }
        guard text.count <= 500, text.utf8.count <= 4000, !hasControl else { throw .bioTooLong }
        return text
    }

    static func password(_ text: String, name: String) throws(AccountError) {
        guard text.count >= 10 else { throw .passwordTooShort }
        guard text.utf8.count <= 256 else { throw .passwordTooLong }
        guard text.lowercased() != AccountName.key(name) else { throw .passwordSameAsName }
    }
}

extension Unicode.Scalar {
    /// Control characters, and those that turn the direction of text around.
    var isControl: Bool {
        properties.generalCategory == .control || (0x202A...0x202E).contains(value) || (0x2066...0x2069).contains(value)
    }
}
