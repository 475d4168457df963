package import Foundation
package import GalleryDatabase
package import GalleryHub
package import GalleryModel

/// Why an asset stands in one of the viewer's lists.
package enum MyRelation: String, Sendable, Codable, CaseIterable {
    case created, published, favourite, downloaded
}

/// An asset in a list of one's own.
package struct MyAsset: Record, Equatable {
    package let repo: RepoID
    package let kind: RepoKind
    package let name: RepoName
    package let title: String
    package let description: String
    package let listing: RepoListing
    package let visibility: Visibility
    package let isDisabled: Bool
    package let createdAt: Date
    package let publishedAt: Date?
    /// When it came into the list: made, published, liked, downloaded.
    package let since: Date
    package let views: Int
    package let favourites: Int
    package let subscriptions: Int
    package let downloads: Int
    package let usedBytes: Int64

    package init(row: Row) throws {
        repo = try row.get("id")
        kind = try row.get("kind")
        name = try RepoName(owner: row.get("owner_name"), name: row.get("name"))
        title = try row.get("title")
        description = try row.get("description")
        listing = try row.get("listing")
        visibility = try row.get("visibility")
        isDisabled = try row.get("is_disabled")
        createdAt = try row.get("created_at")
        publishedAt = try row.optional("published_at")
        since = try row.get("since")
        views = try row.get("views")
        favourites = try row.get("likes")
        subscriptions = try row.get("subscriptions")
        downloads = try row.get("downloads_all_time")
        usedBytes = try row.get("used_bytes")
    }
}

/// Which of one's assets are listed.
package struct MyFilter: Sendable, Equatable {
    package var kind: RepoKind?
    package var listing: RepoListing?
    /// A part of the name or title.
    package var text: String

    package init(kind: RepoKind? = nil, listing: RepoListing? = nil, text: String = "") {
        self.kind = kind
        self.listing = listing
        self.text = text
    }
}

/// Numbers for the menu and the overview.
package struct MyCounts: Sendable, Equatable {
    package var created: [RepoKind: Int] = [:]
    package var favourites = 0
    /// Live ones.
    package var subscriptions = 0
    package var downloads = 0
    /// One's own requests that nobody has decided on.
    package var waitingApplications = 0
    /// Requests of others that wait for the viewer.
    package var applicationsToDecide = 0
    package var inReview = 0
    package var rejected = 0
}

/// A request for gated use in a list of one's own: by the viewer, or to the viewer.
package struct MyApplication: Record, Equatable {
    package let id: String
    package let repo: RepoID
    package let kind: RepoKind
    package let name: RepoName
    package let title: String
    package let applicant: String
    package let applicantNickname: String
    package let state: GrantState
    package let reason: String
    package let requestedAt: Date

    package init(row: Row) throws {
        id = try row.get("request_id")
        repo = try row.get("repo")
        kind = try row.get("kind")
        name = try RepoName(owner: row.get("owner_name"), name: row.get("name"))
        title = try row.get("title")
        applicant = try row.get("applicant")
        applicantNickname = try row.get("applicant_nickname")
        state = try row.get("state")
        reason = try row.get("rejection_reason")
        requestedAt = try row.get("requested_at")
    }
}
