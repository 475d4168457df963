import Foundation
package import GalleryServing

/// What a mail says, in one language; written out as text and as HTML.
package struct MailContent: Sendable {
    package enum Block: Sendable, Equatable {
        case paragraph(String)
        /// Something to be typed elsewhere, such as a code.
        case code(String)
        /// One thing of a list, with where it leads.
        case item(String, detail: String, url: String?)
        /// The one thing to do next.
        case button(String, url: String)
        /// Small print.
        case note(String, link: String, url: String)
    }

    package var language: Language
    package var subject: String
    package var blocks: [Block]

    package init(language: Language, subject: String, blocks: [Block]) {
        self.language = language
        self.subject = subject
        self.blocks = blocks
    }

    package var text: String { blocks.map(Self.text).joined(separator: "\n\n") }

    /// Mail programs know no style sheets, so styles stand at the elements.
    package var html: String {
        """
        <div lang="\(language.tag)" style="max-width:560px;margin:0 auto;padding:24px 16px;color:#1f2328;\
        font:15px/1.6 system-ui,'PingFang SC','Microsoft YaHei',sans-serif">
        \(blocks.map(Self.html).joined(separator: "\n"))
        </div>
        """
    }

    /// The same in several languages: one below the other, the first one's subject first.
    package static func joined(_ contents: [MailContent]) -> (subject: String, text: String, html: String) {
        let rule = "<hr style=\"border:0;border-top:1px solid #d0d7de;max-width:560px\">"
        return (
            contents.map(\.subject).joined(separator: " · "),
            contents.map(\.text).joined(separator: "\n\n----\n\n") + "\n",
            "<!doctype html><meta charset=\"utf-8\"><body style=\"margin:0\">\n"
                + contents.map(\.html).joined(separator: "\n\(rule)\n") + "\n</body>\n"
        )
    }

    private static func text(_ block: Block) -> String {
        switch block {
        case .paragraph(let text): text
        case .code(let code): "    \(code)"
        case .item(let title, let detail, let url):
            (["• \(title)"] + (detail.isEmpty ? [] : ["  \(detail)"]) + (url.map { ["  \($0)"] } ?? []))
                .joined(separator: "\n")
        case .button(let title, let url): "\(title):\n\(url)"
        case .note(let text, let link, let url): "\(text)\n\(link): \(url)"
        }
    }

    private static func html(_ block: Block) -> String {
        switch block {
        case .paragraph(let text): "<p style=\"margin:0 0 16px\">\(escaped(text))</p>"
        case .code(let code):
            "<p style=\"margin:0 0 16px;font:600 24px/1.4 monospace;letter-spacing:.15em\">\(escaped(code))</p>"
        case .item(let title, let detail, let url):
            "<p style=\"margin:0 0 12px\">\(url.map { link(title, $0) } ?? escaped(title))"
                + (detail.isEmpty ? "" : "<br><span style=\"color:#59636e\">\(escaped(detail))</span>") + "</p>"
        case .button(let title, let url):
            "<p style=\"margin:0 0 16px\"><a href=\"\(url.htmlEscaped)\" style=\"display:inline-block;padding:8px 16px;"
                + "border-radius:6px;background:#1f5fbf;color:#ffffff;text-decoration:none\">\(escaped(title))</a></p>"
        case .note(let text, let title, let url):
            "<p style=\"margin:24px 0 0;color:#59636e;font-size:13px\">\(escaped(text)) \(link(title, url))</p>"
        }
    }

    private static func link(_ title: String, _ url: String) -> String {
        "<a href=\"\(url.htmlEscaped)\" style=\"color:#1f5fbf\">\(escaped(title))</a>"
    }

    private static func escaped(_ text: String) -> String {
        text.htmlEscaped.replacingOccurrences(of: "\n", with: "<br>")
    }
}
