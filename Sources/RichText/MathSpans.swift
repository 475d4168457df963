/// Formulas of a Markdown text. They are taken out before Markdown is read, which would mangle them, and put back where it
/// is written; two private characters mark their places.
struct MathSpans {
    struct Span {
        var tex: [UInt8]
        /// With what stood around it.
        var source: [UInt8]
        var isDisplay: Bool
    }

    enum Part {
        case text(ArraySlice<UInt8>)
        case math(Span)
    }

    private static let maximumSpans = 5000
    private static let maximumLength = 8192
    // U+E0F0 and U+E0F1.
    private static let opening: [UInt8] = [0xee, 0x83, 0xb0]
    private static let closing: [UInt8] = [0xee, 0x83, 0xb1]

    private var spans: [Span] = []
    var isEmpty: Bool { spans.isEmpty }

    /// The text with its formulas replaced.
    mutating func extract(from source: [UInt8]) -> [UInt8] {
        var source = source
        if source.contains(Self.opening[0]) { source = Self.unmarked(source) }
        guard source.contains(UInt8(ascii: "$")) || source.contains(UInt8(ascii: "\\")) else { return source }
        var result: [UInt8] = []
        result.reserveCapacity(source.count)
        var index = 0
        var isLineStart = true
        var deadEnds = Set<Int>()
        while index < source.count {
            let byte = source[index]
            if isLineStart, let end = Self.endOfFence(in: source, at: index) {
                result += source[index..<end]
                index = end
                continue
            }
            isLineStart = byte == UInt8(ascii: "\n")
            switch byte {
            case UInt8(ascii: "`"):
                let end = Self.endOfCode(in: source, at: index, &deadEnds)
                result += source[index..<end]
                index = end
            case UInt8(ascii: "$"), UInt8(ascii: "\\"):
                if spans.count < Self.maximumSpans, let (span, end) = Self.span(in: source, at: index) {
                    result += Self.opening + Array(String(spans.count).utf8) + Self.closing
                    spans.append(span)
                    index = end
                } else {
                    // An escaped character stays with its escape.
                    let length = byte == UInt8(ascii: "\\") && index + 1 < source.count ? 2 : 1
                    result += source[index..<(index + length)]
                    if length == 2, source[index + 1] == UInt8(ascii: "\n") { isLineStart = true }
                    index += length
                }
            default:
                result.append(byte)
                index += 1
            }
        }
        return result
    }

    /// Calls `body` with text and formulas in turn.
    func split(_ text: ArraySlice<UInt8>, _ body: (Part) -> Void) {
        var rest = text
        while !isEmpty, let start = rest.firstRange(of: Self.opening)?.lowerBound {
            let number = rest[(start + 3)...].prefix(5)
            guard let end = number.firstIndex(of: Self.closing[0]), rest[end...].starts(with: Self.closing),
                let index = Int(String(decoding: number[..<end], as: UTF8.self)), spans.indices.contains(index)
            else { break }
            if start > rest.startIndex { body(.text(rest[..<start])) }
            body(.math(spans[index]))
            rest = rest[(end + 3)...]
        }
        if !rest.isEmpty { body(.text(rest)) }
    }

    /// The text as it was written.
    func restored(_ text: [UInt8]) -> [UInt8] {
        guard !isEmpty else { return text }
        var result: [UInt8] = []
        split(text[...]) { part in
            switch part {
            case .text(let text): result += text
            case .math(let span): result += span.source
            }
        }
        return result
    }

    /// The marks as they are, which addresses hold escaped.
    static func unescaped(_ address: String) -> [UInt8] {
        guard address.contains("%EE%83%B") else { return Array(address.utf8) }
        return Array(address.replacing("%EE%83%B0", with: "\u{e0f0}").replacing("%EE%83%B1", with: "\u{e0f1}").utf8)
    }

    private static func unmarked(_ source: [UInt8]) -> [UInt8] {
        var text = String(decoding: source, as: UTF8.self)
        text.unicodeScalars.removeAll { $0.value == 0xe0f0 || $0.value == 0xe0f1 }
        return Array(text.utf8)
    }

