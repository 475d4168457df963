/// Keeps texts that were made to cost minutes or gigabytes from the parser, which knows no such limits itself.
enum MarkdownLimits {
    /// Cells that all tables together may come to.
    private static let cells = 200_000
    /// Bytes that references written out may come to.
    private static let referenceBytes = 16 << 20
    /// Quotes, list marks and brackets in one line, and the longest run of one mark.
    private static let marks = 400

    static func isModest(_ text: [UInt8]) -> Bool {
        var brackets = 0
        var longestDefinition = 0
        var paragraph = 0
        var definesReferences = false
        var start = 0
        while start < text.count {
            let end = text[start...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
            let line = text[start..<end]
            start = end + 1
            guard isModest(line: line) else { return false }
            brackets += line.count { $0 == UInt8(ascii: "[") }
            if line.allSatisfy({ HTMLText.isSpace($0) || $0 == UInt8(ascii: ">") }) {
                paragraph = 0
                definesReferences = false
                continue
            }
            paragraph += line.count
            if line.firstRange(of: Array("]:".utf8)) != nil { definesReferences = true }
            if definesReferences { longestDefinition = max(longestDefinition, paragraph) }
        }
        return longestDefinition * brackets <= referenceBytes
    }

    private static func isModest(line: ArraySlice<UInt8>) -> Bool {
        guard line.count > marks else { return true }
        var quotes = 0
        var openings = 0
        var run = 0
        var previous: UInt8 = 0
        for byte in line {
            switch byte {
            case UInt8(ascii: ">"), UInt8(ascii: "-"), UInt8(ascii: "+"): quotes += 1
            case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "<"), UInt8(ascii: "!"): openings += 1
            case UInt8(ascii: "*"), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "`"):
                run = byte == previous ? run + 1 : 1
                if run > marks { return false }
            default: break
            }
            previous = byte
        }
        // What leads a line nests; so deep no writer goes.
        let lead = line.prefix { HTMLText.isSpace($0) || ">-+*0123456789.)".utf8.contains($0) }
        let nested = lead.count { ">-+*.)".utf8.contains($0) }
        return openings <= 20 * marks
            && (nested <= marks || lead.count == line.count && quotes == lead.count && nested < 4000)
    }

    /// The parser fills up every row to the width of its table's head.
    static func mayHaveTables(_ text: [UInt8]) -> Bool {
        var widest = 0
        var lines = 0
        for line in text.split(separator: UInt8(ascii: "\n")) {
            lines += 1
            guard line.contains(UInt8(ascii: "-")),
                line.allSatisfy({ HTMLText.isSpace($0) || "|:->".utf8.contains($0) })
            else { continue }
            widest = max(widest, line.count { $0 == UInt8(ascii: "|") } + 1)
        }
        return widest * lines <= cells
    }
}
