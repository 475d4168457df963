import Foundation
package import GalleryDatabase
package import GalleryModel

/// Finding repositories, and what the policy needs to know of them.
extension SQLConnection {
    /// The repository of that name, or the one that bore it before; names are compared without case, and a `ur…` id or a
    /// former name of the owner works too.
    package func repo(kind: RepoKind, name: RepoName) throws -> RepoLocation? {
        guard let owner = try account(named: name.owner) else { return nil }
        let key = name.name.lowercased()
        if let row = try row(
            "SELECT id, name FROM repositories WHERE owner = \(owner.id) AND kind = \(kind) AND name_key = \(key)"
        ) {
            let current = try RepoName(owner: owner.name, name: row.get("name"))
            // An account's id is an alias, not a former name.
            let isAlias = name.owner.lowercased() == owner.name.lowercased() || name.owner.hasPrefix("ur")
            return RepoLocation(id: try row.get("id"), name: current, isMoved: !isAlias)
        }
        guard
            let row = try row(
                """
                SELECT r.id, r.name, a.name AS owner_name
                FROM repository_former_names f
                JOIN repositories r ON r.id = f.repo
                JOIN accounts a ON a.id = r.owner
                WHERE f.owner = \(owner.id) AND f.kind = \(kind) AND f.name_key = \(key)
                """
            )
        else { return nil }
        return RepoLocation(
            id: try row.get("id"),
            name: try RepoName(owner: row.get("owner_name"), name: row.get("name")),
            isMoved: true
        )
    }

    /// What the policy needs to know; for an unknown repository the same problem as for an invisible one.
    package func facts(of repo: RepoID, for viewer: Viewer) throws -> RepoFacts {
        let account = viewer.account?.id ?? AccountID("")
        guard
            let row = try row(
                """
                SELECT \(sql: RepoFacts.columns)
                FROM repositories r
                JOIN accounts a ON a.id = r.owner
                \(sql: RepoFacts.joins(for: account))
                WHERE r.id = \(repo)
                """
            )
        else { throw AccessError.notFound(to: viewer) }
        return try RepoFacts(row: row)
    }

    /// The same by today's name, with what a reference of it points to: one query for the commonest question.
    package func facts(
        kind: RepoKind,
        name: RepoName,
        reference: String,
        for viewer: Viewer
    ) throws -> (facts: RepoFacts, target: GitOID?)? {
        let account = viewer.account?.id ?? AccountID("")
        guard
            let row = try row(
                """
                SELECT \(sql: RepoFacts.columns),
                    (SELECT target FROM git_refs WHERE repo = r.id AND name = \(reference)) AS target
                FROM accounts a
                JOIN repositories r ON r.owner = a.id
                \(sql: RepoFacts.joins(for: account))
                WHERE a.name_key = \(name.owner.lowercased()) AND r.kind = \(kind) AND r.name_key = \(name.name.lowercased())
                """
            )
        else { return nil }
        return try (RepoFacts(row: row), row.optional("target"))
    }

    /// The repository as lists and pages show it.
    package func repository(_ id: RepoID) throws -> Repository? {
        try row(Repository.self, "SELECT \(sql: Repository.columns) \(sql: Repository.tables) WHERE r.id = \(id)")
    }

    /// Tags as they are shown, in order.
    package func tags(of repos: some Collection<RepoID>) throws -> [RepoID: [String]] {
        var result: [RepoID: [String]] = [:]
        for slice in Array(repos).slices(of: 500) {
            for row in try rows(
                """
                SELECT repo, tag FROM repository_tags
                WHERE repo IN (\(values: slice)) AND ordinal >= 0 ORDER BY repo, ordinal
                """
            ) {
                result[try row.get("repo"), default: []].append(try row.get("tag"))
            }
        }
        return result
    }

    package func card(of repo: RepoID) throws -> RepoCard? {
        try row(RepoCard.self, "SELECT card, config, safetensors FROM repository_cards WHERE repo = \(repo)")
    }

    /// The limits that hold for a repository: its own, its owner's, or the site's.
    package func quota(of repo: RepoID, _ limits: RepositoryLimits) throws -> RepositoryLimits {
        var limits = limits
        if let row = try row(
            """
            SELECT r.byte_limit, l.repository_bytes, l.file_bytes
            FROM repositories r LEFT JOIN owner_limits l ON l.account = r.owner
            WHERE r.id = \(repo)
            """
        ) {
            limits.repositoryBytes =
                try row.optional("byte_limit") ?? row.optional("repository_bytes") ?? limits.repositoryBytes
            limits.fileBytes = try row.optional("file_bytes") ?? limits.fileBytes
        }
        return limits
    }

    /// Returns what the repository uses afterwards.
    func addUsedBytes(_ bytes: Int64, to repo: RepoID) throws -> Int64 {
        try value(
            Int64.self,
            "UPDATE repositories SET used_bytes = used_bytes + \(bytes) WHERE id = \(repo) RETURNING used_bytes"
        ) ?? 0
    }

    /// Notes that main has changed.
    func touch(_ repo: RepoID, at now: Date) throws {
        try execute("UPDATE repositories SET updated_at = \(now) WHERE id = \(repo)")
    }
}

extension RepoFacts: Record {
    static let columns: SQL =
        """
        r.id, r.kind, r.owner, r.name, r.created_by, r.visibility, r.gating, r.is_disabled, a.name AS owner_name,
        m.role AS membership, n.account AS reader, q.state AS grant_state,
        r.listing, r.is_under_review, r.needs_subscription, r.is_code_closed, s.account AS subscriber
        """

    static func joins(for account: AccountID) -> SQL {
        """
        LEFT JOIN memberships m ON m.organization = r.owner AND m.account = \(account)
        LEFT JOIN repository_readers n ON n.repo = r.id AND n.account = \(account) AND n.reason = 'named'
        LEFT JOIN repository_readers s ON s.repo = r.id AND s.account = \(account) AND s.reason = 'subscriber'
        LEFT JOIN access_requests q ON q.repo = r.id AND q.account = \(account)
        """
    }

    package init(row: Row) throws {
        try self.init(
            id: row.get("id"),
            kind: row.get("kind"),
            name: RepoName(owner: row.get("owner_name"), name: row.get("name")),
            owner: row.get("owner"),
            createdBy: row.optional("created_by"),
            visibility: row.get("visibility"),
            gating: row.get("gating"),
            isDisabled: row.get("is_disabled"),
            membership: row.optional("membership"),
            isNamed: row.optional("reader", as: String.self) != nil,
            grant: row.optional("grant_state"),
            listing: row.get("listing"),
            isUnderReview: row.get("is_under_review"),
            needsSubscription: row.get("needs_subscription"),
            isSubscribed: row.optional("subscriber", as: String.self) != nil,
            isCodeClosed: row.get("is_code_closed")
        )
    }
}

extension Repository {
    static let columns: SQL =
        """
        r.id, r.kind, r.owner, r.name, r.created_by, r.visibility, r.gating, r.is_disabled, r.discussions_disabled,
        r.title, r.description, r.sdk, r.created_at, r.updated_at, r.used_bytes, r.downloads, r.downloads_all_time, r.likes,
        r.hotness, r.pipeline_tag, r.library_name, r.listing, r.awaits_publication, r.is_official, r.is_featured,
        r.is_commercial, r.subscriptions, r.views, a.name AS owner_name, h.target AS head
        """

    static let tables: SQL =
        """
        FROM repositories r
        JOIN accounts a ON a.id = r.owner
        LEFT JOIN git_refs h ON h.repo = r.id AND h.name = 'refs/heads/main'
        """
}
