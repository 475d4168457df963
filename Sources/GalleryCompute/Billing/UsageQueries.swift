import Foundation
import GalleryDatabase
import GalleryModel

extension SQLConnection {
    // MARK: Metering

    /// Opens an interval, unless the run has one open.
    func openUsage(_ id: String, run: String, account: AccountID, _ used: UsedFlavor, at start: Date) throws {
        try execute(
            """
            INSERT INTO usage_intervals
                (id, run, account, flavor, region, tariff, started_at, known_until, settled_until)
            VALUES (\(id), \(run), \(account), \(used.flavor), \(used.region), \(used.tariff), \(start), \(start), \(start))
            ON CONFLICT (run) WHERE ended_at IS NULL DO NOTHING
            """
        )
    }

    /// The last interval of a run.
    func lastUsage(of run: String) throws -> UsageInterval? {
        try row(
            UsageInterval.self,
            """
            SELECT \(sql: UsageInterval.columns) FROM usage_intervals WHERE run = \(run)
            ORDER BY started_at DESC, id DESC LIMIT 1
            """
        )
    }

    /// The interval that a run has open.
    func openUsage(of run: String) throws -> UsageInterval? {
        try row(
            UsageInterval.self,
            "SELECT \(sql: UsageInterval.columns) FROM usage_intervals WHERE run = \(run) AND ended_at IS NULL"
        )
    }

    func setUsageKnown(until time: Date, of run: String) throws {
        try execute(
            """
            UPDATE usage_intervals SET known_until = \(time)
            WHERE run = \(run) AND ended_at IS NULL AND known_until < \(time)
            """
        )
    }

    func endUsage(_ id: String, at end: Date) throws {
        try execute("UPDATE usage_intervals SET ended_at = \(end), known_until = \(end) WHERE id = \(id)")
    }

    /// All intervals of a run, the earliest first.
    func usage(of run: String) throws -> [UsageInterval] {
        try rows(
            UsageInterval.self,
            """
            SELECT \(sql: UsageInterval.columns) FROM usage_intervals WHERE run = \(run) ORDER BY started_at, id
            """
        )
    }

    /// The intervals of an account under a tariff that reach into the time from `start` on.
    func usage(of account: AccountID, _ tariff: Tariff, since start: Date) throws -> [UsageInterval] {
        try rows(
            UsageInterval.self,
            """
            SELECT \(sql: UsageInterval.columns) FROM usage_intervals
            WHERE account = \(account) AND tariff = \(tariff) AND (ended_at IS NULL OR ended_at > \(start))
            """
        )
    }

    // MARK: Settling

    /// Accounts with use before `hour` that is known and not settled, in their order.
    func accountsToSettle(from place: DuePlace, before hour: Date, limit: Int) throws -> [AccountID] {
        try values(
            AccountID.self,
            """
            SELECT DISTINCT account FROM usage_intervals
            WHERE settled_until < known_until AND settled_until < \(hour) AND \(sql: place.condition)
            ORDER BY account LIMIT \(limit)
            """
        )
    }

    /// The first use before `hour` that is known and not settled, in the order of the accounts.
    func usageToSettle(from place: DuePlace, before hour: Date, limit: Int) throws -> [UsageInterval] {
        try rows(
            UsageInterval.self,
            """
            SELECT \(sql: UsageInterval.columns) FROM usage_intervals
            WHERE settled_until < known_until AND settled_until < \(hour) AND \(sql: place.condition)
            ORDER BY account, settled_until, id LIMIT \(limit)
            """
        )
    }

    func usageToSettle(of account: AccountID, before hour: Date, limit: Int) throws -> [UsageInterval] {
        try rows(
            UsageInterval.self,
            """
            SELECT \(sql: UsageInterval.columns) FROM usage_intervals
            WHERE account = \(account) AND settled_until < known_until AND settled_until < \(hour)
            ORDER BY settled_until, id LIMIT \(limit)
            """
        )
    }

