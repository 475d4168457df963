import Testing

@testable import GalleryMarket

@Suite struct CommentHTMLTests {
    private func render(_ text: String) -> String {
        CommentHTML.render(text, id: "7", people: ["ada": "ada", "a_b": "a_b"])
    }

    @Test func `people are links in text, and words in code, links and attributes`() {
        let link = "<a class=\"mention\" href=\"/ada\">@ada</a>"
        #expect(render("Hi **@Ada**, @nobody").contains("<strong>\(link)</strong>, @nobody"))
        #expect(render("@a_b and @a_b").contains("href=\"/a_b\">@a_b</a>"))
        for text in ["`@ada`", "```\n@ada\n```", "[@ada](https://x.org)", "[x](https://x.org \"@ada\")"] {
            let html = render(text)
            #expect(!html.contains("mention") && html.contains("@ada"), "\(html)")
        }
    }

    @Test(arguments: [
        "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))",
        "<a href=\"javascript:1\">",
        "![x](https://evil.example/track.png)", "<style>*{display:none}</style>", "<iframe src=https://x.org>",
        "\u{e000}0\u{e001}@ada<\u{e000}", "[@ada](https://x.org/\u{e000}0\u{e001} \"\u{e000}0\u{e001}\")",
    ])
    func `nothing that a comment says does anything`(_ text: String) {
        let html = render(text).lowercased()
        for fault in ["<script", "onerror=", "href=\"javascript", "src=\"http", "<style", "<iframe", "\u{e000}"] {
            #expect(!html.contains(fault), "\(html)")
        }
    }
}
