import GalleryTesting
import Testing

@testable import RichText

@Suite struct `Markdown of asset pages` {
    static let place = LinkPlace(repository: "/ada/tiny", revision: "main", folder: "docs")

    @Test(arguments: [
        ("Works on **CPU**, thank you @ada!", "Works on CPU, thank you @ada!"),
        ("# One\n\ntwo\nthree  \nfour", "One two three four"),
        ("a\n\n```python\npipeline(\"x\")\n```\n", "a pipeline(\"x\")"),
        ("see [the *card*](https://example.org) ![chart](c.png)", "see the card chart"),
        ("- one\n- `two`\n\n> ~~three~~", "one two three"),
        ("|a|b|\n|-|-|\n|1|2|", "a b 1 2"),
        ("x <script>alert(1)</script> <b>y</b>", "x alert(1) y"),
        ("<div>\nhidden\n</div>", ""),
        ("5 * 3 * 2 <= 30 & more", "5 * 3 * 2 <= 30 & more"),
        ("", ""),
    ])
    func `words stand without marks`(_ source: String, _ expected: String) {
        #expect(MarkdownText.words(of: source) == expected)
    }

    @Test(arguments: [
        (
            "# Título",
            "<h2 id=\"md-título\">Título<a class=\"md-anchor\" href=\"#md-título\" tabindex=\"-1\" aria-hidden=\"true\"></a></h2>"
        ),
        ("~~old~~ **b** *i*", "<del>old</del> <strong>b</strong> <em>i</em>"),
        ("- [x] done\n- [ ] open", "<li><input type=\"checkbox\" disabled checked> done</li>"),
        ("|a|b|\n|-|:-:|\n|1|2|", "<td align=\"center\">2</td>"),
        ("see https://example.org/x", "<a href=\"https://example.org/x\" rel=\"nofollow ugc noopener noreferrer\">"),
        ("a[^1]\n\n[^1]: note", "<a href=\"#md-fn-1\" id=\"md-fnref-1\">1</a>"),
        ("a[^1]\n\n[^1]: note", "<li id=\"md-fn-1\">"),
        ("[up](../README.md#usage)", "<a href=\"/ada/tiny/blob/main/README.md#usage\">"),
        ("[top](</a b.txt>)", "<a href=\"/ada/tiny/blob/main/a%20b.txt\">"),
        ("[out](../../../..)", "<a href=\"/ada/tiny/tree/main\">"),
        ("![p](img/p.png)", "<img src=\"/ada/tiny/resolve/main/docs/img/p.png\" alt=\"p\" loading=\"lazy\">"),
        ("![logo](https://example.org/x.png)", "<a class=\"md-remote\" href=\"https://example.org/x.png\""),
        ("[here](#a-b)", "<a href=\"#md-a-b\">"),
        (
            "<p align=\"center\"><img src=\"x.png\" width=\"200px\"></p>",
            "<p align=\"center\"><img src=\"/ada/tiny/resolve/main/docs/x.png\" alt=\"\" loading=\"lazy\" width=\"200\"></p>"
        ),
        ("<details open><summary>s</summary>\n\nt\n</details>", "<details open=\"\"><summary>s</summary>"),
        ("H<sub>2</sub>O <kbd>Ctrl</kbd><br>x", "H<sub>2</sub>O <kbd>Ctrl</kbd><br>x"),
        (
            "```python\ndef f(): return 1  # one\n```",
            "<span class=\"hl-k\">def</span> f(): <span class=\"hl-k\">return</span> <span class=\"hl-n\">1</span>  <span class=\"hl-c\"># one</span>"
        ),
        ("```\na < b && c\n```", "<pre><code>a &lt; b &amp;&amp; c\n</code></pre>"),
        ("Euler: $e^{i\\pi}+1=0$.", "<span class=\"md-math\" data-math=\"inline\">e^{i\\pi}+1=0</span>."),
        (
            "$$\n\\sum_{i=1}^n x_i * y_i\n$$",
            "<span class=\"md-math\" data-math=\"display\">\n\\sum_{i=1}^n x_i * y_i\n</span>"
        ),
        (
            "\\\\(a_1\\\\) and \\\\[b_2\\\\]",
            "<span class=\"md-math\" data-math=\"inline\">a_1</span> and <span class=\"md-math\" data-math=\"display\">b_2</span>"
        ),
        ("```math\na<b\n```", "<span class=\"md-math\" data-math=\"display\">a&lt;b\n</span>"),
        ("costs $5 and $6", "costs $5 and $6"),
        ("`$a$` and\n```\n$b$\n```", "<code>$a$</code>"),
        ("\\$x\\$", "$x$"),
        ("[f](a$b$c)", "<a href=\"/ada/tiny/blob/main/docs/a%24b%24c\">"),
        ("---\nlicense: mit\n---\n# T", "<h2 id=\"md-t\">"),
    ])
    func `is rendered`(_ source: String, _ expected: String) {
        let html = MarkdownText.render(source, in: Self.place).html
        #expect(html.contains(expected), "\(html)")
    }

