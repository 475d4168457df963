package import Foundation
package import GalleryDatabase
package import GalleryHub
package import GalleryModel

/// What waits for a reviewer: an asset, or a new version of one that is published.
package struct ReviewItem: Record, Equatable {
    package let repo: RepoID
    package let kind: RepoKind
    package let name: RepoName
    package let title: String
    package let description: String
    /// Empty for the asset itself.
    package let version: String
    package let submittedAt: Date
    package let submitterName: String?
    package private(set) var licence: String
    package private(set) var task: String
    package let visibility: Visibility
    /// Names what is to be looked at, for the decision.
    package private(set) var revision = ""

    package init(row: Row) throws {
        repo = try row.get("repo")
        kind = try row.get("kind")
        name = try RepoName(owner: row.get("owner_name"), name: row.get("name"))
        title = try row.get("title")
        description = try row.get("description")
        version = try row.get("version")
        submittedAt = try row.get("submitted_at")
        submitterName = try row.optional("submitter")
        licence = try row.get("licence")
        task = try row.get("task")
        visibility = try row.get("wanted")
    }

    func completed(licence: String, task: String, revision: String) -> ReviewItem {
        var item = self
        (item.licence, item.task, item.revision) = (licence, task, revision)
        return item
    }
}

/// A part of the queue.
package struct ReviewPage: Sendable, Equatable {
    package var items: [ReviewItem]
    package var next: String?
}

extension Publishing {
    /// What waits to be reviewed, the longest waiting first.
    package func queue(
        kind: RepoKind? = nil,
        after cursor: String? = nil,
        limit: Int = 50,
        by viewer: Viewer
    ) async throws -> ReviewPage {
        let limit = max(1, min(limit, 200))
        let after = try cursor.map(ReviewCursor.init(text:)) ?? ReviewCursor(at: .distantPast, key: "")
        return try await database.read { db in
            try Reviewing.mustReview(viewer)
            let ofKind: SQL = if let kind { "AND r.kind = \(kind)" } else { "" }
            let found = try db.rows(
                ReviewItem.self,
                """
                SELECT * FROM (
                    SELECT r.id AS repo, r.kind, a.name AS owner_name, r.name, r.title, r.description, '' AS version,
                        COALESCE(p.submitted_at, 0) AS submitted_at, s.name AS submitter, p.licence, p.task,
                        p.visibility AS wanted
                    FROM repositories r JOIN accounts a ON a.id = r.owner JOIN publications p ON p.repo = r.id
                    LEFT JOIN accounts s ON s.id = p.submitted_by
                    WHERE r.is_under_review = 1 AND r.listing = 'in_review' \(sql: ofKind)
                    UNION ALL
                    SELECT r.id AS repo, r.kind, a.name AS owner_name, r.name, r.title, v.notes AS description,
                        v.number AS version, v.created_at AS submitted_at, s.name AS submitter, p.licence, p.task,
                        p.visibility AS wanted
                    FROM repositories r JOIN accounts a ON a.id = r.owner JOIN publications p ON p.repo = r.id
                    JOIN asset_versions v ON v.repo = r.id AND v.state = 'in_review'
                    LEFT JOIN accounts s ON s.id = v.created_by
                    WHERE r.is_under_review = 1 \(sql: ofKind)
                ) waiting
                WHERE submitted_at > \(after.at)
                    OR (submitted_at = \(after.at) AND repo || '/' || version > \(after.key))
                ORDER BY submitted_at, repo || '/' || version LIMIT \(limit + 1)
                """
            )
            let items = try found.prefix(limit).map { try db.completed($0) }
            return ReviewPage(items: items, next: found.count > limit ? items.last.map { ReviewCursor($0).text } : nil)
        }
    }

    /// How many wait; for the menu.
    package func waitingCount(by viewer: Viewer) async throws -> Int {
        guard (try? Reviewing.mustReview(viewer)) != nil else { return 0 }
        return try await database.read { try $0.waitingReviewCount() }
    }

    /// What a reviewer looks at before deciding: the listed words that the asset's texts hold, and its history.
    package func findings(in repo: RepoID, by viewer: Viewer) async throws -> [String] {
        try await database.read { db in
            _ = try Reviewing.demand(on: db.facts(of: repo, for: viewer), by: viewer)
            let form = try db.publishingForm(of: repo)
            let texts = form.passages.map(\.text) + [try db.mainText("README.md", of: repo) ?? ""]
            return try rules.words.hits(in: texts.joined(separator: "\n"), db)
        }
    }

    /// Lets an asset through, or sends it back with a reason. Decided is on what the reviewer looked at: `revision`, or what
    /// was sent where none is given.
    package func decide(
        _ repo: RepoID,
        approve: Bool,
        reason: String = "",
        seen revision: String? = nil,
        by viewer: Viewer
    ) async throws -> RepoListing {
        try await database.write { db in
            let facts = try Reviewing.demand(on: db.facts(of: repo, for: viewer), by: viewer)
            guard facts.listing == .inReview else { throw PublishingError.nothingToReview }
            var publication = try db.publication(of: repo)
            try Reviewing.mayDecide(on: facts, submittedBy: publication.submittedBy, by: viewer)
            if approve || revision != nil {
                guard try db.reviewRevision(of: repo) == revision ?? publication.sentRevision else {
                    throw PublishingError.formChanged
                }
            }
            let reason = approve ? "" : try Reviewing.reason(reason)
            let action: PublishingAction = approve ? .approve : .reject
            try rules.move(facts, &publication, on: action, reason: reason, by: viewer.account?.id, db)
            try db.record(.repoConfigured, on: repo, at: world.now())
            return approve ? .published : .rejected
        }
    }
}

/// Where a page of the queue ended.
private struct ReviewCursor {
    var at: Date
    var key: String

    init(at: Date, key: String) {
        (self.at, self.key) = (at, key)
    }

    init(_ item: ReviewItem) {
        self.init(at: item.submittedAt, key: "\(item.repo)/\(item.version)")
    }

    init(text: String) throws {
        let parts = text.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, text.utf8.count < 200, let milliseconds = Int64(parts[0]) else {
            throw RepositoryError.badCursor
        }
        self.init(at: Date(timeIntervalSince1970: Double(milliseconds) / 1000), key: String(parts[1]))
    }

    var text: String { "\(Int64((at.timeIntervalSince1970 * 1000).rounded())).\(key)" }
}

extension SQLConnection {
    /// How many assets wait for a reviewer, for themselves or for a version.
    func waitingReviewCount() throws -> Int {
        try value(Int.self, "SELECT COUNT(*) FROM repositories WHERE is_under_review = 1") ?? 0
    }
}
