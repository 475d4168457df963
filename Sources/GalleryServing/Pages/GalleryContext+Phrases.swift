package import GalleryModel

extension GalleryContext {
    /// The texts of the pages in the reader's language.
    package var words: Phrases { Phrases(language, pages?.catalogue ?? .empty) }

    /// The text of a key with its places filled.
    package func say(_ key: String, _ values: [String: String] = [:]) -> String { words.say(key, values) }

    /// As `say`, choosing the form for one, and filling `{{count}}`.
    package func say(_ key: String, count: Int, _ values: [String: String] = [:]) -> String {
        words.say(key, count: count, values)
    }

    /// A problem's sentence in the reader's language, for a form that shows it at its field.
    package func say(_ problem: Problem) -> String {
        words.catalogue.text("problem.\(problem.code)", in: language) ?? problem.detail
    }

    /// Numbers, sizes and times in the reader's language.
    package var formats: Formats { Formats(language) }
}
