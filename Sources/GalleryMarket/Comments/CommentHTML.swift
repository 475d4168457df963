import GalleryServing
import RichText

/// A comment's text as HTML: Markdown without pictures, in which the people it names are links.
enum CommentHTML {
    /// Stand around the number of a name while the text is rendered; nobody's keyboard has them.
    private static let (open, close): (Character, Character) = ("\u{e000}", "\u{e001}")

    /// `people` are today's names by the written ones in lower case.
    static func render(_ text: String, id: String, people: [String: String]) -> String {
        let (marked, names) = marked(text.filter { $0 != open && $0 != close }, people)
        let html = MarkdownText.render(marked, in: .none(idPrefix: "comment-\(id)-")).html
        return names.isEmpty ? html : named(html, names)
    }

    /// The text with a mark in place of every name, and the names as they were written.
    private static func marked(
        _ text: String,
        _ people: [String: String]
    ) -> (String, [(written: String, name: String)]) {
        var result = ""
        var names: [(written: String, name: String)] = []
        var index = text.startIndex
        for range in Mentions.ranges(in: text) {
            let written = String(text[range].dropFirst())
            guard let name = people[written.lowercased()] else { continue }
            result += text[index..<range.lowerBound]
            result += "\(open)\(names.count)\(close)"
            names.append((written, name))
            index = range.upperBound
        }
        return (result + text[index...], names)
    }

    /// Marks become links in text, and what was written in code and within tags.
    private static func named(_ html: String, _ names: [(written: String, name: String)]) -> String {
        var result = ""
        var depthOfCode = 0
        for (index, piece) in html.split(separator: "<", omittingEmptySubsequences: false).enumerated() {
            var text = piece
            if index > 0 {
                let end = piece.firstIndex(of: ">").map { piece.index(after: $0) } ?? piece.endIndex
                let tag = piece[..<end]
                for name in ["code", "pre", "a"] {
                    if tag.hasPrefix("\(name)>") || tag.hasPrefix("\(name) ") { depthOfCode += 1 }
                    if tag.hasPrefix("/\(name)>") { depthOfCode -= 1 }
                }
                result += "<" + replaced(tag, names, isLink: false)
                text = piece[end...]
            }
            result += replaced(text, names, isLink: depthOfCode == 0)
        }
        return result
    }

    private static func replaced(
        _ text: Substring,
        _ names: [(written: String, name: String)],
        isLink: Bool
    ) -> String {
        var result = ""
        var rest = text
        while let start = rest.firstIndex(of: open), let end = rest[start...].firstIndex(of: close) {
            result += rest[..<start]
            if let number = Int(rest[rest.index(after: start)..<end]), names.indices.contains(number) {
                let (written, name) = names[number]
                let shown = name.htmlEscaped
                result +=
                    isLink
                    ? "<a class=\"mention\" href=\"/\(PercentEncoding.encode(name))\">@\(shown)</a>"
                    : "@\(written.htmlEscaped)"
            }
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }
}
