import Foundation

/// Text as the word lists see it: width, case, accents, spacing, punctuation and invisible characters taken away.
struct WordText {
    /// What is left, one scalar at a time.
    private(set) var letters: [UInt32] = []
    /// Where in the original, counted in scalars, each letter stands.
    private(set) var places: [Int] = []
    /// The original.
    let scalars: [Unicode.Scalar]

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
        letters.reserveCapacity(scalars.count)
        places.reserveCapacity(scalars.count)
        var known: [Unicode.Scalar: [UInt32]] = [:]
        for (place, scalar) in scalars.enumerated() {
            switch scalar.value {
            case 0x30...0x39, 0x61...0x7A, 0x4E00...0x9FFF: append(scalar.value, place)
            case 0x41...0x5A: append(scalar.value + 32, place)
            case 0x00...0x7F: break
            default:
                let folded = known[scalar] ?? Self.fold(scalar)
                known[scalar] = folded
                for letter in folded { append(letter, place) }
            }
        }
    }

    private mutating func append(_ letter: UInt32, _ place: Int) {
        letters.append(letter)
        places.append(place)
    }

    /// The compatibility decomposition in lower case, letters and digits alone.
    private static func fold(_ scalar: Unicode.Scalar) -> [UInt32] {
        String(scalar).decomposedStringWithCompatibilityMapping.lowercased().unicodeScalars
            .filter(isLetter).map(\.value)
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .otherLetter, .decimalNumber, .letterNumber,
            .otherNumber:
            !scalar.properties.isDefaultIgnorableCodePoint
        default: false
        }
    }

    /// Whether a letter belongs to a script that writes words apart, so that a hit must not lie inside of a longer word.
    static func writesWordsApart(_ letter: UInt32) -> Bool {
        switch letter {
        // Kana, ideographs, Hangul, Thai, Lao, Khmer and Myanmar run on.
        case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1100...0x11FF, 0x1780...0x17FF, 0x2E80...0x9FFF, 0xA960...0xA97F,
            0xAC00...0xD7FF, 0xF900...0xFAFF, 0x20000...0x3FFFF:
            false
        default: true
        }
    }

    /// Whether the letters from `start` to `end` (inclusive) stand for themselves: not the middle of a longer word.
    func standsAlone(from start: Int, to end: Int) -> Bool {
        let touchesBefore =
            start > 0 && Self.writesWordsApart(letters[start]) && Self.writesWordsApart(letters[start - 1])
            && places[start] - places[start - 1] <= 1
        let touchesAfter =
            end + 1 < letters.count && Self.writesWordsApart(letters[end]) && Self.writesWordsApart(letters[end + 1])
            && places[end + 1] - places[end] <= 1
        return !touchesBefore && !touchesAfter
    }

    /// The original text of a hit.
    func original(from start: Int, to end: Int) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[places[start]...places[end]])
        return String(text)
    }
}
