import Foundation
package import GalleryDatabase
package import GalleryHub
package import GalleryModel

/// What people keep for later: the likes of the hub, under the name that the pages give them.
package struct Favourites: Sendable {
    private static let longestPage = 100

    let database: any Database
    let likes: Likes

    package init(database: any Database, likes: Likes) {
        self.database = database
        self.likes = likes
    }

    /// Keeps an asset, or no longer; returns how many people keep it then.
    package func set(_ isOn: Bool, _ kind: RepoKind, _ name: RepoName, by viewer: Viewer) async throws -> Int {
        let repo = try await database.read { db in
            guard let location = try db.repo(kind: kind, name: name) else { throw AccessError.notFound(to: viewer) }
            return location.id
        }
        if isOn { try await likes.like(repo, by: viewer) } else { try await likes.unlike(repo, by: viewer) }
        return try await database.read { db in
            try db.value(Int.self, "SELECT likes FROM repositories WHERE id = \(repo)") ?? 0
        }
    }

    /// Whether the viewer keeps it.
    package func holds(_ repo: RepoID, by viewer: Viewer) async throws -> Bool {
        guard let account = viewer.account else { return false }
        return try await database.read { db in
            try db.exists("SELECT 1 FROM likes WHERE repo = \(repo) AND account = \(account.id)")
        }
    }

    /// What the viewer keeps and may still see, the latest first.
    package func list(
        _ kind: RepoKind?,
        cursor: String?,
        limit: Int = 30,
        by viewer: Viewer
    ) async throws -> FavouriteList {
        let account = try viewer.mustBeSignedIn()
        let limit = max(1, min(limit, Self.longestPage))
        let start = try cursor.map(Cursor.init)
        return try await database.read { db in
            let found = try db.favourites(of: account.id, kind, after: start, limit: limit + 1, for: viewer)
            let shown = found.prefix(limit)
            return FavouriteList(
                assets: shown.map(\.asset),
                counts: try db.favouriteCounts(of: account.id, for: viewer),
                next: found.count > limit ? shown.last.map { Cursor($0).text } : nil
            )
        }
    }

    /// Where a page ended.
    struct Cursor: Sendable {
        var time: Int64
        var repo: RepoID

        fileprivate init(_ favourite: Favourite) {
            time = Int64((favourite.keptAt.timeIntervalSince1970 * 1000).rounded())
            repo = favourite.asset.repo
        }

        init(_ text: String) throws {
            let parts = text.utf8.count < 100 ? text.split(separator: ".", maxSplits: 1) : []
            guard parts.count == 2, let time = Int64(parts[0]) else {
                throw Problem.invalid(
                    "cursor-invalid",
                    "This page of the list does not exist: start from the first one."
                )
            }
            self.time = time
            repo = RepoID(String(parts[1]))
        }

        var text: String { "\(time).\(repo)" }
    }
}

/// A page of what somebody keeps.
package struct FavouriteList: Sendable, Equatable {
    package var assets: [AssetCard]
    /// How many there are of each kind.
    package var counts: [RepoKind: Int]
    package var next: String?
}

private struct Favourite: Record {
    let asset: AssetCard
    let keptAt: Date

    init(row: Row) throws {
        asset = try AssetCard(row: row)
        keptAt = try row.get("kept_at")
    }
}

extension SQLConnection {
    fileprivate func favourites(
        of account: AccountID,
        _ kind: RepoKind?,
        after cursor: Favourites.Cursor?,
        limit: Int,
        for viewer: Viewer
    ) throws -> [Favourite] {
        var conditions: [SQL] = ["l.account = \(account)", VisibleRepositories.condition(for: viewer)]
        if let kind { conditions.append("r.kind = \(kind)") }
        if let cursor { conditions.append("(l.created_at, l.repo) < (\(cursor.time), \(cursor.repo))") }
        return try rows(
            Favourite.self,
            """
            SELECT l.created_at AS kept_at, \(sql: AssetCard.columns)
            FROM likes l
            JOIN repositories r ON r.id = l.repo
            JOIN search_assets s ON s.repo = r.id
            JOIN accounts a ON a.id = r.owner
            WHERE \(sql: conditions.joined(" AND "))
            ORDER BY l.created_at DESC, l.repo DESC LIMIT \(limit)
            """
        )
    }

    fileprivate func favouriteCounts(of account: AccountID, for viewer: Viewer) throws -> [RepoKind: Int] {
        try rows(
            """
            SELECT r.kind, COUNT(*) AS n FROM likes l JOIN repositories r ON r.id = l.repo
            WHERE l.account = \(account) AND \(sql: VisibleRepositories.condition(for: viewer)) GROUP BY r.kind
            """
        ).reduce(into: [:]) { try $0[$1.get("kind")] = $1.get("n") }
    }
}
