import Foundation

/// Every text of the pages in both languages: `Web/text/*.json`, each `{ "key": { "en": "…", "zh": "…" } }`.
package struct Catalogue: Sendable {
    /// A text in both languages; English has another form for one where `one` says so.
    package struct Entry: Sendable, Decodable, Equatable {
        package let en: String
        package let zh: String
        package let one: String?
    }

    package private(set) var entries: [String: Entry] = [:]

    package static let empty = Catalogue()

    private init() {}

    /// Reads all files of a folder; throws for a key that two files have.
    init(folder: URL) throws {
        for file in try WebError.files(in: folder, suffix: "json") {
            let added: [String: Entry]
            do {
                added = try JSONDecoder().decode([String: Entry].self, from: Data(contentsOf: file))
            } catch {
                throw WebError.unreadable(file.lastPathComponent, "\(error)")
            }
            for (key, entry) in added {
                guard entries.updateValue(entry, forKey: key) == nil else {
                    throw WebError.unreadable(file.lastPathComponent, "the key '\(key)' stands twice")
                }
            }
        }
    }

    /// The text as written, with its `{{name}}` places; nil where there is no such key.
    package func text(_ key: String, in language: Language, isOne: Bool = false) -> String? {
        guard let entry = entries[key] else { return nil }
        switch language {
        case .english: return isOne ? entry.one ?? entry.en : entry.en
        case .chinese: return entry.zh
        }
    }
}

/// The catalogue in the language of a request.
package struct Phrases: Sendable {
    package let language: Language
    package let catalogue: Catalogue

    package init(_ language: Language, _ catalogue: Catalogue) {
        self.language = language
        self.catalogue = catalogue
    }

    /// The text of a key with its places filled; the key itself where the catalogue lacks it.
    package func say(_ key: String, _ values: [String: String] = [:]) -> String {
        Self.fill(catalogue.text(key, in: language) ?? key, values)
    }

    /// As `say`, choosing the form for one, and filling `{{count}}`.
    package func say(_ key: String, count: Int, _ values: [String: String] = [:]) -> String {
        let shown = ["count": Formats(language).number(count)]
        let text = catalogue.text(key, in: language, isOne: count == 1) ?? key
        return Self.fill(text, values.merging(shown) { given, _ in given })
    }

    /// Fills in one pass, so that no value is taken for a place.
    private static func fill(_ text: String, _ values: [String: String]) -> String {
        guard text.contains("{{") else { return text }
        var result = ""
        var rest = text[...]
        while let open = rest.firstRange(of: "{{"), let close = rest[open.upperBound...].firstRange(of: "}}") {
            let name = rest[open.upperBound..<close.lowerBound]
            result += rest[..<open.lowerBound]
            result += values[String(name)] ?? String(rest[open.lowerBound..<close.upperBound])
            rest = rest[close.upperBound...]
        }
        return result + rest
    }
}
