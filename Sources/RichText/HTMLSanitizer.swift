/// Turns HTML of strangers into HTML that does nothing: it is read token by token and written anew, and only what the
/// allow-list names is ever written. The only place that decides what of a document reaches a page.
struct HTMLSanitizer {
    static let maximumDepth = 64
    private static let maximumHeadings = 300

    private let place: LinkPlace
    private let math: MathSpans
    private var tokens: HTMLTokens
    private var output: [UInt8] = []
    private var open: [String] = []
    /// Opening tags that were too deep, so that their ends close nothing else.
    private var tooDeep: [String: Int] = [:]
    private var unclosed: Set<String> = []
    private var heading: Heading?
    private var slugs = Slugs()
    private(set) var headings: [RenderedText.Heading] = []
    private(set) var hasMath = false

    /// A heading whose text is being read.
    private struct Heading {
        var level: Int
        var insertion: Int
        var text: [UInt8] = []
    }

    init(_ html: [UInt8], place: LinkPlace, math: MathSpans = MathSpans()) {
        tokens = HTMLTokens(html)
        self.place = place
        self.math = math
        output.reserveCapacity(html.count + html.count / 4)
    }

    mutating func run() -> [UInt8] {
        while let token = tokens.next() {
            switch token {
            case .text(let text): write(text: text)
            case .start(let tag): start(tag)
            case .end(let name): end(name)
            }
        }
        while let name = open.last { close(name) }
        return output
    }

    // MARK: Tags

    private mutating func start(_ tag: HTMLTag) {
        let name = tag.name
        if let nests = HTMLAllowList.dropped[name] {
            if !unclosed.contains(name), !tokens.skipContent(of: name, nests: nests) { unclosed.insert(name) }
            return
        }
        if name == "input" { return writeCheckbox(tag) }
        guard HTMLAllowList.elements.contains(name) else { return }
        if let (closes, shields) = HTMLAllowList.implied(by: name) { closeImplied(closes, shields) }
        let isVoid = HTMLAllowList.void.contains(name)
        guard isVoid || open.count < Self.maximumDepth else {
            tooDeep[name, default: 0] += 1
            return
        }
        if name == "img" { return writeImage(tag) }
        if name == "code", open.last == "pre", writeCodeBlock(tag) { return }
        writeTag(tag)
        guard !isVoid else { return }
        open.append(name)
        if let level = Self.level(of: name), heading == nil {
            // The id goes where the name of the tag ends, once the text is known.
            heading = Heading(level: level, insertion: output.count)
        }
        output.append(UInt8(ascii: ">"))
    }

    private mutating func end(_ name: String) {
        guard HTMLAllowList.elements.contains(name), !HTMLAllowList.void.contains(name) else { return }
        if let count = tooDeep[name], count > 0 {
            tooDeep[name] = count - 1
            return
        }
        for candidate in open.reversed() {
            if candidate == name {
                while let last = open.last {
                    close(last)
                    if last == name { return }
                }
            }
            if HTMLAllowList.barriers.contains(candidate), !Self.isTablePart(name) { return }
        }
    }

    private static func isTablePart(_ name: String) -> Bool {
        ["table", "thead", "tbody", "tfoot", "tr", "td", "th", "details"].contains(name)
    }

    private mutating func close(_ name: String) {
        open.removeLast()
        if let level = Self.level(of: name), let current = heading, current.level == level { finish(current) }
        output += "</\(Self.shown(name))>".utf8
    }

    /// Headings stand one level lower than they are written: the first belongs to the page.
    private static func shown(_ name: String) -> String { level(of: name).map { "h\(min($0 + 1, 6))" } ?? name }

    private mutating func closeImplied(_ closes: Set<String>, _ shields: Set<String>) {
        var place = open.count
        var lowest: Int?
        while place > 0, !shields.contains(open[place - 1]) {
            place -= 1
            if closes.contains(open[place]) { lowest = place }
        }
        guard let lowest else { return }
        while open.count > lowest, let last = open.last { close(last) }
    }

    private static func level(of name: String) -> Int? {
        let bytes = Array(name.utf8)
        guard bytes.count == 2, bytes[0] == UInt8(ascii: "h"),
            (UInt8(ascii: "1")...UInt8(ascii: "6")).contains(bytes[1])
        else { return nil }
        return Int(bytes[1] - UInt8(ascii: "0"))
    }

    private mutating func finish(_ current: Heading) {
        heading = nil
        let text = String(decoding: current.text, as: UTF8.self).split(whereSeparator: \.isWhitespace)
            .joined(separator: " ")
        guard !text.isEmpty, headings.count < Self.maximumHeadings else { return }
        let id = place.idPrefix + slugs.slug(of: text)
        var attribute: [UInt8] = Array(" id=\"".utf8)
        HTMLText.append(id.utf8, to: &attribute)
        attribute.append(UInt8(ascii: "\""))
        output.insert(contentsOf: attribute, at: current.insertion)
        output += "<a class=\"md-anchor\" href=\"#".utf8
        HTMLText.append(id.utf8, to: &output)
        output += "\" tabindex=\"-1\" aria-hidden=\"true\"></a>".utf8
        headings.append(RenderedText.Heading(level: current.level, id: id, text: text))
    }

    // MARK: Writing

