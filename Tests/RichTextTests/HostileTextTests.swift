import Testing

@testable import RichText

/// Whatever strangers write, a page that shows it runs nothing, loads nothing from elsewhere and keeps its shape.
@Suite struct `Hostile texts` {
    static let place = LinkPlace(repository: "/ada/tiny", revision: "main")

    static let vectors: [String] = [
        "<script>alert(1)</script>", "<SCRIPT SRC=//evil.test/x.js></SCRIPT>",
        "<scr<script>ipt>alert(1)</scr</script>ipt>", "<script>alert(1)", "<script/x>alert(1)</script>",
        "</p><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<img src=\"x\" OnErRoR=\"alert(1)\">",
        "<img/src/onerror=alert(1)>", "<img src='x' onerror\n=\n'alert(1)'>",
        "<img \"\"\"><script>alert(1)</script>\">", "<img src=x:x onerror=alert(1)//",
        "<a href=\"javascript:alert(1)\">x</a>", "<a href=\"JaVaScRiPt:alert(1)\">x</a>",
        "<a href=\" javascript:alert(1)\">x</a>", "<a href=\"java\tscript:alert(1)\">x</a>",
        "<a href=\"java\nscript:alert(1)\">x</a>", "<a href=\"&#106;avascript:alert(1)\">x</a>",
        "<a href=\"&#x6A;avascript&colon;alert(1)\">x</a>", "<a href=\"javascript&#58;alert(1)\">x</a>",
        "<a href=\"java&Tab;script:alert(1)\">x</a>", "<a href=\"java&NewLine;script:alert(1)\">x</a>",
        "<a href=\"\u{1}javascript:alert(1)\">x</a>", "<a href=\"&#0000106avascript:alert(1)\">x</a>",
        "<a href=\"vbscript:msgbox(1)\">x</a>", "<a href=\"data:text/html,<script>alert(1)</script>\">x</a>",
        "<a href=\"data:image/svg+xml,<svg onload=alert(1)>\">x</a>", "<a href='blob:https://x/1'>x</a>",
        "<a href='file:///etc/passwd'>x</a>", "<a href=\"\\\\evil.test\\x\">x</a>", "[x](javascript:alert(1))",
        "[x](JAVASCRIPT:alert(1))", "[x](<java&#115;cript:alert(1)>)", "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](javascript:alert(1))", "![x](data:image/svg+xml;base64,PHN2Zz4=)", "![x](data:text/html,x)",
        "<javascript:alert(1)>", "[x]: javascript:alert(1)\n\n[x]", "![x](\"onerror=\"alert(1))",
        "![\" onerror=\"alert(1)](x.png)", "[a](x \"\\\" onmouseover=\\\"alert(1)\")", "<svg onload=alert(1)>",
        "<svg><script>alert(1)</script></svg>", "<svg><a xlink:href=\"javascript:alert(1)\"><text>x</text></a></svg>",
        "<math><mi xlink:href=\"javascript:alert(1)\">x</mi></math>",
        "<math><mtext><table><mglyph><style><img src onerror=alert(1)>",
        "<iframe src=\"javascript:alert(1)\"></iframe>", "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
        "<object data=\"javascript:alert(1)\"></object>", "<embed src=\"javascript:alert(1)\">",
        "<applet code=x></applet>", "<base href=\"//evil.test/\">", "<link rel=stylesheet href=//evil.test/x.css>",
        "<meta http-equiv=refresh content=\"0;url=//evil.test\">", "<style>@import '//evil.test/x.css'</style>",
        "<div style=\"background:url(//evil.test/x)\">x</div>", "<p style='position:fixed;inset:0'>x</p>",
        "<form action=//evil.test><input name=password><button>x</button></form>",
        "<input type=image src=x onerror=alert(1)>", "<button formaction=javascript:alert(1)>x</button>",
        "<video><source onerror=alert(1)></video>", "<video src=x onerror=alert(1)></video>",
        "<audio src=x onerror=alert(1)>", "<body onload=alert(1)>", "<details open ontoggle=alert(1)>x</details>",
        "<marquee onstart=alert(1)>x</marquee>", "<table background=\"javascript:alert(1)\"><tr><td>x</table>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>",
        "<title><img src=x onerror=alert(1)></title>", "<textarea></textarea><img src=x onerror=alert(1)>",
        "<xmp><img src=x onerror=alert(1)></xmp>", "<template><img src=x onerror=alert(1)></template>",
        "<!--><img src=x onerror=alert(1)>-->", "<!-- --!><img src=x onerror=alert(1)> -->",
        "<![CDATA[<img src=x onerror=alert(1)>]]>", "<?xml <img src=x onerror=alert(1)>",
        "<a href=x id=main name=cookie>x</a>", "<img name=getElementById src=x.png>", "<h1 id=__proto__>x</h1>",
        "</article></main></body></html><h1>mine</h1>", "<div class=\"topbar\">x</div>",
        "<a href=\"x\" target=_blank ping=//evil.test>x</a>", "<img srcset=\"//evil.test/x 2x\" src=x.png>",
        "<img src=//evil.test/x.png>", "<img src=https://evil.test/x.png>",
        "<a href=\"x\" xmlns:a=b a:onclick=alert(1)>x</a>", "<img src=`x`onerror=alert(1)>",
        "<img src=x title=\"`onerror=alert(1)\">", "<p/onclick=alert(1)>x",
        "<a\u{0c}href=x\u{0c}onclick=alert(1)>x</a>", "<a href=x onclick&#61;alert(1)>x</a>",
        "```html\n<script>alert(1)</script>\n```", "`<script>alert(1)</script>`",
        "```python\"><script>alert(1)</script>\nx\n```", "``` x\" onclick=alert(1) \"\nx\n```",
        "$<script>alert(1)</script>$", "$$\\href{javascript:alert(1)}{x}\" onclick=\"alert(1)$$",
        "```math\n</span><script>alert(1)</script>\n```", "# <img src=x onerror=alert(1)>", "# a\" onclick=\"alert(1)",
        "|<script>|\n|-|\n|<img src=x onerror=alert(1)>|", "[^<script>]\n\n[^<script>]: x",
        "\u{e0f0}0\u{e0f1}<script>alert(1)</script>", "&#xe0f0;0&#xe0f1; $x$", "<x-y onclick=alert(1)>x</x-y>",
        "<select><option onclick=alert(1)>x</select>", "<a href=\"https://evil.test\u{202e}\">x</a>",
        "<plaintext><b>x", "<a href=\"//evil.test/x\">x</a>", "<details><summary></details></details></div>x",
    ]

