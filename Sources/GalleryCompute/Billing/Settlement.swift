import Foundation
package import GalleryDatabase
import GalleryHub
package import GalleryModel

/// Turns use into lines and charges, at each full hour of the clock, and moves arrears on. Whatever is repeated or cut off
/// at any point leaves the same books: use is read, charged and marked as settled in one transaction, and what was settled
/// is not due again.
package struct Settlement: Sendable {
    /// Intervals, and hours of one interval, that one transaction settles, of as many accounts as they belong to.
    private static let width = 500
    private static let hours = 31.0 * 24
    /// A voucher's rest is written off this long after its end: a run that was lost is settled late.
    private static let lapseAfter: TimeInterval = 3 * 86_400

    let database: any Database
    let world: World
    let terms: BillingTerms
    let observers: [StandingObserver]

    package init(
        database: any Database,
        world: World,
        terms: BillingTerms,
        observers: [StandingObserver] = []
    ) {
        self.database = database
        self.world = world
        self.terms = terms
        self.observers = observers
    }

    /// Settles everything that is due, in the order of the accounts. One that fails keeps no other from being settled.
    package func settleAll() async throws {
        var place = DuePlace.start
        var failure: (any Error)?
        while true {
            try Task.checkCancellation()
            do {
                guard let next = try await settle(from: place) else { break }
                place = next
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                let (next, cause) = try await settleEach(from: place)
                failure = failure ?? cause
                guard let next else { break }
                place = next
            }
        }
        if let failure { throw failure }
    }

    /// Settles one piece of what is due; where the next begins, nil at the end.
    private func settle(from place: DuePlace) async throws -> DuePlace? {
        let now = world.now()
        return try await database.write { db in
            let due = try db.usageToSettle(from: place, before: ClockTime.hour(of: now), limit: Self.width)
            let isWhole = try settle(due, at: now, db)
            guard let last = due.last?.account, due.count == Self.width || !isWhole else { return nil }
            // What is done is not due any more, so the same place is another one now.
            return isWhole ? .from(last) : place
        }
    }

    /// Settles some accounts each by itself, to find the one that fails; where the next begin, and what the first failure
    /// was.
    private func settleEach(from place: DuePlace) async throws -> (next: DuePlace?, failure: (any Error)?) {
        let hour = ClockTime.hour(of: world.now())
        let accounts = try await database.read { db in
            try db.accountsToSettle(from: place, before: hour, limit: Self.width)
        }
        var failure: (any Error)?
        for account in accounts {
            try Task.checkCancellation()
            do {
                while try await settle(account) {}
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                failure = failure ?? error
            }
        }
        return (accounts.last.map { .after($0) }, failure)
    }

    /// Settles a piece of an account's use; whether there is more.
    private func settle(_ account: AccountID) async throws -> Bool {
        let now = world.now()
        return try await database.write { db in
            let due = try db.usageToSettle(of: account, before: ClockTime.hour(of: now), limit: Self.width)
            let isWhole = try settle(due, at: now, db)
            return due.count == Self.width || !isWhole
        }
    }

    /// Whether each is settled as far as it is known.
    private func settle(_ due: [UsageInterval], at now: Date, _ db: any SQLConnection) throws -> Bool {
        let hour = ClockTime.hour(of: now)
        var lines: [UsageLine] = []
        var histories: [UsedFlavor: PriceHistory] = [:]
        var done: [UsageInterval] = []
        for interval in due {
            let all = min(interval.knownUntil, hour)
            let end = min(all, ClockTime.hour(of: interval.settledUntil).addingTimeInterval(Self.hours * 3600))
            let prices =
                try histories[interval.used]
                ?? PriceHistory(try db.prices(of: interval.used.flavor, in: interval.used.region))
            histories[interval.used] = prices
            lines += try interval.lines(until: end, prices: prices)
            guard end < all else {
                done.append(interval)
                continue
            }
            guard try db.settleUsage(interval, until: end) else { throw BillingError.unbalanced }
        }
        guard try db.settleUsage(done, before: hour) == done.count else { throw BillingError.unbalanced }
        try charge(lines, at: now, db)
        return done.count == due.count
    }

    /// One entry for each account and hour.
    private func charge(_ lines: [UsageLine], at now: Date, _ db: any SQLConnection) throws {
        let lines = Dictionary(grouping: lines, by: \.account).sorted { $0.key.rawValue < $1.key.rawValue }
        var holdings = try db.holdings(of: lines.map(\.key))
        var charges: [(id: String, entry: LedgerEntry)] = []
        var charged: [(line: UsageLine, entry: String?)] = []
        for (account, lines) in lines {
            for (hour, lines) in Dictionary(grouping: lines, by: \.hour).sorted(by: { $0.key < $1.key }) {
                let sum = lines.reduce(Money.zero) { $0 + $1.amount }
                guard sum > .zero, let first = lines.min(by: { ($0.interval, $0.start) < ($1.interval, $1.start) })
                else {
                    charged += lines.map { ($0, nil) }
                    continue
                }
                let end = hour.addingTimeInterval(ClockTime.hour)
                let entry = try LedgerEntry(
                    .charge,
                    of: account,
                    key: "charge \(first.interval) \(ClockTime.seconds(first.start))",
                    hour: hour,
                    holdings[account, default: Holdings()].pay(sum, hourEnding: end)
                )
                let id = world.newID()
                charges.append((id, entry))
                charged += lines.map { ($0, id) }
            }
        }
        // A piece of use is due once, so these keys cannot be there; were one, nothing of this may stand.
        guard try db.book(charges, at: now) == charges.count else { throw BillingError.unbalanced }
        try db.insert(charged)
        let standings = try db.standings(of: lines.map(\.key))
        for (account, _) in lines {
            let owed = holdings[account]?.owed ?? .zero
            try review(account, standings[account] ?? .initial, owing: owed, at: now, db)
        }
    }

    /// Moves the account's standing on, and tells those who must know.
    func review(_ account: AccountID, owing owed: Money, at now: Date, _ db: any SQLConnection) throws {
        try review(account, db.standing(of: account), owing: owed, at: now, db)
    }

    private func review(
        _ account: AccountID,
        _ old: Standing,
        owing owed: Money,
        at now: Date,
        _ db: any SQLConnection
    ) throws {
        let new = old.next(owing: owed, at: now, terms)
        guard new != old else { return }
        try db.save(new, of: account)
        try db.audit(
            "billing.standing",
            on: account.rawValue,
            by: nil,
            detail: ["state": new.state.rawValue, "owed": owed.text],
            world: world
        )
        for observer in observers { try observer(account, new, db) }
    }

    // MARK: The clock

    /// Takes the steps of arrears that are due, and writes off what is left of vouchers that ended.
    package func tick() async throws {
        try await reviewAll()
        try await lapse()
    }

    private func reviewAll() async throws {
        let now = world.now()
        var last: AccountID?
        repeat {
            last = try await database.write { [last] db in
                let due = try db.standingsDue(at: now, after: last, limit: 100)
                for account in due {
                    try review(account, owing: try db.holdings(of: account).owed, at: now, db)
                }
                return due.last
            }
        } while last != nil
    }

    private func lapse() async throws {
        let now = world.now()
        while try await database.write({ db in
            let ended = try db.vouchersToLapse(before: now.addingTimeInterval(-Self.lapseAfter), limit: 100)
            for voucher in ended {
                let left = try db.holdings(of: voucher.account).vouchers.first { $0.voucher == voucher.id }?.left
                if let left {
                    let entry = try LedgerEntry(
                        .lapse,
                        of: voucher.account,
                        key: "lapse \(voucher.id)",
                        [
                            Posting(place: .voucher, voucher: voucher.id, amount: -left),
                            Posting(place: .promotion, amount: left),
                        ]
                    )
                    _ = try db.book(entry, id: world.newID(), by: nil, at: now)
                }
                try db.setLapsed(voucher.id)
            }
            return !ended.isEmpty
        }) {}
    }
}