    /// Without the closing angle.
    private mutating func writeTag(_ tag: HTMLTag) {
        output += "<\(Self.shown(tag.name))".utf8
        for (name, value) in tag.attributes {
            switch name {
            case "href" where tag.name == "a":
                guard let link = place.link(original(value)) else { continue }
                attribute("href", link.href)
                if link.isExternal { attribute("rel", "nofollow ugc noopener noreferrer") }
            case "id", "name":
                guard name == "id" || tag.name == "a", Self.level(of: tag.name) == nil, !value.isEmpty,
                    value.utf8.count <= 200, !value.contains(where: \.isWhitespace)
                else { continue }
                attribute("id", place.idPrefix + value)
            case "class" where tag.name == "code":
                if value.hasPrefix("language-") { attribute("class", "hl") }
            default:
                if let value = HTMLAllowList.value(name, original(value), of: tag.name) { attribute(name, value) }
            }
        }
        if HTMLAllowList.void.contains(tag.name) { output.append(UInt8(ascii: ">")) }
    }

    private mutating func attribute(_ name: String, _ value: String) {
        output.append(UInt8(ascii: " "))
        output += name.utf8
        output += "=\"".utf8
        HTMLText.append(value.utf8, to: &output)
        output.append(UInt8(ascii: "\""))
    }

    /// Pictures from elsewhere are not loaded, lest reading a page tells somebody: a link stands for them.
    private mutating func writeImage(_ tag: HTMLTag) {
        let source = original(tag["src"] ?? "")
        let text = original(tag["alt"] ?? "")
        heading?.text += Array(text.utf8)
        if let address = place.image(source) {
            output += "<img".utf8
            attribute("src", address)
            attribute("alt", String(text.prefix(1000)))
            attribute("loading", "lazy")
            for name in ["title", "width", "height", "align"] {
                if let value = tag[name].flatMap({ HTMLAllowList.value(name, original($0), of: "img") }) {
                    attribute(name, value)
                }
            }
            output.append(UInt8(ascii: ">"))
        } else if let link = place.link(source), link.isExternal, !open.contains("a") {
            output += "<a class=\"md-remote\"".utf8
            attribute("href", link.href)
            attribute("rel", "nofollow ugc noopener noreferrer")
            output.append(UInt8(ascii: ">"))
            HTMLText.append((text.isEmpty ? link.href : text).utf8, to: &output)
            output += "</a>".utf8
        } else {
            HTMLText.append(text.utf8, to: &output)
        }
    }

    /// Only as task lists have them: nobody can press it.
    private mutating func writeCheckbox(_ tag: HTMLTag) {
        guard tag["type"]?.lowercased() == "checkbox", open.last == "li" || open.dropLast().last == "li" else { return }
        output += "<input type=\"checkbox\" disabled\(tag["checked"] == nil ? "" : " checked")>".utf8
    }

    /// Code whose language is known is highlighted; false where it is not plain text.
    private mutating func writeCodeBlock(_ tag: HTMLTag) -> Bool {
        guard let name = tag["class"], name.hasPrefix("language-"),
            let text = tokens.plainText(upTo: "code")
        else { return false }
        let language = name.dropFirst("language-".count).prefix { !$0.isWhitespace && $0 != "," && $0 != "{" }
        let code = math.restored(HTMLText.decoded(text))
        if language == "math" {
            writeMath(code, isDisplay: true)
        } else {
            output += "<code class=\"hl\">".utf8
            output += Highlighter.html(code, language: String(language))
            output += "</code>".utf8
        }
        return true
    }

    private mutating func write(text: ArraySlice<UInt8>) {
        let isCode = open.contains("code") || open.contains("pre")
        math.split(text) { part in
            switch part {
            case .text(let text):
                heading?.text += HTMLText.decoded(text)
                HTMLText.appendKeepingReferences(text, to: &output)
            case .math(let span):
                heading?.text += span.source
                if isCode {
                    HTMLText.append(span.source, to: &output)
                } else {
                    writeMath(span.tex, isDisplay: span.isDisplay)
                }
            }
        }
    }

    private mutating func writeMath(_ tex: [UInt8], isDisplay: Bool) {
        hasMath = true
        output += "<span class=\"md-math\" data-math=\"\(isDisplay ? "display" : "inline")\">".utf8
        HTMLText.append(tex, to: &output)
        output += "</span>".utf8
    }

    /// An attribute in which what looked like a formula stands as it was written.
    private func original(_ text: String) -> String {
        guard !math.isEmpty else { return text }
        return String(decoding: math.restored(MathSpans.unescaped(text)), as: UTF8.self)
    }
}

/// Ids of headings as GitHub makes them: small letters, digits and hyphens of any script, numbered where they repeat.
private struct Slugs {
    private var counts: [String: Int] = [:]

    mutating func slug(of text: String) -> String {
        var slug = ""
        for scalar in text.lowercased().unicodeScalars.prefix(120) {
            if scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "-" || scalar == "_"
            {
                slug.unicodeScalars.append(scalar)
            } else if scalar == " " {
                slug += "-"
            }
        }
        if slug.isEmpty { slug = "section" }
        let count = counts[slug, default: 0]
        counts[slug] = count + 1
        return count == 0 ? slug : "\(slug)-\(count)"
    }
}
