import Foundation

/// Text as search sees it: folded, and cut into words and runs of ideographs.
enum SearchText {
    enum Segment: Equatable {
        /// Letters and digits of a script that separates its words.
        case word(String)
        /// Characters of a script that does not: Chinese, Japanese, and Korean, where endings join words.
        case run([Unicode.Scalar])
    }

    private enum Class {
        case separator, letter, ideograph
    }

    /// A longer word is cut; nobody types it, and indexes bound their keys.
    private static let longestWord = 40

    /// Lower case, without accents, and full-width forms as plain ones.
    static func folded(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.lowercased() }
        var scalars = String.UnicodeScalarView()
        for scalar in text.decomposedStringWithCompatibilityMapping.unicodeScalars
        where !(0x300...0x36F).contains(scalar.value) {
            scalars.append(scalar)
        }
        return String(scalars).precomposedStringWithCanonicalMapping.lowercased()
    }

    /// The segments of folded text, up to `limit`.
    static func segments(of folded: String, limit: Int = .max) -> [Segment] {
        var result: [Segment] = []
        var word = String.UnicodeScalarView()
        var run: [Unicode.Scalar] = []
        func close() {
            if !word.isEmpty { result.append(.word(String(word.prefix(longestWord)))) }
            if !run.isEmpty { result.append(.run(run)) }
            word = String.UnicodeScalarView()
            run = []
        }
        for scalar in folded.unicodeScalars {
            switch classOf(scalar) {
            case .separator:
                close()
            case .letter:
                if !run.isEmpty { close() }
                word.append(scalar)
            case .ideograph:
                if !word.isEmpty { close() }
                run.append(scalar)
            }
            if result.count >= limit { return result }
        }
        close()
        return result
    }

    private static func classOf(_ scalar: Unicode.Scalar) -> Class {
        switch scalar.value {
        case 0x30...0x39, 0x61...0x7A: return .letter
        case 0...0x7F: return .separator
        case 0x30A0, 0x30FB: return .separator
        case 0x2E80...0x2FDF, 0x3005...0x3007, 0x3040...0x312F, 0x3190...0x31BF, 0x31F0...0x31FF, 0x3400...0x4DBF,
            0x4E00...0x9FFF, 0xA960...0xA97F, 0xAC00...0xD7FF, 0xF900...0xFAFF, 0x1B000...0x1B16F, 0x20000...0x3FFFF:
            return .ideograph
        default: break
        }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
            .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber:
            return .letter
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation, .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol,
            .spaceSeparator, .lineSeparator, .paragraphSeparator, .control, .format, .surrogate, .privateUse,
            .unassigned:
            return .separator
        @unknown default: return .separator
        }
    }
}
