import Foundation
import GalleryDatabase
import GalleryModel

extension SQLConnection {
    func insertSession(
        _ hash: SHA256Digest,
        of account: AccountID,
        agent: String,
        address: String,
        limits: SessionLimits,
        world: World
    ) throws -> Session {
        let now = world.now()
        let row = try row(
            Session.self,
            """
            INSERT INTO sessions (id, account, hash, agent, address, created_at, last_seen_at, idle_until, expires_at)
            VALUES (
                \(world.newID()), \(account), \(hash), \(agent), \(address), \(now), \(now),
                \(now + limits.idle.seconds), \(now + limits.absolute.seconds))
            RETURNING \(sql: Session.columns)
            """
        )
        guard let row else { throw DatabaseError.unexpectedValue(column: "id") }
        return row
    }

    /// The session with this hash together with its account: what every request of a browser asks.
    func sessionHolder(_ hash: SHA256Digest) throws -> (session: Session, account: Account)? {
        let row = try row(
            """
            SELECT \(sql: Session.columns), \(sql: Account.columns)
            FROM sessions JOIN accounts ON accounts.id = sessions.account
            WHERE sessions.hash = \(hash)
            """
        )
        return try row.map { try (Session(row: $0), Account(row: $0)) }
    }

    func sessions(of account: AccountID) throws -> [Session] {
        try rows(
            Session.self,
            """
            SELECT \(sql: Session.columns) FROM sessions
            WHERE account = \(account) ORDER BY created_at DESC, id DESC
            """
        )
    }

    func session(_ id: SessionID) throws -> Session? {
        try row(Session.self, "SELECT \(sql: Session.columns) FROM sessions WHERE id = \(id)")
    }

    func deleteSession(hash: SHA256Digest) throws { try execute("DELETE FROM sessions WHERE hash = \(hash)") }

    @discardableResult
    func deleteSession(_ id: SessionID) throws -> Bool { try execute("DELETE FROM sessions WHERE id = \(id)") > 0 }

    /// Ends every session of the account: when its rights or its password change.
    func deleteSessions(of account: AccountID) throws { try execute("DELETE FROM sessions WHERE account = \(account)") }

    func deleteSessions(of account: AccountID, but hash: SHA256Digest?) throws {
        guard let hash else { return try deleteSessions(of: account) }
        try execute("DELETE FROM sessions WHERE account = \(account) AND hash <> \(hash)")
    }

    func sweepSessions(before now: Date, limit: Int) throws -> Int {
        try execute(
            """
            DELETE FROM sessions WHERE id IN (
                SELECT id FROM sessions WHERE expires_at < \(now) LIMIT \(limit))
            """
        )
    }

    func noteSessionUse(_ uses: [SessionID: Date], idle: Duration) throws {
        for (id, at) in uses.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            try execute("UPDATE sessions SET last_seen_at = \(at), idle_until = \(at + idle.seconds) WHERE id = \(id)")
        }
    }
}

extension Duration {
    /// As Foundation counts.
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
