package import Foundation
package import GalleryDatabase
package import GalleryModel

/// A repository that somebody likes.
package struct LikedRepo: Record, Equatable {
    package let kind: RepoKind
    package let name: RepoName
    package let likedAt: Date

    package init(row: Row) throws {
        kind = try row.get("kind")
        name = try RepoName(owner: row.get("owner_name"), name: row.get("name"))
        likedAt = try row.get("liked_at")
    }
}

/// What is shown of a person or an organisation: counts are of what the viewer may see.
package struct Profile: Sendable, Equatable {
    package var account: Account
    package var repositories: [RepoKind: Int] = [:]
    package var likes = 0
    package var discussions = 0
    package var followers = 0
    package var following = 0
    /// Of an organisation.
    package var members = 0
    /// Of a person.
    package var organizations: [Account] = []
    package var isFollowedByViewer = false
}

/// What can be wrong with likes and profiles.
package enum LikesError: DomainError, Equatable {
    case unknownUser(String)
    case unknownOrganization(String)
    case cannotFollow

    package var problem: Problem {
        switch self {
        case .unknownUser(let name): Problem(.missing, "user-unknown", "There is no user '\(name.prefix(100))'.")
        case .unknownOrganization(let name):
            Problem(.missing, "organization-unknown", "There is no organization '\(name.prefix(100))'.")
        case .cannotFollow: Problem(.conflict, "follow-oneself", "You cannot follow yourself.")
        }
    }
}
