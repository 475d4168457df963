import CMarkGFM

/// GitHub's Markdown with formulas, as `RenderedText`.
package enum MarkdownText {
    package static let maximumBytes = 256 << 10

    /// Renders a text; metadata at its head is left out. What is too large or made to be costly stays as it was written.
    package static func render(_ source: String, in place: LinkPlace) -> RenderedText {
        let body = withoutFrontMatter(source)
        let bytes = Array(body.utf8)
        guard bytes.count <= maximumBytes, MarkdownLimits.isModest(bytes) else { return .plain(body) }
        var math = MathSpans()
        let html = Self.html(math.extract(from: bytes))
        var sanitizer = HTMLSanitizer(html, place: place, math: math)
        let output = sanitizer.run()
        return RenderedText(
            html: String(decoding: output, as: UTF8.self),
            headings: sanitizer.headings,
            hasMath: sanitizer.hasMath
        )
    }

    /// The words of a text on one line, without marks and HTML, for where no mark can be shown.
    package static func words(of source: String) -> String {
        let bytes = Array(source.utf8)
        guard bytes.count <= maximumBytes, MarkdownLimits.isModest(bytes) else { return oneLine(source) }
        let words = parsed(bytes) { document, _ in
            var words = ""
            let walk = cmark_iter_new(document)
            defer { cmark_iter_free(walk) }
            while cmark_iter_next(walk) != CMARK_EVENT_DONE {
                guard let node = cmark_iter_get_node(walk) else { continue }
                switch cmark_node_get_type(node) {
                case CMARK_NODE_TEXT, CMARK_NODE_CODE, CMARK_NODE_CODE_BLOCK:
                    words += cmark_node_get_literal(node).map { String(cString: $0) } ?? ""
                case CMARK_NODE_EMPH, CMARK_NODE_STRONG, CMARK_NODE_LINK, CMARK_NODE_IMAGE, CMARK_NODE_HTML_INLINE:
                    break
                default: words += " "
                }
            }
            return words
        }
        return oneLine(words ?? source)
    }

    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// HTML of users, as a notebook's outputs have it.
    package static func sanitized(html: String, in place: LinkPlace) -> RenderedText {
        let bytes = Array(html.utf8)
        guard bytes.count <= 4 * maximumBytes else { return .plain(html) }
        var sanitizer = HTMLSanitizer(bytes, place: place)
        return RenderedText(html: String(decoding: sanitizer.run(), as: UTF8.self), headings: [], hasMath: false)
    }

    /// The text behind the metadata between two lines of `---`.
    package static func withoutFrontMatter(_ source: String) -> String {
        var text = source[...]
        if text.first == "\u{feff}" { text.removeFirst() }
        var lines = Lines(text)
        guard let first = lines.next(), isRule(first) else { return String(text) }
        while let line = lines.next() {
            if isRule(line) { return String(lines.rest) }
        }
        return String(text)
    }

    private static func isRule(_ line: Substring) -> Bool {
        line.utf8.prefix(3).elementsEqual("---".utf8) && line.utf8.dropFirst(3).allSatisfy(HTMLText.isSpace)
    }

    /// One line after the other, with what follows.
    private struct Lines {
        private(set) var rest: Substring

        init(_ text: Substring) { rest = text }

        mutating func next() -> Substring? {
            guard !rest.isEmpty else { return nil }
            let end = rest.utf8.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
            let line = rest[..<end]
            rest = end < rest.endIndex ? rest[rest.utf8.index(after: end)...] : rest[end...]
            return line
        }
    }

    /// Extensions are registered once; the registry is only read afterwards.
    private static let isReady: Bool = {
        cmark_gfm_core_extensions_ensure_registered()
        return true
    }()

    /// What the parser makes of it, with the writer's own HTML in it: for the sanitizer only.
    private static func html(_ source: [UInt8]) -> [UInt8] {
        parsed(source) { document, parser in
            guard let text = cmark_render_html(document, options, cmark_parser_get_syntax_extensions(parser)) else {
                return []
            }
            defer { cmark_get_default_mem_allocator().pointee.free(text) }
            var length = 0
            while text[length] != 0 { length += 1 }
            return text.withMemoryRebound(to: UInt8.self, capacity: length) {
                Array(UnsafeBufferPointer(start: $0, count: length))
            }
        } ?? []
    }

    private static let options = CMARK_OPT_UNSAFE | CMARK_OPT_FOOTNOTES | CMARK_OPT_VALIDATE_UTF8

    /// Nil where the parser gives up.
    private static func parsed<Result>(
        _ source: [UInt8],
        _ body: (_ document: OpaquePointer, _ parser: OpaquePointer) -> Result
    ) -> Result? {
        guard isReady, let parser = cmark_parser_new(options) else { return nil }
        defer { cmark_parser_free(parser) }
        let hasTables = MarkdownLimits.mayHaveTables(source)
        for name in ["table", "strikethrough", "autolink", "tasklist"] where hasTables || name != "table" {
            if let found = cmark_find_syntax_extension(name) { _ = cmark_parser_attach_syntax_extension(parser, found) }
        }
        source.withUnsafeBytes { bytes in
            cmark_parser_feed(parser, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        guard let document = cmark_parser_finish(parser) else { return nil }
        defer { cmark_node_free(document) }
        return body(document, parser)
    }
}