    /// Whether it was still settled up to where it was read.
    func settleUsage(_ interval: UsageInterval, until time: Date) throws -> Bool {
        try execute(
            """
            UPDATE usage_intervals SET settled_until = \(time)
            WHERE id = \(interval.id) AND settled_until = \(interval.settledUntil)
            """
        ) == 1
    }

    /// Settles all that is known of these before `hour`; answers how many there were.
    func settleUsage(_ intervals: [UsageInterval], before hour: Date) throws -> Int {
        try stride(from: 0, to: intervals.count, by: 200).reduce(0) { sum, start in
            let part = intervals[start..<min(start + 200, intervals.count)]
            return try sum
                + execute(
                    """
                    UPDATE usage_intervals
                    SET settled_until = CASE WHEN known_until < \(hour) THEN known_until ELSE \(hour) END
                    WHERE id IN (\(values: part.map(\.id))) AND settled_until < known_until AND settled_until < \(hour)
                    """
                )
        }
    }

    /// `entry` is where they were charged; lines that cost nothing have none.
    func insert(_ lines: [(line: UsageLine, entry: String?)]) throws {
        for start in stride(from: 0, to: lines.count, by: 50) {
            let rows = lines[start..<min(start + 50, lines.count)].map { line, entry -> SQL in
                """
                (\(line.interval), \(line.start), \(line.end), \(line.run), \(line.account), \(line.used.flavor),
                \(line.used.region), \(line.used.tariff), \(line.hour), \(line.price.micros), \(line.amount.micros),
                \(line.amount == .zero ? nil : entry))
                """
            }
            try execute(
                """
                INSERT INTO usage_lines
                    (usage, started_at, ended_at, run, account, flavor, region, tariff, hour, price, amount, entry)
                VALUES \(sql: rows.joined(", "))
                """
            )
        }
    }

    // MARK: Prices

    func prices(of flavor: String, in region: String) throws -> [Price] {
        try rows(
            Price.self,
            """
            SELECT flavor, region, starts_at, per_hour FROM flavor_prices
            WHERE flavor = \(flavor) AND region = \(region) ORDER BY starts_at
            """
        )
    }

    /// Those that begin later than `time`, and the one that is in force at it, of every flavor and region.
    func prices(since time: Date) throws -> [Price] {
        try rows(
            Price.self,
            """
            SELECT flavor, region, starts_at, per_hour FROM flavor_prices p
            WHERE starts_at >= COALESCE((
                SELECT MAX(starts_at) FROM flavor_prices q
                WHERE q.flavor = p.flavor AND q.region = p.region AND q.starts_at <= \(time)), 0)
            ORDER BY flavor, region, starts_at
            """
        )
    }

    func save(_ price: Price, at now: Date) throws {
        try execute(
            """
            INSERT INTO flavor_prices (flavor, region, starts_at, per_hour, set_at)
            VALUES (\(price.flavor), \(price.region), \(price.start), \(price.perHour.micros), \(now))
            ON CONFLICT (flavor, region, starts_at) DO UPDATE SET per_hour = excluded.per_hour, set_at = excluded.set_at
            """
        )
    }

    func deletePrice(of flavor: String, in region: String, from start: Date) throws -> Bool {
        try execute(
            """
            DELETE FROM flavor_prices WHERE flavor = \(flavor) AND region = \(region) AND starts_at = \(start)
            """
        ) > 0
    }
}

/// A place in what is due, in the order of the accounts.
enum DuePlace: Sendable {
    case start
    case from(AccountID)
    case after(AccountID)

    fileprivate var condition: SQL {
        switch self {
        case .start: "account > ''"
        case .from(let account): "account >= \(account)"
        case .after(let account): "account > \(account)"
        }
    }
}

extension UsageInterval {
    static let columns: SQL =
        "id, run, account, flavor, region, tariff, started_at, ended_at, settled_until, known_until"
}
