package import Foundation
package import GalleryDatabase
package import GalleryModel

extension SQLConnection {
    /// Records a decision on rights in the transaction that makes it; never a secret.
    ///
    /// `action` is `noun.verb`, `subject` the id of what it was done to; `actor` is nil for operators at the console.
    package func audit(
        _ action: String,
        on subject: String,
        by actor: AccountID?,
        detail: [String: String] = [:],
        world: World
    ) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(detail), as: UTF8.self)
        try execute(
            """
            INSERT INTO audit_log (id, at, actor, action, subject, detail)
            VALUES (\(world.newID()), \(world.now()), \(actor), \(action), \(subject), \(text))
            """
        )
    }

    /// The latest entries, newest first.
    package func auditEntries(before id: String? = nil, limit: Int) throws -> [AuditEntry] {
        let condition: SQL = if let id { "WHERE id < \(id)" } else { "" }
        return try rows(
            AuditEntry.self,
            """
            SELECT id, at, actor, action, subject, detail FROM audit_log
            \(sql: condition) ORDER BY id DESC LIMIT \(limit)
            """
        )
    }
}

/// One line of the audit log.
package struct AuditEntry: Record, Equatable {
    package let id: String
    package let at: Date
    package let actor: AccountID?
    package let action: String
    package let subject: String
    /// A JSON object of texts.
    package let detail: String

    package init(row: Row) throws {
        id = try row.get("id")
        at = try row.get("at")
        actor = try row.optional("actor")
        action = try row.get("action")
        subject = try row.get("subject")
        detail = try row.get("detail")
    }
}