    @Test func `metadata is left out and a text without an end of it is not`() {
        #expect(MarkdownText.withoutFrontMatter("---\na: 1\n---\nx") == "x")
        #expect(MarkdownText.withoutFrontMatter("\u{feff}---\r\na: 1\r\n---\r\nx") == "x")
        #expect(MarkdownText.withoutFrontMatter("---\na: 1\nx") == "---\na: 1\nx")
        #expect(MarkdownText.withoutFrontMatter("----\nx") == "----\nx")
    }

    @Test func `headings make a table of contents with ids that do not repeat`() {
        let source = "# Use\n## Use\n### 使用 方法!\n## `a` & b\n<h2>own</h2>"
        let text = MarkdownText.render(source, in: Self.place)
        #expect(text.headings.map(\.id) == ["md-use", "md-use-1", "md-使用-方法", "md-a--b", "md-own"])
        #expect(text.headings.map(\.text) == ["Use", "Use", "使用 方法!", "a & b", "own"])
        #expect(text.headings.map(\.level) == [1, 2, 3, 2, 2])
    }

    @Test func `tells whether formulas have to be drawn`() {
        #expect(MarkdownText.render("$x$", in: Self.place).hasMath)
        #expect(!MarkdownText.render("`$x$`", in: Self.place).hasMath)
    }

    @Test func `a text ten times as long takes about ten times as long`() {
        let part =
            "## Head\n\nSome *text* with `code`, [a link](x.md) and $x^2$.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
        func time(_ count: Int) -> Duration {
            let source = String(repeating: part, count: count)
            return processorTime { for _ in 0..<3 { _ = MarkdownText.render(source, in: Self.place) } }
        }
        #expect(time(200) < time(20) * 40)
    }

    private static func many(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

    /// Each of these makes some parser need minutes or gigabytes.
    static let bombs: [String] =
        [
            (">", 100_000), ("> ", 100_000), ("- ", 100_000), ("* ", 50_000), ("[", 100_000), ("![", 50_000),
            ("[a](", 50_000), ("*a_ ", 50_000), ("**x", 60_000), ("`", 100_000), ("`a``", 50_000), ("<", 200_000),
            ("<!--", 50_000), ("<a ", 60_000), ("<script>", 30_000), ("<div>", 50_000), ("<b>x", 50_000),
            ("<svg>", 50_000), ("&#x41", 40_000), ("$", 200_000), ("$a ", 70_000), ("\\[", 100_000), ("```\n", 60_000),
            ("~~~\n", 60_000), ("1. ", 80_000), ("\t", 200_000), ("~", 100_000), ("~a", 100_000), ("# a\n", 60_000),
            ("a\n===\n", 40_000), ("www.a.b/", 30_000), ("a@b.c ", 40_000), ("http://", 30_000), ("\n", 250_000),
            ("- a\n ", 40_000), ("a[^1]\n\n[^1]: [^2]\n\n[^2]: [^1]\n\n", 4000), ("a*", 100_000), ("_a ", 80_000),
        ].map { many($0.0, $0.1) } + [
            many("_", 100_000) + "." + many("_", 100_000),
            many("|", 60_000) + "\n" + many("|-", 30_000) + "\n" + many("|\n", 40_000),
            many("|a", 400) + "\n" + many("|-", 400) + "\n" + many("a\n", 100_000),
            "[a]: /" + many("u", 120_000) + "\n\n" + many("[a] ", 30_000),
            "[a]:\n/" + many("u", 120_000) + "\n\n" + many("[a] ", 30_000),
            many("[^1]", 50_000) + "\n\n[^1]: x",
            (0..<500).map { many(" ", $0) + "- a\n" }.joined(),
            (0..<700).map { many(">", $0 % 390) + "a\n\n" }.joined(),
        ]

    @Test(arguments: bombs.indices) func `texts made to be costly are not`(_ index: Int) {
        let source = Self.bombs[index]
        let time = processorTime {
            let text = MarkdownText.render(source, in: Self.place)
            #expect(text.html.utf8.count < 64 << 20)
        }
        #expect(time < .seconds(3), "bomb \(index): \(time), \(source.prefix(20))")
    }
}
