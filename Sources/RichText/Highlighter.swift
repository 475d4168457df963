/// Colours code on the server, so that it is there without scripts. Knows words, texts, numbers and remarks, no grammar.
package enum Highlighter {
    /// What a piece of code is; its raw value is the class on the page.
    enum Kind: String {
        case keyword = "hl-k"
        case name = "hl-t"
        case text = "hl-s"
        case remark = "hl-c"
        case number = "hl-n"
        case key = "hl-a"
        case added = "hl-add"
        case removed = "hl-del"
    }

    struct Token {
        var kind: Kind
        var range: Range<Int>
    }

    private static let maximumBytes = 512 << 10

    /// The name of the language that a file is likely written in, by its name.
    package static func language(ofFile name: String) -> String? { HighlightLanguages.name(ofFile: name) }

    /// Code as HTML; without colours where the language is unknown.
    package static func html(_ code: [UInt8], language: String) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(code.count * 2)
        var index = 0
        for token in tokens(code, language: language) {
            HTMLText.append(code[index..<token.range.lowerBound], to: &output)
            append(code[token.range], as: token.kind, to: &output)
            index = token.range.upperBound
        }
        HTMLText.append(code[index...], to: &output)
        return output
    }

    /// Code as HTML line by line, without line ends; what spans lines is closed and opened anew.
    package static func lines(_ code: String, language: String?) -> [String] {
        let code = Array(code.utf8)
        var lines: [String] = []
        var line: [UInt8] = []
        func write(_ range: Range<Int>, as kind: Kind?) {
            var start = range.lowerBound
            while true {
                let end = code[start..<range.upperBound].firstIndex(of: UInt8(ascii: "\n"))
                var text = code[start..<(end ?? range.upperBound)]
                if end != nil, text.last == UInt8(ascii: "\r") { text = text.dropLast() }
                append(text, as: kind, to: &line)
                guard let end else { return }
                lines.append(String(decoding: line, as: UTF8.self))
                line.removeAll(keepingCapacity: true)
                start = end + 1
            }
        }
        var index = 0
        for token in language.map({ tokens(code, language: $0) }) ?? [] {
            write(index..<token.range.lowerBound, as: nil)
            write(token.range, as: token.kind)
            index = token.range.upperBound
        }
        write(index..<code.count, as: nil)
        if !line.isEmpty || lines.isEmpty { lines.append(String(decoding: line, as: UTF8.self)) }
        return lines
    }

    private static func append(_ text: ArraySlice<UInt8>, as kind: Kind?, to output: inout [UInt8]) {
        guard let kind, !text.isEmpty else { return HTMLText.append(text, to: &output) }
        output += "<span class=\"\(kind.rawValue)\">".utf8
        HTMLText.append(text, to: &output)
        output += "</span>".utf8
    }

    static func tokens(_ code: [UInt8], language: String) -> [Token] {
        guard code.count <= maximumBytes, let language = HighlightLanguages.language(named: language) else { return [] }
        switch language.form {
        case .words(let words):
            var scanner = WordScanner(code, words)
            return scanner.run()
        case .markup:
            var scanner = MarkupScanner(code)
            return scanner.run()
        case .difference: return differences(code)
        }
    }

    private static func differences(_ code: [UInt8]) -> [Token] {
        var tokens: [Token] = []
        var start = 0
        while start < code.count {
            let end = code[start...].firstIndex(of: UInt8(ascii: "\n")) ?? code.count
            let line = code[start..<end]
            let kind: Kind? =
                if line.starts(with: "+++".utf8) || line.starts(with: "---".utf8) || line.starts(with: "diff ".utf8) {
                    .remark
                } else if line.starts(with: "@@".utf8) {
                    .number
                } else if line.first == UInt8(ascii: "+") {
                    .added
                } else if line.first == UInt8(ascii: "-") {
                    .removed
                } else {
                    nil
                }
            if let kind, start < end { tokens.append(Token(kind: kind, range: start..<end)) }
            start = end + 1
        }
        return tokens
    }
}
