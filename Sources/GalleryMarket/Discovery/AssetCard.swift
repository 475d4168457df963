package import Foundation
package import GalleryDatabase
package import GalleryHub
package import GalleryModel
import SearchIndex

/// An asset as lists show it.
package struct AssetCard: Record, Equatable {
    let number: Int
    package let repo: RepoID
    package let kind: RepoKind
    package let name: RepoName
    /// The owner as they call themselves; empty where they do not.
    package let ownerNickname: String
    /// The name in the owner's language; empty where there is none.
    package let title: String
    package let description: String
    package let listing: RepoListing
    package let visibility: Visibility
    package let gating: Gating
    package let isDisabled: Bool
    package let tasks: [String]
    package let libraries: [String]
    package let licenses: [String]
    package let languages: [String]
    package let tags: [String]
    package let marks: [Mark]
    /// Of a model, where its files tell; else nought.
    package let parameters: Int64
    package let usedBytes: Int64
    package let createdAt: Date
    package let updatedAt: Date
    package let views: Int
    package let downloads: Int
    package let favourites: Int
    package let subscriptions: Int

    static let columns: SQL = """
        s.number, s.facets, s.parameters, r.id, r.kind, r.name, r.title, r.description, r.listing, r.visibility, r.gating,
        r.is_disabled, r.used_bytes, r.created_at, r.updated_at, r.views, r.downloads_all_time, r.likes, r.subscriptions,
        a.name AS owner_name, a.nickname
        """

    static let tables: SQL = """
        FROM search_assets s
        JOIN repositories r ON r.id = s.repo
        JOIN accounts a ON a.id = r.owner
        """

    package init(row: Row) throws {
        let facets = AssetFacets(text: try row.get("facets"))
        number = try row.get("number")
        repo = try row.get("id")
        kind = try row.get("kind")
        name = try RepoName(owner: row.get("owner_name"), name: row.get("name"))
        ownerNickname = try row.get("nickname")
        title = try row.get("title")
        description = try row.get("description")
        listing = try row.get("listing")
        visibility = try row.get("visibility")
        gating = try row.get("gating")
        isDisabled = try row.get("is_disabled")
        tasks = facets[.task]
        libraries = facets[.library]
        licenses = facets[.license]
        languages = facets[.language]
        tags = facets[.tag]
        marks = facets[.mark].compactMap(Mark.init(rawValue:))
        parameters = try row.get("parameters")
        usedBytes = try row.get("used_bytes")
        createdAt = try row.get("created_at")
        updatedAt = try row.get("updated_at")
        views = try row.get("views")
        downloads = try row.get("downloads_all_time")
        favourites = try row.get("likes")
        subscriptions = try row.get("subscriptions")
    }
}