    /// Where a fenced block that starts with this line ends.
    private static func endOfFence(in source: [UInt8], at start: Int) -> Int? {
        var index = start
        while index < source.count, index - start < 12, source[index] == 0x20 || source[index] == UInt8(ascii: ">") {
            index += 1
        }
        guard index < source.count, source[index] == UInt8(ascii: "`") || source[index] == UInt8(ascii: "~") else {
            return nil
        }
        let mark = source[index]
        let fence = source[index...].prefix { $0 == mark }
        guard fence.count >= 3 else { return nil }
        var line = endOfLine(in: source, from: fence.endIndex)
        guard mark == UInt8(ascii: "~") || !source[fence.endIndex..<line].contains(mark) else { return nil }
        while line < source.count {
            let next = endOfLine(in: source, from: line)
            let text = source[line..<next].drop { $0 == 0x20 || $0 == UInt8(ascii: ">") }
            let marks = text.prefix { $0 == mark }
            if marks.count >= fence.count, text[marks.endIndex...].allSatisfy({ HTMLText.isSpace($0) }) { return next }
            line = next
        }
        return source.count
    }

    /// Behind the line's end.
    private static func endOfLine(in source: [UInt8], from start: Int) -> Int {
        source[start...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? source.count
    }

    /// Behind a code span, or behind the backticks where none closes it. Lengths that no longer occur are remembered.
    private static func endOfCode(in source: [UInt8], at start: Int, _ deadEnds: inout Set<Int>) -> Int {
        let length = source[start...].prefix { $0 == UInt8(ascii: "`") }.count
        var index = start + length
        guard !deadEnds.contains(length) else { return index }
        while let next = source[index...].firstIndex(of: UInt8(ascii: "`")) {
            let count = source[next...].prefix { $0 == UInt8(ascii: "`") }.count
            index = next + count
            if count == length { return index }
        }
        deadEnds.insert(length)
        return start + length
    }

    private static func span(in source: [UInt8], at start: Int) -> (Span, Int)? {
        let rest = source[start...]
        for (open, close, isDisplay) in [
            ("$$", "$$", true), ("\\\\[", "\\\\]", true), ("\\\\(", "\\\\)", false), ("\\[", "\\]", true),
        ] where rest.starts(with: open.utf8) {
            // A single `\[` is an escaped bracket unless it stands alone on its line.
            if open == "\\[", !isAlone(source, start) { continue }
            let body = rest.dropFirst(open.utf8.count).prefix(maximumLength)
            guard let end = body.firstRange(of: Array(close.utf8))?.lowerBound, isFormula(body[..<end]) else {
                return nil
            }
            let after = end + close.utf8.count
            let span = Span(tex: Array(body[..<end]), source: Array(source[start..<after]), isDisplay: isDisplay)
            return (span, after)
        }
        guard rest.first == UInt8(ascii: "$") else { return nil }
        let body = rest.dropFirst().prefix(1024)
        guard let first = body.first, !HTMLText.isSpace(first), first != UInt8(ascii: "$") else { return nil }
        var index = body.startIndex
        while index < body.endIndex, body[index] != UInt8(ascii: "$") {
            if body[index] == UInt8(ascii: "`") { return nil }
            index += body[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard index < body.endIndex, !HTMLText.isSpace(source[index - 1]),
            index + 1 >= source.count || !HTMLText.isDigit(source[index + 1]),
            isFormula(body[..<index])
        else { return nil }
        let source = Array(source[start...index])
        return (Span(tex: Array(body[..<index]), source: source, isDisplay: false), index + 1)
    }

    private static func isAlone(_ source: [UInt8], _ start: Int) -> Bool {
        let before = source[..<start].suffix(12).reversed().prefix { $0 != UInt8(ascii: "\n") }
        let after = source[(start + 2)...].prefix { $0 != UInt8(ascii: "\n") }.prefix(12)
        return before.allSatisfy { HTMLText.isSpace($0) } && after.allSatisfy { HTMLText.isSpace($0) }
    }

    /// Not empty, and without a blank line.
    private static func isFormula(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.contains(where: { !HTMLText.isSpace($0) }) else { return false }
        var isBlank = false
        for byte in text {
            if byte == UInt8(ascii: "\n") {
                if isBlank { return false }
                isBlank = true
            } else if !HTMLText.isSpace(byte) {
                isBlank = false
            }
        }
        return true
    }
}
