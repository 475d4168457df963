package import HTTPTypes

/// The languages the gallery speaks.
package enum Language: String, Sendable, CaseIterable {
    case english = "en"
    case chinese = "zh"

    /// The cookie in which a browser keeps its choice.
    static let cookie = "lang"

    /// As `lang` attributes and headers say it.
    package var tag: String { self == .chinese ? "zh-CN" : "en" }

    /// What it calls itself.
    package var name: String { self == .chinese ? "中文" : "English" }

    /// The choice kept in the cookie, else what the browser prefers, else the standard.
    package static func wanted(by headers: HTTPFields, orElse standard: Language = .english) -> Language {
        if let kept = RequestCookies.value(of: cookie, in: headers).flatMap(Language.init) { return kept }
        return preferred(by: headers[.acceptLanguage], orElse: standard)
    }

    /// The first of an `Accept-Language` header that we have, by weight; the standard where it names neither.
    package static func preferred(by header: String?, orElse standard: Language = .english) -> Language {
        guard let header else { return standard }
        var best = (language: standard, weight: 0.0)
        for part in header.prefix(512).lowercased().split(separator: ",").prefix(32) {
            let fields = part.split(separator: ";").map { $0.filter { $0 != " " } }
            guard let tag = fields.first, let language = Language(rawValue: String(tag.prefix(2))),
                tag.count == 2 || tag.dropFirst(2).first == "-"
            else { continue }
            let weight = fields.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            if weight > best.weight { best = (language, weight) }
        }
        return best.language
    }
}

/// Light, dark, or as the system has it.
package enum Theme: String, Sendable, CaseIterable {
    case system, light, dark

    /// The cookie in which a browser keeps its choice.
    static let cookie = "theme"

    static func wanted(by headers: HTTPFields) -> Theme {
        RequestCookies.value(of: cookie, in: headers).flatMap(Theme.init) ?? .system
    }
}
