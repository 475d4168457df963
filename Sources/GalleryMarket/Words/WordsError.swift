package import GalleryModel

/// What can be wrong with texts and with the lists they are checked against.
package enum WordsError: DomainError, Equatable {
    case found(field: String, text: String)
    case badWord(String)
    case tooMany

    package var problem: Problem {
        switch self {
        case .found(let field, let text):
            Problem(
                .unprocessable,
                "words-refused",
                "'\(field)' contains '\(text.prefix(60))', which may not be shown here. Change it and try again.",
                members: ["field": field]
            )
        case .badWord(let word):
            .invalid(
                "word-invalid",
                "'\(word.prefix(80))' cannot be listed: a word has 1 to 64 letters or digits, and more than one Latin letter."
            )
        case .tooMany: .invalid("words-too-many", "Send at most 5,000 words at a time; the lists hold at most 100,000.")
        }
    }
}
