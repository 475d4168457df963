import GalleryHub
package import GalleryModel
import RichText

/// A README in its two parts: the metadata between two lines of `---`, and the text.
package struct ReadmeText: Sendable, Equatable {
    package var metadata: String
    package var body: String

    package init(_ text: String) {
        let text = text.replacing("\r\n", with: "\n")
        metadata = FrontMatter.text(in: text) ?? ""
        body = metadata.isEmpty ? text : MarkdownText.withoutFrontMatter(text)
        while body.first == "\n" { body.removeFirst() }
    }

    package init(metadata: String, body: String) {
        self.metadata = metadata
        self.body = body
    }

    package var text: String {
        let lines = metadata.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n")
        let head = lines.allSatisfy(\.isWhitespace) ? "" : "---\n\(lines)\n---\n\n"
        var text = head + body
        if !text.isEmpty, text.last != "\n" { text += "\n" }
        return text
    }

    /// Why the metadata cannot be read; nil where it can.
    package var fault: String? {
        do throws(FrontMatter.Fault) {
            _ = try FrontMatter(yaml: metadata)
            return nil
        } catch {
            return error.message
        }
    }

    package func settings(for kind: RepoKind) -> AssetSettings {
        AssetSettings(card: (try? FrontMatter(yaml: metadata))?.values ?? [:], kind: kind)
    }

    /// Writes settings into the metadata. What is the same stays as it is written; what the form does not know stays whole.
    package mutating func set(_ settings: AssetSettings, for kind: RepoKind) {
        let known = Dictionary(
            uniqueKeysWithValues: self.settings(for: kind).lines(for: kind).map { ($0.key, $0.values) }
        )
        for (key, values, isList) in settings.lines(for: kind) where known[key] != values {
            replace(key, with: values, isList: isList)
        }
    }

    private mutating func replace(_ key: String, with values: [String], isList: Bool) {
        var lines =
            metadata.isEmpty ? [] : metadata.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let new: [String] =
            switch values.count {
            case 0: []
            case 1 where !isList: ["\(key): \(Self.quoted(values[0]))"]
            default: ["\(key):"] + values.map { "- \(Self.quoted($0))" }
            }
        guard let start = lines.firstIndex(where: { $0.hasPrefix("\(key):") }) else {
            lines += new
            metadata = lines.joined(separator: "\n")
            return
        }
        var end = start + 1
        // What is indented, or an item of a list, belongs to the key above.
        while end < lines.count,
            lines[end].isEmpty || lines[end].hasPrefix(" ") || lines[end].hasPrefix("- ")
                || lines[end] == "-" || lines[end].hasPrefix("\t")
        { end += 1 }
        while end > start + 1, lines[end - 1].isEmpty { end -= 1 }
        lines.replaceSubrange(start..<end, with: new)
        metadata = lines.joined(separator: "\n")
    }

    /// Plain where YAML takes it for the text that it is.
    private static func quoted(_ text: String) -> String {
        let isWord = text.unicodeScalars.allSatisfy {
            $0.properties.isAlphabetic || $0.value >= 0x30 && $0.value <= 0x39 || $0 == "-" || $0 == "_" || $0 == "."
                || $0 == "+"
        }
        let isNumber = Double(text) != nil
        let words: Set<String> = ["true", "false", "yes", "no", "null", "on", "off", "y", "n", "~"]
        return isWord && !isNumber && text.first != "-" && !words.contains(text.lowercased()) ? text : "\"\(text)\""
    }
}
