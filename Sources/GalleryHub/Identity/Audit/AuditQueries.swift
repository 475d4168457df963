package import Foundation
package import GalleryDatabase
package import GalleryModel
import GalleryServing

extension SQLConnection {
    /// Records a decision on rights in the transaction that makes it, with where it came from; never a secret.
    ///
    /// `action` is `noun.verb`, `subject` the id of what it was done to; `actor` is nil for operators at the terminal.
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
        let origin = RequestOrigin.current
        try execute(
            """
            INSERT INTO audit_log (id, at, actor, action, subject, detail, address, agent, request)
            VALUES (\(world.newID()), \(world.now()), \(actor), \(action), \(subject), \(text),
                \(origin?.address ?? ""), \(origin?.agent ?? ""), \(origin?.requestID ?? ""))
            """
        )
    }

    /// The latest entries that fit, newest first.
    package func auditEntries(_ filter: AuditFilter = AuditFilter(), limit: Int) throws -> [AuditEntry] {
        try rows(
            AuditEntry.self,
            """
            SELECT \(sql: AuditEntry.columns) FROM audit_log
            WHERE \(sql: filter.conditions.joined(" AND ")) ORDER BY at DESC, id DESC LIMIT \(limit)
            """
        )
    }

    /// The latest entries, newest first, before the one with this id.
    func auditEntries(before id: String?, limit: Int) throws -> [AuditEntry] {
        var filter = AuditFilter()
        if let id {
            guard let at = try value(Date.self, "SELECT at FROM audit_log WHERE id = \(id)") else { return [] }
            filter.before = AuditFilter.Place(at: at, id: id)
        }
        return try auditEntries(filter, limit: limit)
    }
}

/// Which entries of the audit log are meant; what is nil does not matter.
package struct AuditFilter: Sendable, Equatable {
    /// Between two entries.
    package struct Place: Sendable, Equatable {
        package var at: Date
        package var id: String

        package init(at: Date, id: String) {
            (self.at, self.id) = (at, id)
        }
    }

    package var actor: AccountID?
    /// Only what was done at the terminal or by the gallery itself.
    package var hasNoActor = false
    package var action: String?
    /// The ids of what something was done to.
    package var subjects: [String]?
    package var from: Date?
    package var until: Date?
    package var before: Place?

    package init() {}

    fileprivate var conditions: [SQL] {
        var conditions: [SQL] = ["1 = 1"]
        if let actor { conditions.append("actor = \(actor)") }
        if hasNoActor { conditions.append("actor IS NULL") }
        if let action { conditions.append("action = \(action)") }
        if let subjects { conditions.append("subject IN (\(values: subjects))") }
        if let from { conditions.append("at >= \(from)") }
        if let until { conditions.append("at < \(until)") }
        if let before { conditions.append("(at, id) < (\(before.at), \(before.id))") }
        return conditions
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
    /// The network address it came from; empty at the terminal and before such was kept.
    package let address: String
    package let agent: String
    package let request: String

    package static let columns: SQL = "id, at, actor, action, subject, detail, address, agent, request"

    package init(row: Row) throws {
        id = try row.get("id")
        at = try row.get("at")
        actor = try row.optional("actor")
        action = try row.get("action")
        subject = try row.get("subject")
        detail = try row.get("detail")
        address = try row.get("address")
        agent = try row.get("agent")
        request = try row.get("request")
    }

    /// What `detail` says.
    package var details: [String: String] {
        (try? JSONDecoder().decode([String: String].self, from: Data(detail.utf8))) ?? [:]
    }
}
