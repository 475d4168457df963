/// Reads a language of words from start to end, looking at each byte a few times at most.
struct WordScanner {
    private let code: [UInt8]
    private let words: HighlightLanguage.Words
    private let lineRemarks: [[UInt8]]
    private let texts: [(mark: [UInt8], isLong: Bool)]
    private var tokens: [Highlighter.Token] = []
    private var index = 0
    /// Marks that are known not to close any more.
    private var deadEnds: Set<[UInt8]> = []

    init(_ code: [UInt8], _ words: HighlightLanguage.Words) {
        self.code = code
        self.words = words
        lineRemarks = words.lineRemarks.map { Array($0.utf8) }
        texts = words.longTexts.map { (Array($0.utf8), true) } + words.texts.map { (Array($0.utf8), false) }
    }

    mutating func run() -> [Highlighter.Token] {
        while index < code.count {
            let byte = code[index]
            if HTMLText.isSpace(byte) {
                index += 1
            } else if remark() || text() {
                continue
            } else if isWordStart(byte) {
                word()
            } else if HTMLText.isDigit(byte) {
                number()
            } else {
                index += 1
            }
        }
        return tokens
    }

    private mutating func add(_ kind: Highlighter.Kind, to end: Int) {
        tokens.append(.init(kind: kind, range: index..<end))
        index = end
    }

    private func endOfLine(_ start: Int) -> Int { code[start...].firstIndex(of: UInt8(ascii: "\n")) ?? code.count }

    private mutating func remark() -> Bool {
        let rest = code[index...]
        if let block = words.blockRemark, rest.starts(with: block.open.utf8) {
            let close = Array(block.close.utf8)
            let start = index + block.open.utf8.count
            let end = deadEnds.contains(close) ? nil : code[start...].firstRange(of: close)?.upperBound
            if end == nil { deadEnds.insert(close) }
            add(.remark, to: end ?? code.count)
            return true
        }
        for mark in lineRemarks where rest.starts(with: mark) {
            // In shells and YAML a remark begins a word.
            if mark == [UInt8(ascii: "#")], index > 0, !HTMLText.isSpace(code[index - 1]),
                code[index - 1] != UInt8(ascii: ";")
            {
                return false
            }
            // Addresses in JSON are no remarks; they stand in quotes, which are read before.
            add(.remark, to: endOfLine(index))
            return true
        }
        return false
    }

    private mutating func text() -> Bool {
        let rest = code[index...]
        for (mark, isLong) in texts where rest.starts(with: mark) {
            guard let end = endOfText(mark, isLong) else {
                if isLong { continue }
                return false
            }
            var next = end
            while next < code.count, code[next] == 0x20 { next += 1 }
            let isKey = !isLong && next < code.count && words.keySigns.contains(code[next])
            add(isKey ? .key : .text, to: end)
            return true
        }
        return false
    }

    private mutating func endOfText(_ mark: [UInt8], _ isLong: Bool) -> Int? {
        guard !deadEnds.contains(mark) else { return nil }
        var place = index + mark.count
        while place < code.count {
            if code[place] == UInt8(ascii: "\\") {
                place += 2
            } else if !isLong, code[place] == UInt8(ascii: "\n") {
                return nil
            } else if code[place] == mark[0], code[place...].starts(with: mark) {
                return place + mark.count
            } else {
                place += 1
            }
        }
        if isLong { deadEnds.insert(mark) }
        return nil
    }

    private func isWordStart(_ byte: UInt8) -> Bool {
        HTMLText.isLetter(byte) || byte == UInt8(ascii: "_") || byte >= 0x80 || byte == UInt8(ascii: "@")
            || byte == UInt8(ascii: "#") || byte == UInt8(ascii: "$") && words.hasDollarNames
    }

    private mutating func word() {
        var end = index + 1
        while end < code.count,
            HTMLText.isLetter(code[end]) || HTMLText.isDigit(code[end]) || code[end] == UInt8(ascii: "_")
                || code[end] >= 0x80
                || code[end] == UInt8(ascii: "-") && !words.keySigns.isEmpty
        { end += 1 }
        if end - index > 60 { return index = end }
        var word = String(decoding: code[index..<end], as: UTF8.self)
        if words.ignoresCase { word = word.lowercased() }
        if code[index] == UInt8(ascii: "$") {
            add(.name, to: end)
        } else if isKey(from: end) {
            add(.key, to: end)
        } else if words.keywords.contains(word) {
            add(.keyword, to: end)
        } else if words.names.contains(word) || code[index] == UInt8(ascii: "@") {
            add(.name, to: end)
        } else {
            index = end
        }
    }

    /// Whether the word leads its line and a sign that names a key follows.
    private func isKey(from end: Int) -> Bool {
        guard !words.keySigns.isEmpty else { return false }
        var start = index
        while start > 0, code[start - 1] == 0x20 || code[start - 1] == 0x09 || code[start - 1] == UInt8(ascii: "-"),
            index - start < 80
        { start -= 1 }
        guard
            start == 0 || code[start - 1] == UInt8(ascii: "\n") || code[start - 1] == UInt8(ascii: "{")
                || code[start - 1] == UInt8(ascii: ",")
        else { return false }
        var next = end
        while next < code.count, code[next] == 0x20, next - end < 80 { next += 1 }
        return next < code.count && words.keySigns.contains(code[next])
    }

    private mutating func number() {
        var end = index + 1
        while end < code.count,
            HTMLText.isLetter(code[end]) || HTMLText.isDigit(code[end]) || code[end] == UInt8(ascii: ".")
                || code[end] == UInt8(ascii: "_")
                || (code[end] == UInt8(ascii: "-") || code[end] == UInt8(ascii: "+"))
                    && code[end - 1] | 0x20 == UInt8(ascii: "e")
        { end += 1 }
        add(.number, to: end)
    }
}

/// Reads HTML and XML: names of tags, attributes, their values, remarks.
struct MarkupScanner {
    private let code: [UInt8]
    private var tokens: [Highlighter.Token] = []
    private var index = 0

    init(_ code: [UInt8]) { self.code = code }

    mutating func run() -> [Highlighter.Token] {
        while let start = code[index...].firstIndex(of: UInt8(ascii: "<")) {
            index = start
            if code[start...].starts(with: "<!--".utf8) {
                let end = code[start...].firstRange(of: Array("-->".utf8))?.upperBound ?? code.count
                add(.remark, to: end)
            } else {
                tag()
            }
        }
        return tokens
    }

    private mutating func add(_ kind: Highlighter.Kind, to end: Int) {
        if end > index { tokens.append(.init(kind: kind, range: index..<end)) }
        index = end
    }

    private mutating func tag() {
        index += 1
        if index < code.count, "/!?".utf8.contains(code[index]) { index += 1 }
        guard index < code.count, HTMLText.isLetter(code[index]) else { return }
        add(.keyword, to: endOfName(index))
        while index < code.count, code[index] != UInt8(ascii: ">"), code[index] != UInt8(ascii: "<") {
            let byte = code[index]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                let end = code[(index + 1)...].firstIndex(of: byte).map { $0 + 1 } ?? code.count
                add(.text, to: end)
            } else if HTMLText.isLetter(byte) {
                add(.key, to: endOfName(index))
            } else {
                index += 1
            }
        }
    }

    private func endOfName(_ start: Int) -> Int {
        var end = start
        while end < code.count,
            HTMLText.isLetter(code[end]) || HTMLText.isDigit(code[end]) || "-_:.".utf8.contains(code[end])
        { end += 1 }
        return end
    }
}
