import GalleryDatabase
package import GalleryModel

/// Whether the books are right, from first principles; empty where they are.
package struct BooksCheck: Sendable, Equatable {
    /// What is wrong: the rule, and what breaks it.
    package struct Fault: Sendable, Equatable, Codable {
        package var rule: String
        package var subject: String
    }

    /// At most so many of each rule.
    private static let most = 20

    package var faults: [Fault] = []

    package init() {}

    init(_ db: any SQLConnection) throws {
        for (rule, query) in Self.rules {
            for subject in try db.values(String.self, "\(sql: query) LIMIT \(Self.most)") {
                faults.append(Fault(rule: rule, subject: subject))
            }
        }
    }

    /// Each finds what breaks it.
    private static let rules: KeyValuePairs<String, SQL> = [
        "every entry balances": "SELECT entry FROM ledger_postings GROUP BY entry HAVING SUM(amount) <> 0",
        "no balance is below zero, and no debt above": """
        SELECT account FROM ledger_postings WHERE place IN ('wallet', 'owed', 'voucher')
        GROUP BY account, place, voucher
        HAVING (place = 'owed' AND SUM(amount) > 0) OR (place <> 'owed' AND SUM(amount) < 0)
        """,
        "nobody owes who could pay": """
        SELECT w.account FROM (
            SELECT account, SUM(amount) AS amount FROM ledger_postings WHERE place = 'wallet' GROUP BY account) w
        JOIN (SELECT account, SUM(amount) AS amount FROM ledger_postings WHERE place = 'owed' GROUP BY account) o
            ON o.account = w.account
        WHERE w.amount > 0 AND o.amount < 0
        """,
        "a charge is the sum of its lines": """
        SELECT e.id FROM ledger_entries e
        LEFT JOIN (SELECT entry, SUM(amount) AS amount FROM ledger_postings WHERE place = 'revenue' GROUP BY entry) p
            ON p.entry = e.id
        LEFT JOIN (SELECT entry, SUM(amount) AS amount FROM usage_lines WHERE entry IS NOT NULL GROUP BY entry) l
            ON l.entry = e.id
        WHERE e.kind = 'charge' AND (p.amount IS NULL OR l.amount IS NULL OR p.amount <> l.amount)
        """,
        "a line costs its seconds at its price": """
        SELECT usage FROM usage_lines WHERE amount <> (price * ((ended_at - started_at) / 1000) + 1800) / 3600
        """,
        "every settled second is in a line": """
        SELECT i.id FROM usage_intervals i
        LEFT JOIN (SELECT usage, SUM(ended_at - started_at) AS length FROM usage_lines GROUP BY usage) l ON l.usage = i.id
        WHERE COALESCE(l.length, 0) <> i.settled_until - i.started_at
        """,
        "no second is in two lines": """
        SELECT usage FROM (
            SELECT usage, started_at, LAG(ended_at) OVER (PARTITION BY usage ORDER BY started_at) AS before_it
            FROM usage_lines) l
        WHERE before_it <> started_at
        """,
        "no run is metered twice at once": """
        SELECT run FROM (
            SELECT run, started_at, LAG(ended_at) OVER (PARTITION BY run ORDER BY started_at, COALESCE(ended_at, 9223372036854775807)) AS before_it
            FROM usage_intervals) i
        WHERE before_it > started_at
        """,
        "who owes is in arrears, and nobody else": """
        SELECT a.account FROM (
            SELECT account, SUM(amount) AS amount FROM ledger_postings WHERE place = 'owed' GROUP BY account) a
        LEFT JOIN billing_standings s ON s.account = a.account
        WHERE (a.amount < 0) <> (COALESCE(s.state, 'clear') <> 'clear')
        """,
    ]
}

extension Billing {
    /// Checks all books.
    package func checkBooks(by viewer: Viewer) async throws -> BooksCheck {
        try ComputeRights.mustOperate(viewer)
        return try await database.read { db in try BooksCheck(db) }
    }
}
