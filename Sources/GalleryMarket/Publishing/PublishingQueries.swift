import Foundation
import GalleryDatabase
import GalleryHub
import GalleryModel

extension SQLConnection {
    /// The record of an asset; a blank one where it was never published.
    func publication(of repo: RepoID) throws -> Publication {
        try row(Publication.self, "SELECT \(sql: Publication.columns) FROM publications WHERE repo = \(repo)")
            ?? Publication(repo: repo)
    }

    func save(_ publication: Publication) throws {
        let it = publication
        try execute(
            """
            INSERT INTO publications (\(sql: Publication.columns))
            VALUES (\(it.repo), \(it.visibility), \(it.secondTitle), \(it.task), \(it.licence),
                \(it.environment?.rawValue ?? ""), \(it.freeUseDays), \(it.renews), \(it.isCodeOpen), \(it.codeLicence),
                \(it.reason), \(it.submittedBy), \(it.submittedAt), \(it.publishedAt), \(it.delistedAt), \(it.sentRevision))
            ON CONFLICT (repo) DO UPDATE SET visibility = excluded.visibility, second_title = excluded.second_title,
                task = excluded.task, licence = excluded.licence, environment = excluded.environment,
                free_use_days = excluded.free_use_days, renews = excluded.renews, is_code_open = excluded.is_code_open,
                code_licence = excluded.code_licence, reason = excluded.reason, submitted_by = excluded.submitted_by,
                submitted_at = excluded.submitted_at, published_at = excluded.published_at,
                delisted_at = excluded.delisted_at, sent_revision = excluded.sent_revision
            """
        )
        let needsSubscription = it.freeUseDays != nil
        // Only algorithms keep their code to themselves.
        try execute(
            """
            UPDATE repositories SET needs_subscription = \(needsSubscription),
                is_code_closed = CASE WHEN kind = 'algorithm' THEN \(it.isCodeOpen ? 0 : 1) ELSE 0 END
            WHERE id = \(it.repo)
            """
        )
    }

    /// Notes a step in the life of an asset or of one of its versions.
    func notePublishing(
        _ action: String,
        of repo: RepoID,
        version: String = "",
        reason: String = "",
        by actor: AccountID?,
        world: World
    ) throws {
        try execute(
            """
            INSERT INTO publication_events (id, repo, action, version, actor, reason, at)
            VALUES (\(world.newID()), \(repo), \(action), \(version), \(actor), \(reason), \(world.now()))
            """
        )
        var detail: [String: String] = [:]
        if !version.isEmpty { detail["version"] = version }
        if !reason.isEmpty { detail["reason"] = reason }
        try audit(
            version.isEmpty ? "asset.\(action)" : "version.\(action)",
            on: repo.rawValue,
            by: actor,
            detail: detail,
            world: world
        )
    }

    func publicationEvents(of repo: RepoID, limit: Int) throws -> [PublicationEvent] {
        try rows(
            PublicationEvent.self,
            """
            SELECT e.id, e.action, e.version, e.actor, e.reason, e.at, a.name AS actor_name
            FROM publication_events e LEFT JOIN accounts a ON a.id = e.actor
            WHERE e.repo = \(repo) ORDER BY e.at DESC, e.id DESC LIMIT \(limit)
            """
        )
    }

    /// Lets reviewers look at what has something to be decided, and nobody else.
    func refreshReviewing(_ repo: RepoID) throws {
        try execute(
            """
            UPDATE repositories SET is_under_review = CASE
                WHEN listing = 'in_review' THEN 1
                WHEN EXISTS (SELECT 1 FROM asset_versions v WHERE v.repo = repositories.id AND v.state = 'in_review') THEN 1
                ELSE 0 END
            WHERE id = \(repo)
            """
        )
    }

    func setAwaitsPublication(_ awaits: Bool, _ repo: RepoID) throws {
        try execute("UPDATE repositories SET awaits_publication = \(awaits) WHERE id = \(repo)")
    }

    func plans(of repo: RepoID) throws -> [AssetPlan] {
        try rows(
            AssetPlan.self,
            "SELECT name, quota, amount, price, currency FROM asset_plans WHERE repo = \(repo) ORDER BY ordinal"
        )
    }

    func papers(of repo: RepoID) throws -> [Paper] {
        try rows(Paper.self, "SELECT title, link FROM asset_papers WHERE repo = \(repo) ORDER BY ordinal")
    }

    /// The users meant by account names, `ur…` ids or nicknames that only one user has.
    func people(named names: [String], field: String) throws -> [Account] {
        try names.map { name in
            let name = name.trimmed
            if let account = try account(named: name), account.kind == .user { return account }
            let key = name.lowercased()
            let found = try rows(
                Account.self,
                """
                SELECT \(sql: Account.columns) FROM accounts
                WHERE lower(nickname) = \(key) AND kind = 'user' AND is_disabled = 0 LIMIT 2
                """
            )
            guard found.count == 1 else { throw PublishingError.unknownUser(name, field: field) }
            return found[0]
        }
    }
}

extension Publication {
    static let columns: SQL = """
        repo, visibility, second_title, task, licence, environment, free_use_days, renews, is_code_open, code_licence,
        reason, submitted_by, submitted_at, published_at, delisted_at, sent_revision
        """
}
