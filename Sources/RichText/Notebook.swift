import Foundation

/// A Jupyter notebook (format 4, and 3 as far as it is alike), with what may be shown of it.
package struct Notebook: Sendable {
    private static let maximumCells = 2000
    private static let maximumOutput = 64 << 10
    private static let maximumImage = 3 << 20
    private static let maximumImages = 12 << 20

    /// A cell ready for a page.
    package struct Cell: Sendable, Equatable {
        package enum Kind: Sendable, Equatable { case prose, code, raw }

        package var kind: Kind
        package var html: String
        /// The number in brackets beside code that was run.
        package var count: Int?
        package var outputs: [Output] = []
        package var hasMath = false
    }

    package struct Output: Sendable, Equatable {
        package var html: String
        package var isError = false
    }

    package let language: String
    package private(set) var cells: [Cell] = []
    /// Whether there are more cells than are shown.
    package let isCut: Bool

    /// Nil for what is no notebook.
    package init?(json: [UInt8], place: LinkPlace) {
        guard JSONNesting.isModest(json, limit: 200),
            let file = try? NotebookFile.decoder.decode(NotebookFile.self, from: Data(json))
        else { return nil }
        language = file.metadata?.languageInfo?.name ?? file.metadata?.kernelspec?.language ?? "python"
        let all = file.cells ?? file.worksheets?.flatMap { $0.cells ?? [] } ?? []
        isCut = all.count > Self.maximumCells
        var images = Self.maximumImages
        for (index, cell) in all.prefix(Self.maximumCells).enumerated() {
            var place = place
            place.idPrefix += "\(index)-"
            cells.append(Self.cell(cell, language, place, &images))
        }
    }

    private static func cell(
        _ cell: NotebookFile.Cell,
        _ language: String,
        _ place: LinkPlace,
        _ images: inout Int
    ) -> Cell {
        let source = (cell.source ?? cell.input)?.text ?? ""
        switch cell.cellType {
        case "markdown", "heading":
            let text = MarkdownText.render(source, in: place)
            return Cell(kind: .prose, html: text.html, hasMath: text.hasMath)
        case "code":
            let html = String(decoding: Highlighter.html(Array(source.utf8), language: language), as: UTF8.self)
            var result = Cell(kind: .code, html: html, count: cell.executionCount ?? cell.promptNumber)
            for output in (cell.outputs ?? []).prefix(100) {
                guard let shown = Self.output(output, place, &images) else { continue }
                result.outputs.append(shown)
            }
            return result
        default:
            return Cell(kind: .raw, html: HTMLText.escaped(String(source.prefix(maximumOutput))))
        }
    }

    private static func output(_ output: NotebookFile.Output, _ place: LinkPlace, _ images: inout Int) -> Output? {
        switch output.outputType {
        case "stream":
            return Output(html: pre(output.text?.text ?? ""), isError: output.name == "stderr")
        case "error", "pyerr":
            let trace = output.traceback?.text(joinedBy: "\n") ?? ""
            let line = "\(output.ename ?? "Error"): \(output.evalue ?? "")"
            return Output(html: pre(trace.isEmpty ? line : trace), isError: true)
        default:
            return Self.best(of: output.data ?? [:], place, &images).map { Output(html: $0) }
        }
    }

    /// The richest form that is safe.
    private static func best(
        of data: [String: NotebookFile.Lines],
        _ place: LinkPlace,
        _ images: inout Int
    ) -> String? {
        for type in ["image/png", "image/jpeg", "image/gif", "image/webp"] {
            guard let text = data[type]?.text else { continue }
            let base64 = text.filter { !$0.isWhitespace }
            guard base64.utf8.count <= min(maximumImage, images),
                base64.utf8.allSatisfy({ HTMLText.isLetter($0) || HTMLText.isDigit($0) || "+/=".utf8.contains($0) })
            else { continue }
            images -= base64.utf8.count
            return "<img src=\"data:\(type);base64,\(base64)\" alt=\"\">"
        }
        if let html = data["text/html"]?.text, html.utf8.count <= 1 << 20 {
            let shown = MarkdownText.sanitized(html: html, in: place).html
            if shown.contains(where: { !$0.isWhitespace }) { return shown }
        }
        if let text = data["text/markdown"]?.text { return MarkdownText.render(text, in: place).html }
        if let text = data["text/latex"]?.text { return MarkdownText.render(text, in: place).html }
        return (data["text/plain"] ?? data["application/json"]).map { pre($0.text) }
    }

    private static func pre(_ text: String) -> String {
        "<pre>\(HTMLText.escaped(withoutColours(String(text.prefix(maximumOutput)))))</pre>"
    }

    /// Without the escape sequences of terminals.
    private static func withoutColours(_ text: String) -> String {
        guard text.utf8.contains(0x1b) else { return text }
        var result: [UInt8] = []
        var bytes = Array(text.utf8)[...]
        while let byte = bytes.popFirst() {
            guard byte == 0x1b else {
                result.append(byte)
                continue
            }
            guard bytes.first == UInt8(ascii: "[") else { continue }
            bytes.removeFirst()
            while let next = bytes.popFirst(), !(0x40...0x7e).contains(next) {}
        }
        return String(decoding: result, as: UTF8.self)
    }
}

/// A notebook's file, as far as it is read.
private struct NotebookFile: Decodable {
    static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }

    struct Metadata: Decodable {
        struct Language: Decodable { var name: String? }
        struct Kernel: Decodable { var language: String? }
        var languageInfo: Language?
        var kernelspec: Kernel?
    }

    struct Worksheet: Decodable { var cells: [Cell]? }

    struct Cell: Decodable {
        var cellType: String?
        var source: Lines?
        var input: Lines?
        var executionCount: Int?
        var promptNumber: Int?
        var outputs: [Output]?
    }

    struct Output: Decodable {
        var outputType: String?
        var name: String?
        var text: Lines?
        var data: [String: Lines]?
        var ename: String?
        var evalue: String?
        var traceback: Lines?
    }

    /// A text, or its lines; anything else counts as none.
    struct Lines: Decodable {
        var lines: [String]

        var text: String { lines.joined() }
        func text(joinedBy separator: String) -> String { lines.joined(separator: separator) }

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                lines = [text]
            } else {
                lines = (try? container.decode([String].self)) ?? []
            }
        }
    }

    var metadata: Metadata?
    var cells: [Cell]?
    var worksheets: [Worksheet]?
}

/// Looks at JSON before a decoder does, whose recursion may be deep.
package enum JSONNesting {
    package static func isModest(_ json: [UInt8], limit: Int) -> Bool {
        var depth = 0
        var isText = false
        var isEscaped = false
        for byte in json {
            if isText {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isText = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isText = true
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                if depth > limit { return false }
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
        }
        return true
    }
}
