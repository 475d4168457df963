/// An address that a mail can be sent to or from: plain enough that nothing in it can be taken for a command or a header.
package struct MailAddress: Sendable, Hashable, CustomStringConvertible {
    package let text: String

    /// Nil for what is no address, or one that only SMTPUTF8 could carry.
    package init?(_ text: String) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, text.utf8.count <= 254, (1...64).contains(parts[0].utf8.count),
            parts[0].utf8.allSatisfy(Self.isLocal), Self.isDotted(parts[0]), Self.isDomain(parts[1])
        else { return nil }
        self.text = text
    }

    package var description: String { text }

    private static func isLocal(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || ".!#$%&'*+/=?^_`{|}~-".utf8.contains(byte)
    }

    private static func isDomain(_ text: Substring) -> Bool {
        isDotted(text)
            && text.split(separator: ".").allSatisfy { label in
                label.utf8.count <= 63 && label.first != "-" && label.last != "-"
                    && label.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
            }
    }

    /// No empty part between dots, or none at all.
    private static func isDotted(_ text: Substring) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