    private static let allowed = HTMLAllowList.elements.union(["input"])
    private static let attributes: Set<String> = [
        "href", "rel", "src", "alt", "title", "id", "class", "align", "width", "height", "colspan", "rowspan", "start",
        "value", "span", "open", "dir", "lang", "abbr", "loading", "type", "disabled", "checked", "tabindex",
        "aria-hidden", "data-math",
    ]

    /// What a page must not hold, looked for by a reader that knows nothing of the one that wrote it.
    static func faults(in html: String) -> [String] {
        var faults: [String] = []
        var open: [Substring] = []
        var rest = html[...]
        while let start = rest.firstIndex(of: "<") {
            if rest[..<start].contains(">") { faults.append("a loose angle") }
            guard let end = rest[start...].firstIndex(of: ">") else { return faults + ["an open angle"] }
            let tag = rest[rest.index(after: start)..<end]
            rest = rest[rest.index(after: end)...]
            if tag.hasPrefix("/") {
                if open.popLast() != tag.dropFirst() { faults.append("unbalanced \(tag)") }
                continue
            }
            let name = tag.prefix { $0 != " " }
            if !allowed.contains(String(name)) { faults.append("element \(name)") }
            if !HTMLAllowList.void.contains(String(name)) { open.append(name) }
            faults += Self.faults(inTag: String(tag), name)
        }
        return open.isEmpty ? faults : faults + ["left open: \(open)"]
    }

