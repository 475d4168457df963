import Foundation
import GalleryModel
import GalleryServing
import Testing

@testable import GalleryMarket

@Suite struct MailMessageTests {
    private func message(
        subject: String = "Hello",
        name: String = "AI Gallery",
        text: String = "Hi"
    ) throws -> MailMessage {
        MailMessage(
            id: "id-1",
            from: try #require(MailAddress("gallery@example.org")),
            fromName: name,
            to: try #require(MailAddress("ada@example.org")),
            subject: subject,
            text: text,
            html: "<p>\(text)</p>",
            unsubscribeURL: "https://gallery.example.org/unsubscribe/x\r\nBcc: eve@example.org",
            date: Date(timeIntervalSince1970: 1_767_225_600)
        )
    }

    private func headers(_ message: MailMessage) -> [String] {
        let text = String(decoding: message.bytes, as: UTF8.self)
        let head = text.prefix(upTo: text.firstRange(of: "\r\n\r\n")?.lowerBound ?? text.endIndex)
        return head.replacingOccurrences(of: "\r\n ", with: " ").components(separatedBy: "\r\n")
    }

    @Test func `headers are what mail servers and readers expect`() throws {
        let headers = headers(try message())
        #expect(headers.contains("Date: Thu, 01 Jan 2026 00:00:00 +0000"))
        #expect(headers.contains("From: \"AI Gallery\" <gallery@example.org>"))
        #expect(headers.contains("To: <ada@example.org>"))
        #expect(headers.contains("Subject: Hello"))
        #expect(headers.contains("Message-ID: <id-1@example.org>"))
        #expect(headers.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"))
    }

    @Test(arguments: ["a\r\nBcc: eve@example.org", "a\nBcc: x", "a\u{2028}Bcc: x", "a\0b", "=?UTF-8?B?AAAA?="])
    func `no subject or name begins a header of its own`(_ text: String) throws {
        let headers = headers(try message(subject: text, name: text))
        #expect(headers.count == 11)
        #expect(!headers.contains { $0.hasPrefix("Bcc") })
        #expect(headers.allSatisfy { $0.utf8.allSatisfy { (0x20...0x7e).contains($0) } })
    }

    @Test func `long and Chinese subjects are encoded words of allowed length`() throws {
        let subject = String(repeating: "通知：您的模型收到了新的评论 ", count: 12) + "👩‍👩‍👧‍👦"
        let bytes = String(decoding: try message(subject: subject).bytes, as: UTF8.self)
        let lines = bytes.components(separatedBy: "\r\n")
        #expect(lines.allSatisfy { $0.utf8.count <= 200 })
        let words = lines.filter { $0.contains("=?UTF-8?B?") }.map { line in
            line.components(separatedBy: "=?UTF-8?B?")[1].replacingOccurrences(of: "?=", with: "")
        }
        let decoded = words.compactMap { Data(base64Encoded: $0) }.compactMap { String(data: $0, encoding: .utf8) }
        #expect(decoded.joined() == subject)
        #expect(words.allSatisfy { $0.utf8.count + 12 <= 75 })
    }

    @Test(arguments: [
        "", "ada", "ada@", "@example.org", "a b@example.org", "ada@example..org", "ada@-x.org", "ada@exa mple.org",
        "ada@example.org\r\nRCPT TO:<eve@example.org>", "<ada@example.org>", "ädä@example.org", "ada@exämple.org",
        ".ada@example.org", "ada@@example.org", "ada@example.org>",
    ])
    func `what is no plain address is refused`(_ text: String) {
        #expect(MailAddress(text) == nil)
    }

    @Test(arguments: ["ada@example.org", "a.b+c@x.example.org", "gallery@localhost", "o'neil@example.org"])
    func `plain addresses are taken`(_ text: String) {
        #expect(MailAddress(text)?.text == text)
    }

    @Test func `both forms say the same, and nothing in them is markup`() {
        let content = MailContent(
            language: .english,
            subject: "S",
            blocks: [
                .paragraph("<b>Hi</b>\nyou"), .item("ada commented", detail: "\"quoted\"", url: "https://x/?a=1&b=2"),
                .code("123456"), .button("Open", url: "https://x/"), .note("Why?", link: "Stop", url: "https://x/u"),
            ]
        )
        #expect(!content.html.contains("<b>") && content.html.contains("&lt;b&gt;Hi&lt;/b&gt;<br>you"))
        #expect(content.html.contains("href=\"https://x/?a=1&amp;b=2\""))
        #expect(content.text.contains("• ada commented\n  \"quoted\"\n  https://x/?a=1&b=2"))
        #expect(content.text.contains("123456") && content.text.contains("Stop: https://x/u"))
    }
}
