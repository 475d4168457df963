package import Foundation
package import GalleryDatabase
package import GalleryModel

/// How an account stands, with everything it has.
package struct BillingState: Sendable, Equatable {
    package var name: String
    package var holdings: Holdings
    package var standing: Standing
    /// The latest to end first, whether anything is left or not.
    package var vouchers: [Voucher]
    /// Used, and not settled yet.
    package var unsettled: Money
    /// Whether use is metered right now.
    package var running: Int
}

/// An account in arrears.
package struct ArrearsEntry: Record, Equatable {
    package let account: AccountID
    package let name: String
    package let standing: Standing
    package let owed: Money

    package init(row: Row) throws {
        account = try row.get("account")
        name = try row.get("name")
        standing = try Standing(row: row)
        owed = Money(micros: try row.get("owed"))
    }
}

/// An entry of the ledger as it is shown.
package struct BookedEntry: Sendable, Equatable {
    package let id: String
    package let kind: LedgerKind
    package let account: String
    /// Who booked it; nil for what the clock did.
    package let actor: String?
    package let hour: Date?
    package let note: String
    package let at: Date
    package let postings: [Posting]

    /// What it brought to the account (or took from it): its balance, its vouchers and its debts together.
    package var change: Money {
        postings.filter { [.wallet, .owed, .voucher].contains($0.place) }.reduce(.zero) { $0 + $1.amount }
    }
}

extension Billing {
    /// How one's own account stands, or that of `name`, which is for operators.
    package func state(of name: String? = nil, by viewer: Viewer) async throws -> BillingState {
        try await of(name, by: viewer) { account, db in
            BillingState(
                name: try db.value(String.self, "SELECT name FROM accounts WHERE id = \(account)") ?? "",
                holdings: try db.holdings(of: account),
                standing: try db.standing(of: account),
                vouchers: try db.vouchers(of: account),
                unsettled: try metering.unsettled(of: account, at: world.now(), db),
                running: try metering.running(of: account, db).count
            )
        }
    }

    /// Accounts in arrears, those with the nearest step first.
    package func arrears(by viewer: Viewer) async throws -> [ArrearsEntry] {
        try ComputeRights.mustOperate(viewer)
        return try await database.read { db in
            try db.rows(
                ArrearsEntry.self,
                """
                SELECT s.account, a.name, s.state, s.since, s.until, (
                    SELECT CAST(-COALESCE(SUM(p.amount), 0) AS BIGINT) FROM ledger_postings p
                    WHERE p.account = s.account AND p.place = 'owed') AS owed
                FROM billing_standings s JOIN accounts a ON a.id = s.account
                WHERE s.state <> 'clear' ORDER BY COALESCE(s.until, s.since), s.account LIMIT 500
                """
            )
        }
    }

    /// The ledger, the latest first: of one's own account, of that of `name`, or, for operators, of all.
    package func ledger(
        of name: String? = nil,
        all: Bool = false,
        after cursor: String? = nil,
        limit: Int = 50,
        by viewer: Viewer
    ) async throws -> (entries: [BookedEntry], next: String?) {
        if all { try ComputeRights.mustOperate(viewer) }
        let place = try cursor.map(LedgerCursor.init)
        let limit = max(1, min(limit, 200))
        return try await of(name, by: viewer) { account, db in
            let found = try db.ledger(of: all ? nil : account, after: place, limit: limit + 1)
            let shown = Array(found.prefix(limit))
            return (shown, found.count > limit ? shown.last.map { LedgerCursor($0).text } : nil)
        }
    }
}

/// A place in the ledger, the latest first.
struct LedgerCursor {
    let at: Date
    let id: String

    init(_ entry: BookedEntry) { (at, id) = (entry.at, entry.id) }

    init(_ text: String) throws(BillingError) {
        let parts = text.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, text.utf8.count < 200, let at = Int64(parts[0]), (0..<(1 << 50)).contains(at) else {
            throw .badCursor
        }
        self.at = Date(timeIntervalSince1970: Double(at) / 1000)
        id = String(parts[1])
    }

    var text: String { "\(Int64((at.timeIntervalSince1970 * 1000).rounded())).\(id)" }
}

extension SQLConnection {
    fileprivate func ledger(of account: AccountID?, after place: LedgerCursor?, limit: Int) throws -> [BookedEntry] {
        var conditions: [SQL] = ["1 = 1"]
        if let account { conditions.append("e.account = \(account)") }
        if let place { conditions.append("(e.at, e.id) < (\(place.at), \(place.id))") }
        let found = try rows(
            """
            SELECT e.id, e.kind, a.name, b.name AS actor, e.hour, e.note, e.at FROM ledger_entries e
            JOIN accounts a ON a.id = e.account LEFT JOIN accounts b ON b.id = e.actor
            WHERE \(sql: conditions.joined(" AND ")) ORDER BY e.at DESC, e.id DESC LIMIT \(limit)
            """
        )
        let postings = try postings(of: try found.map { try $0.get("id") })
        return try found.map { row in
            let id: String = try row.get("id")
            return BookedEntry(
                id: id,
                kind: try row.get("kind"),
                account: try row.get("name"),
                actor: try row.optional("actor"),
                hour: try row.optional("hour"),
                note: try row.get("note"),
                at: try row.get("at"),
                postings: postings[id] ?? []
            )
        }
    }
}
