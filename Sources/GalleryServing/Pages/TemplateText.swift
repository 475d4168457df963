/// Turns what a template's file holds into mustache: `[[…]]` becomes words, addresses and icons.
///
/// - `[[publish.send]]`: the text of that key, escaped for HTML, its `{{name}}` places left to the page;
///   keys that end in `.html` are taken as they are.
/// - `[[asset scripts/copy.js]]`: the address of a static file.
/// - `[[icon star]]`: an icon of the sprite.
struct TemplateText {
    let catalogue: Catalogue
    let language: Language
    let assets: StaticFiles

    /// Throws the reason why it cannot be used.
    func expand(_ text: String) throws -> String {
        var result = ""
        var rest = Self.withoutIndentation(text)[...]
        while let open = rest.firstRange(of: "[["), let close = rest[open.upperBound...].firstRange(of: "]]") {
            result += rest[..<open.lowerBound]
            result += try replacement(of: String(rest[open.upperBound..<close.lowerBound]))
            rest = rest[close.upperBound...]
        }
        return result + rest
    }

    /// What stands between the brackets of all `[[…]]`.
    static func references(in text: String) -> [String] {
        var result: [String] = []
        var rest = text[...]
        while let open = rest.firstRange(of: "[["), let close = rest[open.upperBound...].firstRange(of: "]]") {
            result.append(String(rest[open.upperBound..<close.lowerBound]))
            rest = rest[close.upperBound...]
        }
        return result
    }

    private func replacement(of reference: String) throws -> String {
        if let path = reference.dropping(prefix: "asset ") { return try assets.address(of: path) }
        if let name = reference.dropping(prefix: "icon ") {
            guard assets.icons.contains(name) else { throw Fault("there is no icon '\(name)' in icons.svg") }
            let sprite = try assets.address(of: "icons.svg")
            return "<svg class=\"icon\" aria-hidden=\"true\"><use href=\"\(sprite)#\(name)\"/></svg>"
        }
        guard let text = catalogue.text(reference, in: language) else {
            throw Fault("the catalogue has no text '\(reference)'")
        }
        return reference.hasSuffix(".html") ? text : text.escapedAroundTags
    }

    /// Indentation is for those who write templates.
    private static func withoutIndentation(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.drop { $0 == " " || $0 == "\t" } }
            .joined(separator: "\n")
    }

    struct Fault: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }
}

extension String {
    fileprivate func dropping(prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }

    /// Safe in HTML, in text and in quoted attributes, with `{{…}}` left alone.
    fileprivate var escapedAroundTags: String {
        var result = ""
        var rest = self[...]
        while let open = rest.firstRange(of: "{{"), let close = rest[open.upperBound...].firstRange(of: "}}") {
            result += String(rest[..<open.lowerBound]).htmlEscaped + rest[open.lowerBound..<close.upperBound]
            rest = rest[close.upperBound...]
        }
        return result + String(rest).htmlEscaped
    }

    /// Safe in HTML and XML, in text and in quoted attributes.
    package var htmlEscaped: String {
        guard contains(where: { "&<>\"'".contains($0) }) else { return self }
        var result = ""
        for character in self {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.append(character)
            }
        }
        return result
    }
}
