import Foundation
import GalleryDatabase
import GalleryModel

extension SQLConnection {
    /// Whether the subject had not brought points before.
    @discardableResult
    func addGrowth(
        _ reason: GrowthReason,
        _ subject: String,
        _ points: Int,
        to account: AccountID,
        world: World
    ) throws -> Bool {
        try execute(
            """
            INSERT INTO growth_entries (id, account, reason, subject, points, created_at)
            VALUES (\(world.newID()), \(account), \(reason), \(subject), \(points), \(world.now()))
            ON CONFLICT (account, reason, subject) DO NOTHING
            """
        ) > 0
    }

    func growthPoints(of account: AccountID) throws -> Int {
        try value(
            Int.self,
            "SELECT CAST(COALESCE(SUM(points), 0) AS BIGINT) FROM growth_entries WHERE account = \(account)"
        ) ?? 0
    }

    /// The days of check-ins from `day` on.
    func checkIns(of account: AccountID, since day: String) throws -> [String] {
        try values(
            String.self,
            """
            SELECT subject FROM growth_entries
            WHERE account = \(account) AND reason = \(GrowthReason.checkIn) AND subject >= \(day)
            """
        )
    }

    func publications(rewarding account: AccountID, since time: Date) throws -> Int {
        try value(
            Int.self,
            """
            SELECT COUNT(*) FROM growth_entries
            WHERE account = \(account) AND created_at >= \(time) AND reason = \(GrowthReason.publication)
            """
        ) ?? 0
    }

    func growthEntries(of account: AccountID, after cursor: TimeCursor?, limit: Int) throws -> [GrowthEntry] {
        let from: SQL =
            if let cursor { "AND (g.created_at, g.id) < (\(cursor.time), \(cursor.id))" } else { "" }
        return try rows(
            GrowthEntry.self,
            """
            SELECT g.id, g.reason, g.subject, g.points, g.created_at, r.kind, r.name, a.name AS owner_name
            FROM growth_entries g
            LEFT JOIN repositories r ON g.reason = \(GrowthReason.publication) AND r.id = g.subject
            LEFT JOIN accounts a ON a.id = r.owner
            WHERE g.account = \(account) \(sql: from)
            ORDER BY g.created_at DESC, g.id DESC LIMIT \(limit)
            """
        )
    }
}
