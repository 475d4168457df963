package import Foundation
import GalleryModel

/// A mail ready to be sent, and how it is written for a mail server (RFC 5322, MIME).
package struct MailMessage: Sendable, Equatable {
    package var id: String
    package var from: MailAddress
    /// The name shown for the sender.
    package var fromName: String
    package var to: MailAddress
    package var subject: String
    package var text: String
    package var html: String
    /// Where one click ends mails like this (RFC 8058); nil where there is no such thing.
    package var unsubscribeURL: String?
    package var date: Date

    /// The whole mail, with lines as mail servers want them.
    ///
    /// The same message is always the same bytes: a mail that is sent twice because its answer was lost has one id.
    package var bytes: [UInt8] {
        let boundary = "gallery-" + SHA256Digest.of("\(id) boundary".utf8).hex.prefix(24)
        var headers = [
            "Date: \(Self.date(date))",
            "From: \(Self.phrase(fromName)) <\(from)>",
            "To: <\(to)>",
            "Message-ID: <\(Self.plain(id))@\(from.text.split(separator: "@").last ?? "localhost")>",
            "Subject: \(Self.unstructured(subject))",
            "MIME-Version: 1.0",
            "Content-Type: multipart/alternative; boundary=\"\(boundary)\"",
            "Auto-Submitted: auto-generated",
            "X-Auto-Response-Suppress: All",
        ]
        if let unsubscribeURL {
            headers.append("List-Unsubscribe: <\(Self.plain(unsubscribeURL))>")
            headers.append("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
        }
        let parts = [("text/plain", text), ("text/html", html)].map { type, body in
            """
            --\(boundary)\r
            Content-Type: \(type); charset=utf-8\r
            Content-Transfer-Encoding: base64\r
            \r
            \(Self.base64(body))\r

            """
        }
        return Array((headers.joined(separator: "\r\n") + "\r\n\r\n" + parts.joined() + "--\(boundary)--\r\n").utf8)
    }

    /// A header's text: as it is where it is short and plain, else as encoded words (RFC 2047), folded.
    ///
    /// Line breaks and other control characters become spaces, so that no text can begin a header of its own.
    static func unstructured(_ text: String) -> String {
        let text = withoutControls(text)
        let isPlain = text.utf8.allSatisfy { (0x20...0x7e).contains($0) } && text.utf8.count <= 60
        return isPlain && !text.contains("=?") ? text : encodedWords(text)
    }

    /// A name before an address.
    static func phrase(_ text: String) -> String {
        let text = withoutControls(text)
        let isPlain =
            text.utf8.count <= 60
            && text.utf8.allSatisfy { byte in
                byte == 0x20 || (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
                    || (0x61...0x7a).contains(byte)
            }
        return isPlain ? "\"\(text)\"" : encodedWords(text)
    }

    private static func encodedWords(_ text: String) -> String {
        var words: [String] = []
        var current: [UInt8] = []
        for character in text {
            let bytes = Array(String(character).utf8.prefix(200))
            // An encoded word has at most 75 characters, so 45 bytes; a character is never cut in two where it fits.
            if current.count + bytes.count > 45, !current.isEmpty {
                words.append(encodedWord(current))
                current = []
            }
            current += bytes
            while current.count > 45 {
                let cut = scalarBoundary(in: current, before: 45)
                words.append(encodedWord(Array(current[..<cut])))
                current.removeFirst(cut)
            }
        }
        if !current.isEmpty || words.isEmpty { words.append(encodedWord(current)) }
        return words.joined(separator: "\r\n ")
    }

    private static func scalarBoundary(in bytes: [UInt8], before limit: Int) -> Int {
        var cut = limit
        while cut > 1, bytes[cut] & 0xc0 == 0x80 { cut -= 1 }
        return cut
    }

    private static func encodedWord(_ bytes: [UInt8]) -> String { "=?UTF-8?B?\(Data(bytes).base64EncodedString())?=" }

    private static func withoutControls(_ text: String) -> String {
        let scalars = text.unicodeScalars.map { scalar in
            scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value) || scalar.value == 0x2028
                || scalar.value == 0x2029
                ? " " : scalar
        }
        return String(String.UnicodeScalarView(scalars))
    }

    /// Visible ASCII without the characters that end an address or an id.
    private static func plain(_ text: String) -> String {
        String(decoding: text.utf8.filter { (0x21...0x7e).contains($0) && $0 != 0x3c && $0 != 0x3e }, as: UTF8.self)
    }

    private static func base64(_ text: String) -> String {
        let lines = text.replacingOccurrences(of: "\r\n", with: "\n").replacingOccurrences(of: "\n", with: "\r\n")
        return Data(lines.utf8).base64EncodedString(options: [
            .lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
        ])
    }

    /// `Sun, 22 Nov 2026 16:38:00 +0000`
    private static func date(_ date: Date) -> String {
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let text = date.formatted(Date.ISO8601FormatStyle())
        let numbers = text.split { !$0.isNumber }.compactMap { Int($0) }
        guard numbers.count == 6, (1...12).contains(numbers[1]) else { return "Thu, 01 Jan 1970 00:00:00 +0000" }
        // The first of January 1970 was a Thursday.
        let weekday = (Int((date.timeIntervalSince1970 / 86_400).rounded(.down)) + 4) % 7
        let time = text.split(separator: "T").last.map { $0.dropLast() } ?? "00:00:00"
        let day = numbers[2] < 10 ? "0\(numbers[2])" : "\(numbers[2])"
        return "\(days[max(0, weekday)]), \(day) \(months[numbers[1] - 1]) \(numbers[0]) \(time) +0000"
    }
}
