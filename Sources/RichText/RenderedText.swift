/// A text of users, as HTML that may stand on a page as it is.
package struct RenderedText: Sendable, Equatable {
    /// A heading, for a table of contents.
    package struct Heading: Sendable, Equatable {
        package var level: Int
        package var id: String
        package var text: String
    }

    package var html: String
    package var headings: [Heading] = []
    /// Whether there are formulas, which a script of the page draws.
    package var hasMath = false
    /// Whether it was too large or too intricate, so that it stands there as it was written.
    package var isPlain = false

    /// Text as it is, for what cannot be shown better.
    package static func plain(_ text: String) -> RenderedText {
        RenderedText(html: "<pre class=\"md-source\">\(HTMLText.escaped(text))</pre>", isPlain: true)
    }
}