    private static func faults(inTag tag: String, _ name: Substring) -> [String] {
        var faults: [String] = []
        // Between the quotes stand values, everything else is names.
        for (offset, part) in tag.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
        where offset.isMultiple(of: 2) {
            for attribute in part.split(separator: " ") where attribute != name {
                let attribute = String(attribute.prefix { $0 != "=" })
                if !attributes.contains(attribute) { faults.append("attribute \(attribute)") }
            }
        }
        for match in tag.matches(of: #/ (href|src|id|class)="([^"]*)"/#) {
            let value = String(match.2)
            let starts =
                switch match.1 {
                case "href": ["/ada/tiny/", "#md-", "http://", "https://", "mailto:"]
                case "src": ["/ada/tiny/", "data:image/png;base64,"]
                case "id": ["md-"]
                default: ["md-", "hl", "footnote"]
                }
            if !starts.contains(where: { value.lowercased().hasPrefix($0) }) { faults.append("\(match.1) \(value)") }
        }
        return faults
    }

    @Test(arguments: vectors) func `do nothing`(_ vector: String) {
        #expect(Self.vectors.count >= 60)
        for source in [vector, "text\n\n\(vector)\n\ntext", "<div>\n\(vector)\n</div>", "- \(vector)", "> \(vector)"] {
            let text = MarkdownText.render(source, in: Self.place)
            #expect(Self.faults(in: text.html) == [], "\(source) became \(text.html)")
        }
        let text = MarkdownText.sanitized(html: vector, in: Self.place)
        #expect(Self.faults(in: text.html) == [], "\(vector) became \(text.html)")
        #expect(Self.faults(in: MarkdownText.sanitized(html: text.html, in: Self.place).html) == [])
    }

    /// Pieces of all vectors put together by chance; always the same, so that a failure can be looked into.
    @Test func `do nothing however they are mixed`() {
        var state: UInt64 = 7
        func next(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(limit))
        }
        let marks = ["\n", "\n\n", "<", ">", "\"", "'", "</", "<!--", "-->", "=", "/", "&", "`", "|", "\0"]
        let pieces = Self.vectors.flatMap { $0.split(separator: " ").map(String.init) } + marks
        for _ in 0..<1200 {
            let chosen = (0..<(3 + next(20))).map { _ in pieces[next(pieces.count)] }
            let source = chosen.joined(separator: next(2) == 0 ? "" : " ")
            let text = MarkdownText.render(source, in: Self.place)
            #expect(Self.faults(in: text.html) == [], "\(source) became \(text.html)")
            let html = MarkdownText.sanitized(html: source, in: Self.place)
            #expect(Self.faults(in: html.html) == [], "\(source) became \(html.html)")
        }
    }

    @Test func `small pictures in place are kept and large ones are not`() {
        let small = MarkdownText.render("![x](data:image/png;base64,iVBORw0KGgo=)", in: Self.place)
        #expect(small.html.contains("src=\"data:image/png;base64,iVBORw0KGgo=\""))
        let picture = "<img src=\"data:image/png;base64,\(String(repeating: "A", count: 200_000))\">"
        #expect(!MarkdownText.sanitized(html: picture, in: Self.place).html.contains("src="))
    }

    @Test func `texts of nowhere have no relative links`() {
        let source = "[a](x.md) [b](/login) ![c](x.png) [d](https://e.org)"
        let text = MarkdownText.render(source, in: .none(idPrefix: "c1-"))
        #expect(text.html.contains("<a>a</a> <a>b</a> c <a href=\"https://e.org\""))
    }
}
