/// What somebody typed, as what an index can look for: every term must hold.
package struct SearchWish: Sendable, Equatable {
    /// Tokens that follow one another, or that only have to be there all.
    package struct Phrase: Sendable, Equatable {
        package var tokens: [String]
        /// Whether the last token may go on.
        package var endsOpen = false
        package var isOrdered = true
    }

    /// A term holds when one of its phrases is found.
    package typealias Term = [Phrase]

    private static let longestText = 200
    private static let maximumTerms = 10

    package let terms: [Term]
    /// The text, folded and without spaces around it; for comparing with whole names.
    package let text: String

    /// Terms are separated by spaces; any text is valid, and operators mean nothing.
    package init(_ text: String) {
        let folded = SearchText.folded(String(text.unicodeScalars.prefix(Self.longestText).filter { $0.value != 0 }))
        let words = folded.split(whereSeparator: \.isWhitespace)
        self.text = words.joined(separator: " ")
        terms = words.prefix(Self.maximumTerms).compactMap { word in
            let segments = SearchText.segments(of: String(word))
            return segments.isEmpty ? nil : Self.term(segments)
        }
    }

    /// Whether there is nothing to look for: no text, or only signs.
    package var isEmpty: Bool { terms.isEmpty }

    private static func term(_ segments: [SearchText.Segment]) -> Term {
        var tokens: [String] = []
        var endsOpen = false
        for (index, segment) in segments.enumerated() {
            let isLast = index == segments.count - 1
            switch segment {
            case .word(let word):
                tokens.append(word)
                endsOpen = isLast && word.unicodeScalars.count > 1
            case .run(let run):
                tokens += SearchTokens.pairs(of: run)
                // Where the run ends in the text too, its last character stands alone.
                if run.count == 1 || !isLast { tokens.append(String(run[run.count - 1])) }
                endsOpen = isLast && run.count == 1
            }
        }
        var term = [Phrase(tokens: tokens, endsOpen: endsOpen)]
        let isWords = segments.allSatisfy { segment in if case .word = segment { true } else { false } }
        let pieces = isWords ? SearchTokens.pieces(ofFolded: segments) : []
        // Indexes know at once which names hold all pieces; in which order they would have to read from each.
        if !pieces.isEmpty { term.append(Phrase(tokens: pieces, isOrdered: false)) }
        return term
    }
}
