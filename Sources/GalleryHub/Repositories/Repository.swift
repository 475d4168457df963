package import Foundation
package import GalleryDatabase
package import GalleryModel

/// A repository as lists and pages show it. What may be shown of it to whom is for the policy to say.
package struct Repository: Record, Equatable {
    package var id: RepoID
    package var kind: RepoKind
    package var name: RepoName
    package var owner: AccountID
    package var createdBy: AccountID?
    package var visibility: Visibility
    package var gating: Gating
    package var isDisabled: Bool
    package var discussionsDisabled: Bool
    /// The name in the owner's language; empty where there is none.
    package var title: String
    package var description: String
    /// For apps: gradio, streamlit, docker or static.
    package var sdk: String
    package var createdAt: Date
    package var updatedAt: Date
    /// Logical bytes over all kept history.
    package var usedBytes: Int64
    /// Over the last 30 days.
    package var downloads: Int
    package var downloadsAllTime: Int
    package var likes: Int
    package var views: Int
    /// Orders by recent attention; see `Trend`.
    package var hotness: Double
    package var pipelineTag: String?
    package var libraryName: String?
    package var listing: RepoListing
    /// Somebody asked for it to be public, and what that takes is not complete yet.
    package var awaitsPublication: Bool
    package var isOfficial: Bool
    package var isFeatured: Bool
    package var isCommercial: Bool
    /// Live subscriptions.
    package var subscriptions: Int
    /// Where `refs/heads/main` points; nil for an empty repository.
    package var head: GitOID?

    package var isPrivate: Bool { visibility != .everyone }

    package init(row: Row) throws {
        id = try row.get("id")
        kind = try row.get("kind")
        name = try RepoName(owner: row.get("owner_name"), name: row.get("name"))
        owner = try row.get("owner")
        createdBy = try row.optional("created_by")
        visibility = try row.get("visibility")
        gating = try row.get("gating")
        isDisabled = try row.get("is_disabled")
        discussionsDisabled = try row.get("discussions_disabled")
        title = try row.get("title")
        description = try row.get("description")
        sdk = try row.get("sdk")
        createdAt = try row.get("created_at")
        updatedAt = try row.get("updated_at")
        usedBytes = try row.get("used_bytes")
        downloads = try row.get("downloads")
        downloadsAllTime = try row.get("downloads_all_time")
        likes = try row.get("likes")
        views = try row.get("views")
        hotness = try row.get("hotness")
        let pipelineTag: String = try row.get("pipeline_tag")
        self.pipelineTag = pipelineTag.isEmpty ? nil : pipelineTag
        let libraryName: String = try row.get("library_name")
        self.libraryName = libraryName.isEmpty ? nil : libraryName
        listing = try row.get("listing")
        awaitsPublication = try row.get("awaits_publication")
        isOfficial = try row.get("is_official")
        isFeatured = try row.get("is_featured")
        isCommercial = try row.get("is_commercial")
        subscriptions = try row.get("subscriptions")
        head = try row.optional("head")
    }
}

/// A repository found by a name, perhaps by one it no longer bears.
package struct RepoLocation: Sendable, Equatable {
    package var id: RepoID
    /// The name as it is spelled today.
    package var name: RepoName
    /// Whether it was asked for under a former name, so that clients are to be redirected.
    package var isMoved: Bool
}

/// What README.md and the other metadata files of main say.
package struct RepoCard: Record, Equatable {
    /// The front matter as a flat JSON object.
    package var cardJSON: String
    /// Facts of `config.json` and the tokenizer as a JSON object; empty where there are none.
    package var configJSON: String
    /// `{"parameters":{…},"total":n}`; empty where unknown.
    package var safetensorsJSON: String

    init(cardJSON: String, config: ModelConfig) {
        self.cardJSON = cardJSON
        configJSON = config.json
        safetensorsJSON = config.safetensorsJSON
    }

    package init(row: Row) throws {
        cardJSON = try row.get("card")
        configJSON = try row.get("config")
        safetensorsJSON = try row.get("safetensors")
    }
}

/// Numbers that bound what may be stored.
package struct RepositoryLimits: Sendable {
    package var fileBytes: Int64
    package var repositoryBytes: Int64
    /// Files and deletions in one commit.
    package var commitOperations = 100_000
    /// Repositories of one owner.
    package var repositoriesPerOwner = 10_000
    /// References of one repository.
    package var references = 10_000

    package init(fileBytes: Int64 = 5_000_000_000, repositoryBytes: Int64 = 50_000_000_000) {
        self.fileBytes = fileBytes
        self.repositoryBytes = repositoryBytes
    }
}
