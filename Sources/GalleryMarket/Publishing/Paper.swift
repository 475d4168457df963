package import GalleryDatabase

/// A paper that belongs to an asset.
package struct Paper: Record, Equatable, Codable {
    package var title: String
    /// An address on the web.
    package var link: String

    package init(title: String, link: String) {
        self.title = title
        self.link = link
    }

    package init(row: Row) throws {
        title = try row.get("title")
        link = try row.get("link")
    }

    var isSound: Bool {
        let host = link.split(separator: "://", maxSplits: 1).dropFirst().first?.first
        return (1...200).contains(title.trimmed.count) && link.utf8.count <= 500
            && (link.hasPrefix("https://") || link.hasPrefix("http://"))
            && (host?.isLetter ?? false || host?.isNumber ?? false)
            && !link.contains { $0.isWhitespace || $0.isNewline || "<>\"".contains($0) }
    }
}
