package import GalleryModel

/// What somebody asks for when they create a repository.
package struct NewRepository: Sendable, Equatable {
    package var kind: RepoKind
    /// Nil for the viewer's own.
    package var owner: String?
    package var name: String
    package var visibility: Visibility?
    /// The name in the owner's language.
    package var title: String
    package var description: String
    /// For apps.
    package var sdk: String?

    package init(
        kind: RepoKind,
        owner: String? = nil,
        name: String,
        visibility: Visibility? = nil,
        title: String = "",
        description: String = "",
        sdk: String? = nil
    ) {
        self.kind = kind
        self.owner = owner
        self.name = name
        self.visibility = visibility
        self.title = title
        self.description = description
        self.sdk = sdk
    }
}

/// Settings of a repository; nil leaves one as it is.
package struct RepositorySettings: Sendable, Equatable {
    package var visibility: Visibility?
    package var gating: Gating?
    package var discussionsDisabled: Bool?
    package var title: String?
    package var description: String?

    package init(
        visibility: Visibility? = nil,
        gating: Gating? = nil,
        discussionsDisabled: Bool? = nil,
        title: String? = nil,
        description: String? = nil
    ) {
        self.visibility = visibility
        self.gating = gating
        self.discussionsDisabled = discussionsDisabled
        self.title = title
        self.description = description
    }

    /// What of it the audit log tells.
    var decisions: [String: String] {
        var decisions: [String: String] = [:]
        decisions["visibility"] = visibility?.rawValue
        decisions["gating"] = gating?.rawValue
        decisions["discussionsDisabled"] = discussionsDisabled.map(String.init)
        if title != nil { decisions["title"] = "changed" }
        if description != nil { decisions["description"] = "changed" }
        return decisions
    }

    package func check() throws {
        guard (title ?? "").count <= 90 else {
            throw RepositoryError.badSetting("The name may have at most 90 characters.")
        }
        guard (description ?? "").count <= 500 else {
            throw RepositoryError.badSetting("The description may have at most 500 characters.")
        }
    }
}

/// A repository with what its card says.
package struct RepoDetails: Sendable, Equatable {
    package var repository: Repository
    package var tags: [String]
    package var card: RepoCard?
}
