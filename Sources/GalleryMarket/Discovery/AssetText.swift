import Foundation
import SearchIndex

/// What an asset's texts say, as tokens for the columns of the index.
struct AssetText: Sendable {
    var name: String
    var owner: String
    /// As the owner calls themselves.
    var nickname: String
    var titles: [String]
    var tags: [String]
    var description: String
    /// The README, where everybody who sees the asset may read it.
    var introduction: String?

    /// The README is read so far.
    private static let longestIntroduction = 40_000

    var document: [[String]] {
        let names = (titles + ["\(owner)/\(name)", nickname]).filter { !$0.isEmpty }
        let pieces = ([name] + titles).map(SearchTokens.pieces).filter { !$0.isEmpty }
        return [
            Self.joined(names.map { SearchTokens.of($0) } + pieces),
            Self.joined(tags.prefix(100).map { SearchTokens.of($0, limit: 50) }),
            SearchTokens.of(description),
            SearchTokens.of(Self.prose(of: introduction ?? "")),
        ]
    }

    private static func joined(_ texts: [[String]]) -> [String] {
        Array(texts.joined(separator: [SearchTokens.gap]))
    }

    /// Markdown without its front matter, addresses and tags of HTML, which nobody looks for.
    static func prose(of markdown: String) -> String {
        var text = markdown.prefix(longestIntroduction)
        if text.hasPrefix("---"), let end = text.dropFirst(3).range(of: "\n---") { text = text[end.upperBound...] }
        var prose = ""
        var isTag = false
        for word in text.split(whereSeparator: \.isWhitespace) {
            if let address = word.range(of: "://") {
                // What stands before an address may be the text of its link.
                prose += word[..<address.lowerBound].prefix { $0 != "(" && $0 != "<" } + " "
                continue
            }
            if word.hasPrefix("<") { isTag = true }
            if !isTag { prose += word + " " }
            if isTag, let end = word.lastIndex(of: ">") {
                isTag = false
                prose += word[word.index(after: end)...] + " "
            }
        }
        return prose
    }
}
