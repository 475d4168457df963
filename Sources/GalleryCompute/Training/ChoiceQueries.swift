package import Foundation
package import GalleryDatabase
import GalleryHub
package import GalleryModel

/// A repository in a list to choose from.
package struct RepoChoice: Record, Equatable {
    package let id: RepoID
    package let name: RepoName
    package let title: String
    package let pipelineTag: String
    package let bytes: Int64
    package let updatedAt: Date

    package init(row: Row) throws {
        id = try row.get("id")
        name = RepoName(owner: try row.get("owner_name"), name: try row.get("name"))
        title = try row.get("title")
        pipelineTag = try row.get("pipeline_tag")
        bytes = try row.get("used_bytes")
        updatedAt = try row.get("updated_at")
    }

    fileprivate static let query: SQL =
        """
        SELECT r.id, a.name AS owner_name, r.name, r.title, r.pipeline_tag, r.used_bytes, r.updated_at
        FROM repositories r JOIN accounts a ON a.id = r.owner
        """
}

/// Repositories to choose from, by how one came to them.
package struct RepoChoices: Sendable, Equatable {
    package var own: [RepoChoice] = []
    package var favourites: [RepoChoice] = []
    package var subscribed: [RepoChoice] = []
    package var shared: [RepoChoice] = []

    package var isEmpty: Bool { own.isEmpty && favourites.isEmpty && subscribed.isEmpty && shared.isEmpty }
}

extension SQLConnection {
    /// What somebody may choose from; each is named once, and only what they see.
    func repoChoices(_ kind: RepoKind, for viewer: Viewer, _ account: AccountID, limit: Int) throws -> RepoChoices {
        let visible = VisibleRepositories.condition(for: viewer)
        let own: SQL = "r.owner = \(account)"
        let marked: SQL = "EXISTS (SELECT 1 FROM likes l WHERE l.repo = r.id AND l.account = \(account))"
        let subscribed: SQL = """
            EXISTS (SELECT 1 FROM repository_readers v
                WHERE v.repo = r.id AND v.account = \(account) AND v.reason = 'subscriber')
            """
        var choices = RepoChoices()
        choices.own = try repoChoices(kind, own, limit)
        var known = Set(choices.own.map(\.id))
        func fresh(_ found: [RepoChoice]) -> [RepoChoice] { found.filter { known.insert($0.id).inserted } }
        choices.favourites = fresh(try repoChoices(kind, "\(sql: marked) AND \(sql: visible)", limit))
        choices.subscribed = fresh(try repoChoices(kind, "\(sql: subscribed) AND \(sql: visible)", limit))
        if kind == .model { choices.shared = fresh(try sharedTextModels(limit: limit)) }
        return choices
    }

    private func repoChoices(_ kind: RepoKind, _ condition: SQL, _ limit: Int) throws -> [RepoChoice] {
        try rows(
            RepoChoice.self,
            """
            \(sql: RepoChoice.query) WHERE r.kind = \(kind) AND r.is_disabled = 0 AND \(sql: condition)
            ORDER BY r.updated_at DESC, r.id DESC LIMIT \(limit)
            """
        )
    }

    /// Models for text that everybody may use, the most downloaded first.
    private func sharedTextModels(limit: Int) throws -> [RepoChoice] {
        try rows(
            RepoChoice.self,
            """
            \(sql: RepoChoice.query) WHERE r.kind = 'model' AND r.visibility = 'everyone' AND r.is_disabled = 0
                AND r.gating = 'off' AND r.needs_subscription = 0 AND r.is_code_closed = 0
                AND r.pipeline_tag IN ('text-generation', 'question-answering')
            ORDER BY r.downloads DESC, r.id DESC LIMIT \(limit)
            """
        )
    }
}
