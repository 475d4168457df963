/// Who is named in a text as `@name`.
enum Mentions {
    /// Names beyond these are words.
    static let most = 10

    /// The names in order, without those in code, each once whatever its case.
    static func names(in text: String) -> [String] {
        var names: [String] = []
        var known: Set<String> = []
        for range in ranges(in: text) {
            let name = String(text[range].dropFirst())
            if known.insert(name.lowercased()).inserted { names.append(name) }
            if names.count == most { break }
        }
        return names
    }

    /// Where they stand, `@` included.
    static func ranges(in text: String) -> [Range<String.Index>] {
        var ranges: [Range<String.Index>] = []
        var index = text.startIndex
        var previous: Character = " "
        while index < text.endIndex {
            let character = text[index]
            if character == "`" {
                let ticks = text[index...].prefix { $0 == "`" }
                let end = text[ticks.endIndex...].firstRange(of: ticks)?.upperBound ?? ticks.endIndex
                index = end
                previous = "`"
                continue
            }
            let next = text.index(after: index)
            if character == "@", !isPartOfWord(previous) {
                var name = text[next...].prefix { $0.isASCII && isPartOfName($0) }
                // A full stop after a name ends the sentence.
                while let last = name.last, ".-_".contains(last) { name = name.dropLast() }
                if (2...64).contains(name.count) {
                    ranges.append(index..<name.endIndex)
                    previous = "a"
                    index = name.endIndex
                    continue
                }
            }
            previous = character
            index = next
        }
        return ranges
    }

    /// Chinese text has no spaces around a name, so only letters and digits of Latin writing make an address of it.
    private static func isPartOfWord(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "._-@/".contains(character))
    }

    private static func isPartOfName(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || ".-_".contains(character)
    }
}
