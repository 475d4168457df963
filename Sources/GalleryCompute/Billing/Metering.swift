package import Foundation
package import GalleryDatabase
package import GalleryModel

/// Records when runs use flavors. Called by whoever runs things, inside its own transactions, so that a run's state and its
/// meter never tell different stories; every call may be repeated.
package struct Metering: Sendable {
    let world: World

    package init(world: World) { self.world = world }

    /// The run is training or running from `time` on. Refused while what is paid is frozen, and where nothing says what it
    /// costs. A run whose meter runs goes on as it is.
    package func began(
        run: String,
        of account: AccountID,
        using used: UsedFlavor,
        at time: Date,
        _ db: any SQLConnection
    ) throws {
        if try db.openUsage(of: run) != nil { return }
        var start = ClockTime.second(time)
        if let last = try db.lastUsage(of: run), let end = last.end, end > start {
            // The clock of a machine was set back: no second is counted twice.
            start = end
        }
        if used.tariff == .paid {
            guard try !db.standing(of: account).isFrozen else { throw BillingError.frozen }
            let prices = PriceHistory(try db.prices(of: used.flavor, in: used.region))
            guard prices.price(at: start) != nil else {
                throw BillingError.noPrice(flavor: used.flavor, region: used.region)
            }
        }
        try db.openUsage(world.newID(), run: run, account: account, used, at: start)
    }

    /// The run was alive at `time`. Its full hours until then may be settled; worth calling once an hour, and at the end of
    /// every hour.
    package func seen(run: String, at time: Date, _ db: any SQLConnection) throws {
        try db.setUsageKnown(until: ClockTime.hour(of: time), of: run)
    }

    /// The run used its flavor until `time`; for one that was lost, until it was last seen. Nothing is settled early.
    package func ended(run: String, at time: Date, _ db: any SQLConnection) throws {
        guard let open = try db.openUsage(of: run) else { return }
        try db.endUsage(open.id, at: max(ClockTime.second(time), open.knownUntil))
    }

    /// The runs of an account whose meters run.
    package func running(of account: AccountID, _ db: any SQLConnection) throws -> [String] {
        try db.values(
            String.self,
            "SELECT run FROM usage_intervals WHERE account = \(account) AND ended_at IS NULL ORDER BY run"
        )
    }

    /// The seconds for which an account used free flavors between two moments; a running meter counts up to `end`.
    package func freeSeconds(
        of account: AccountID,
        from start: Date,
        to end: Date,
        _ db: any SQLConnection
    ) throws -> Int64 {
        try db.usage(of: account, .free, since: start).reduce(0) { sum, interval in
            let from = max(interval.start, start)
            let to = min(interval.end ?? end, end)
            return sum + max(0, ClockTime.seconds(to) - ClockTime.seconds(from))
        }
    }

    /// What the next settlements will bring of an account's use, at today's knowledge of prices.
    func unsettled(of account: AccountID, at now: Date, _ db: any SQLConnection) throws -> Money {
        try db.usageToSettle(of: account, before: now, limit: 1000).reduce(.zero) { sum, interval in
            let end = max(interval.settledUntil, interval.end ?? ClockTime.second(now))
            let prices = PriceHistory(try db.prices(of: interval.used.flavor, in: interval.used.region))
            return sum + (try interval.lines(until: end, prices: prices).reduce(.zero) { $0 + $1.amount })
        }
    }

    /// What a run costs so far: what is settled, and what is not at today's knowledge of prices.
    package func cost(of run: String, at now: Date, _ db: any SQLConnection) throws -> RunCost {
        var cost = RunCost()
        for interval in try db.usage(of: run) {
            let end = max(interval.settledUntil, interval.end ?? ClockTime.second(now))
            cost.seconds += ClockTime.seconds(end) - ClockTime.seconds(interval.start)
            let prices = PriceHistory(try db.prices(of: interval.used.flavor, in: interval.used.region))
            cost.open += try interval.lines(until: end, prices: prices).reduce(.zero) { $0 + $1.amount }
        }
        let settled = try db.value(
            Int64.self,
            "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM usage_lines WHERE run = \(run)"
        )
        cost.settled = Money(micros: settled ?? 0)
        return cost
    }
}

/// What a run costs.
package struct RunCost: Sendable, Equatable {
    package var seconds: Int64 = 0
    package var settled = Money.zero
    /// What the next settlements will bring.
    package var open = Money.zero

    package var total: Money { settled + open }
}
