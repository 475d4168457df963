import Foundation
import GalleryDatabase
import GalleryHub
package import GalleryModel
import GalleryServing

/// Which assets are exported, and how they are written.
package struct AssetExport: Sendable, Equatable {
    package enum Format: String, Sendable, Codable, CaseIterable {
        case csv, jsonl
    }

    package var format: Format
    /// All kinds where it is nil.
    package var kind: RepoKind?
    /// One owner's, by name.
    package var owner: String?

    package init(format: Format, kind: RepoKind? = nil, owner: String? = nil) {
        self.format = format
        self.kind = kind
        self.owner = owner
    }
}

/// One line of an export; the names are those of the columns.
struct ExportedAsset: Record, Encodable {
    let id: String
    let kind: RepoKind
    let name: String
    let title: String
    let description: String
    let owner: String
    let ownerId: String
    let state: RepoListing
    let visibility: Visibility
    let gating: Gating
    let isDisabled: Bool
    let createdAt: Date
    let updatedAt: Date
    let publishedAt: Date?
    let bytes: Int64
    let views: Int
    let downloads: Int
    let favourites: Int
    let subscriptions: Int

    static let columns = [
        "id", "kind", "name", "title", "description", "owner", "ownerId", "state", "visibility", "gating", "isDisabled",
        "createdAt", "updatedAt", "publishedAt", "bytes", "views", "downloads", "favourites", "subscriptions",
    ]

    init(row: Row) throws {
        id = try row.get("id")
        kind = try row.get("kind")
        owner = try row.get("owner_name")
        name = try RepoName(owner: owner, name: row.get("name")).description
        title = try row.get("title")
        description = try row.get("description")
        ownerId = try "ur\(row.get("owner_number", as: Int.self))"
        state = try row.get("listing")
        visibility = try row.get("visibility")
        gating = try row.get("gating")
        isDisabled = try row.get("is_disabled")
        createdAt = try row.get("created_at")
        updatedAt = try row.get("updated_at")
        publishedAt = try row.optional("published_at")
        bytes = try row.get("used_bytes")
        views = try row.get("views")
        downloads = try row.get("downloads_all_time")
        favourites = try row.get("likes")
        subscriptions = try row.get("subscriptions")
    }

    var cells: [String] {
        [
            id, kind.rawValue, name, title, description, owner, ownerId, state.rawValue, visibility.rawValue,
            gating.rawValue, String(isDisabled), createdAt.wire, updatedAt.wire, publishedAt?.wire ?? "", String(bytes),
            String(views), String(downloads), String(favourites), String(subscriptions),
        ]
    }
}
