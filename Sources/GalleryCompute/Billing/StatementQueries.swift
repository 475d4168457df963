import Foundation
import GalleryDatabase
import GalleryModel

extension SQLConnection {
    /// The rows of a statement by hours or days that have any use, the earliest first.
    func statement(of account: AccountID, by period: StatementPeriod, _ span: StatementSpan) throws -> [StatementRow] {
        let length: Int64 = period == .hour ? 3_600_000 : 86_400_000
        var found: [Date: StatementRow] = [:]
        let used = try rows(
            """
            SELECT hour / \(length) AS bucket, CAST(SUM((ended_at - started_at) / 1000) AS BIGINT) AS seconds,
                CAST(SUM(amount) AS BIGINT) AS amount
            FROM usage_lines WHERE account = \(account) AND hour >= \(span.from) AND hour < \(span.until)
            GROUP BY bucket
            """
        )
        for row in used {
            let start = Date(timeIntervalSince1970: Double(try row.get("bucket", as: Int64.self) * (length / 1000)))
            var line = StatementRow(start: start)
            line.seconds = try row.get("seconds")
            line.amount = Money(micros: try row.get("amount"))
            found[start] = line
        }
        let paid = try rows(
            """
            SELECT e.hour / \(length) AS bucket, p.place AS source, CAST(-SUM(p.amount) AS BIGINT) AS amount
            FROM ledger_entries e JOIN ledger_postings p ON p.entry = e.id
            WHERE e.account = \(account) AND e.hour IS NOT NULL AND e.hour >= \(span.from) AND e.hour < \(span.until)
            GROUP BY bucket, source
            """
        )
        for row in paid {
            let start = Date(timeIntervalSince1970: Double(try row.get("bucket", as: Int64.self) * (length / 1000)))
            let amount = Money(micros: try row.get("amount"))
            switch try row.get("source", as: LedgerPlace.self) {
            case .voucher: found[start]?.fromVouchers += amount
            case .wallet: found[start]?.fromBalance += amount
            case .owed: found[start]?.unpaid += amount
            case .cash, .promotion, .revenue: break
            }
        }
        return found.values.sorted { $0.start < $1.start }
    }

    func lines(of account: AccountID, _ span: StatementSpan, after place: LinePlace?, limit: Int) throws -> [UsageLine]
    {
        let from: SQL =
            if let place { "AND (hour, started_at, usage) > (\(place.hour), \(place.start), \(place.interval))" } else {
                ""
            }
        return try rows(
            """
            SELECT usage, run, account, flavor, region, tariff, hour, started_at, ended_at, price, amount
            FROM usage_lines WHERE account = \(account) AND hour >= \(span.from) AND hour < \(span.until) \(sql: from)
            ORDER BY hour, started_at, usage LIMIT \(limit)
            """
        ).map { row in
            UsageLine(
                interval: try row.get("usage"),
                run: try row.get("run"),
                account: try row.get("account"),
                used: UsedFlavor(
                    flavor: try row.get("flavor"),
                    region: try row.get("region"),
                    tariff: try row.get("tariff")
                ),
                hour: try row.get("hour"),
                start: try row.get("started_at"),
                end: try row.get("ended_at"),
                price: Money(micros: try row.get("price")),
                amount: Money(micros: try row.get("amount"))
            )
        }
    }
}
