/// What an index keeps of a text, alike for every database.
///
/// A word is one token. A run of ideographs becomes its overlapping pairs and, at its end, its last character: so two
/// characters are found by one look-up, longer texts as phrases, and a single character as the beginning of a token.
package enum SearchTokens {
    /// Stands between two texts, so that no phrase reaches from one into the other; nobody can ask for it.
    package static let gap = "|"
    /// What the tokens of `pieces` begin with, so that they are told from words.
    private static let pieceMark = "~"

    /// The tokens of a text in order, up to `limit`.
    package static func of(_ text: String, limit: Int = 4000) -> [String] {
        var tokens: [String] = []
        for segment in SearchText.segments(of: SearchText.folded(text), limit: limit) {
            switch segment {
            case .word(let word): tokens.append(word)
            case .run(let run): tokens += pairs(of: run) + [String(run[run.count - 1])]
            }
            if tokens.count >= limit { return Array(tokens.prefix(limit)) }
        }
        return tokens
    }

    /// The overlapping three-letter pieces of a name, by which every part of it is found; separators do not count.
    package static func pieces(of name: String) -> [String] {
        pieces(ofFolded: SearchText.segments(of: SearchText.folded(name), limit: 100))
    }

    static func pieces(ofFolded segments: [SearchText.Segment]) -> [String] {
        let letters = segments.flatMap { segment -> [Unicode.Scalar] in
            if case .word(let word) = segment { Array(word.unicodeScalars) } else { [] }
        }
        guard letters.count >= 3 else { return [] }
        return (0...letters.count - 3).map { start in
            var text = pieceMark
            for scalar in letters[start..<start + 3] { text.unicodeScalars.append(scalar) }
            return text
        }
    }

    static func pairs(of run: [Unicode.Scalar]) -> [String] {
        guard run.count >= 2 else { return [] }
        return (0..<run.count - 1).map { start in
            var text = String(run[start])
            text.unicodeScalars.append(run[start + 1])
            return text
        }
    }
}
