package import Foundation
package import GalleryDatabase
package import GalleryModel
import GalleryServing

package struct SessionID: TextID, SQLConvertible {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
}

/// A browser that somebody signed in with; its cookie is kept only as a hash.
package struct Session: Record, Equatable {
    package let id: SessionID
    package let account: AccountID
    /// What the browser called itself, shortened.
    package let agent: String
    package let address: String
    package let createdAt: Date
    package let lastSeenAt: Date
    package let idleUntil: Date
    package let expiresAt: Date

    package func isOver(at now: Date) -> Bool { idleUntil <= now || expiresAt <= now }

    static let columns: SQL = """
        sessions.id AS session_id, sessions.account AS session_account, sessions.agent, sessions.address,
        sessions.created_at AS session_created_at, sessions.last_seen_at, sessions.idle_until, sessions.expires_at
        """

    package init(row: Row) throws {
        id = try row.get("session_id")
        account = try row.get("session_account")
        agent = try row.get("agent")
        address = try row.get("address")
        createdAt = try row.get("session_created_at")
        lastSeenAt = try row.get("last_seen_at")
        idleUntil = try row.get("idle_until")
        expiresAt = try row.get("expires_at")
    }
}

/// A new session, the only time its cookie is known.
package struct StartedSession: Sendable {
    package let session: Session
    package let account: Account
    package let cookie: String

    /// What state-changing requests of this session must show.
    package var csrfToken: String { FormToken.of(cookie) }
}

/// How long sessions live.
package struct SessionLimits: Sendable {
    package var idle: Duration
    package var absolute: Duration

    package init(idle: Duration = .seconds(7 * 86_400), absolute: Duration = .seconds(30 * 86_400)) {
        self.idle = idle
        self.absolute = absolute
    }
}
