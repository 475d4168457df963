import Foundation
import GalleryDatabase
import GalleryHub
import GalleryModel

extension SQLConnection {
    /// What the account made, for itself or for an organisation it still belongs to.
    private func created(by account: AccountID) -> SQL {
        """
        (r.owner = \(account) OR (r.created_by = \(account)
            AND EXISTS (SELECT 1 FROM memberships cm WHERE cm.organization = r.owner AND cm.account = \(account))))
        """
    }

    func createdCounts(by account: AccountID) throws -> [RepoKind: Int] {
        try rows(
            """
            SELECT r.kind, COUNT(*) AS n FROM repositories r
            WHERE \(sql: created(by: account)) GROUP BY r.kind
            """
        ).reduce(into: [:]) { try $0[$1.get("kind")] = $1.get("n") }
    }

    func createdCount(by account: AccountID, _ listing: RepoListing) throws -> Int {
        try value(
            Int.self,
            """
            SELECT COUNT(*) FROM repositories r
            WHERE r.listing = \(listing) AND \(sql: created(by: account))
            """
        ) ?? 0
    }

    func favouriteCount(of account: AccountID, seenBy viewer: Viewer) throws -> Int {
        try value(
            Int.self,
            """
            SELECT COUNT(*) FROM likes l JOIN repositories r ON r.id = l.repo
            WHERE l.account = \(account) AND \(sql: VisibleRepositories.condition(for: viewer))
            """
        ) ?? 0
    }

    func subscriptionCount(of account: AccountID) throws -> Int {
        try value(
            Int.self,
            """
            SELECT COUNT(*) FROM subscriptions
            WHERE account = \(account) AND state = \(Subscription.State.active)
            """
        ) ?? 0
    }

    func downloadedCount(by account: AccountID, seenBy viewer: Viewer) throws -> Int {
        try value(
            Int.self,
            """
            SELECT COUNT(*) FROM account_downloads d JOIN repositories r ON r.id = d.repo
            WHERE d.account = \(account) AND \(sql: VisibleRepositories.condition(for: viewer))
            """
        ) ?? 0
    }

    func applicationCount(by account: AccountID, _ state: GrantState) throws -> Int {
        try value(
            Int.self,
            "SELECT COUNT(*) FROM access_requests WHERE account = \(account) AND state = \(state)"
        ) ?? 0
    }

    func applicationsToDecide(by account: AccountID) throws -> Int {
        try value(
            Int.self,
            """
            SELECT COUNT(*) FROM repositories r JOIN access_requests q ON q.repo = r.id
            WHERE q.state = 'pending' AND \(sql: decided(by: account))
            """
        ) ?? 0
    }

    /// Who decides on requests for gated use, as the policy says of `administer`.
    private func decided(by account: AccountID) -> SQL {
        """
        (r.owner = \(account) OR EXISTS (
            SELECT 1 FROM memberships dm
            WHERE dm.organization = r.owner AND dm.account = \(account)
                AND (dm.role = 'admin' OR (r.created_by = \(account) AND dm.role IN ('write', 'contributor')))))
        """
    }

    func myAssets(
        _ relation: MyRelation,
        _ filter: MyFilter,
        of account: AccountID,
        for viewer: Viewer,
        after cursor: TimeCursor?,
        limit: Int
    ) throws -> [MyAsset] {
        let since: SQL
        let tables: SQL
        var conditions: [SQL]
        switch relation {
        case .created:
            (since, tables) = ("r.created_at", "")
            conditions = [created(by: account)]
        case .published:
            (since, tables) = ("COALESCE(p.published_at, r.created_at)", "")
            conditions = [created(by: account), "r.listing = 'published'"]
        case .favourite:
            (since, tables) = ("l.created_at", "JOIN likes l ON l.repo = r.id")
            conditions = ["l.account = \(account)", VisibleRepositories.condition(for: viewer)]
        case .downloaded:
            (since, tables) = ("d.last_at", "JOIN account_downloads d ON d.repo = r.id")
            conditions = ["d.account = \(account)", VisibleRepositories.condition(for: viewer)]
        }
        if let kind = filter.kind { conditions.append("r.kind = \(kind)") }
        if let listing = filter.listing { conditions.append("r.listing = \(listing)") }
        let text = filter.text.lowercased().prefix(100)
        if !text.isEmpty {
            let pattern = "%\(text.filter { $0 != "%" && $0 != "_" })%"
            conditions.append("(r.name_key LIKE \(pattern) OR r.search_key LIKE \(pattern))")
        }
        if let cursor { conditions.append("(\(sql: since), r.id) < (\(cursor.time), \(cursor.id))") }
        return try rows(
            MyAsset.self,
            """
            SELECT r.id, r.kind, r.name, r.title, r.description, r.listing, r.visibility, r.is_disabled, r.created_at,
                p.published_at, \(sql: since) AS since, r.views, r.likes, r.subscriptions, r.downloads_all_time,
                r.used_bytes, a.name AS owner_name
            FROM repositories r JOIN accounts a ON a.id = r.owner \(sql: tables)
            LEFT JOIN publications p ON p.repo = r.id
            WHERE \(sql: conditions.joined(" AND "))
            ORDER BY \(sql: since) DESC, r.id DESC LIMIT \(limit)
            """
        )
    }

    func myApplications(
        toDecide: Bool,
        _ state: GrantState?,
        of account: AccountID,
        after cursor: TimeCursor?,
        limit: Int
    ) throws -> [MyApplication] {
        var conditions: [SQL] = [toDecide ? decided(by: account) : "q.account = \(account)"]
        if let state { conditions.append("q.state = \(state)") }
        if let cursor { conditions.append("(q.created_at, q.id) < (\(cursor.time), \(cursor.id))") }
        return try rows(
            MyApplication.self,
            """
            SELECT q.id AS request_id, q.repo, q.state, q.rejection_reason, q.created_at AS requested_at, r.kind, r.name,
                r.title, a.name AS owner_name, b.name AS applicant, b.nickname AS applicant_nickname
            FROM access_requests q
            JOIN repositories r ON r.id = q.repo
            JOIN accounts a ON a.id = r.owner
            JOIN accounts b ON b.id = q.account
            WHERE \(sql: conditions.joined(" AND "))
            ORDER BY q.created_at DESC, q.id DESC LIMIT \(limit)
            """
        )
    }
}
