package import Foundation
package import GalleryDatabase
package import GalleryModel

/// Whether an hour costs money, or counts against the free hours of the week.
package enum Tariff: String, Sendable, Codable, CaseIterable, SQLConvertible {
    case paid, free
}

/// What is used: a flavor in a region under a tariff.
package struct UsedFlavor: Sendable, Hashable, Codable {
    package var flavor: String
    package var region: String
    package var tariff: Tariff

    package init(flavor: String, region: String, tariff: Tariff) {
        (self.flavor, self.region, self.tariff) = (flavor, region, tariff)
    }
}

/// A stretch of time in which a run used a flavor; in whole seconds, the end excluded.
package struct UsageInterval: Record, Equatable {
    package let id: String
    /// The replica that ran, as the runs name it.
    package let run: String
    package let account: AccountID
    package let used: UsedFlavor
    package let start: Date
    /// Nil while it runs.
    package let end: Date?
    /// Up to here it is written in lines.
    package let settledUntil: Date
    /// Up to here it is known for certain: the end or, while it runs, the last full hour in which it was seen alive.
    package let knownUntil: Date

    package init(row: Row) throws {
        id = try row.get("id")
        run = try row.get("run")
        account = try row.get("account")
        used = UsedFlavor(
            flavor: try row.get("flavor"),
            region: try row.get("region"),
            tariff: try row.get("tariff")
        )
        start = try row.get("started_at")
        end = try row.optional("ended_at")
        settledUntil = try row.get("settled_until")
        knownUntil = try row.get("known_until")
    }
}

/// A settled piece of an interval: within one hour of the clock, at one price. Written once, never changed.
package struct UsageLine: Sendable, Equatable {
    package var interval: String
    package var run: String
    package var account: AccountID
    package var used: UsedFlavor
    /// The beginning of the hour of the clock.
    package var hour: Date
    package var start: Date
    package var end: Date
    /// Of an hour.
    package var price: Money
    package var amount: Money

    package var seconds: Int64 { ClockTime.seconds(end) - ClockTime.seconds(start) }
}

/// Times as billing knows them: whole seconds, and hours of the clock in UTC.
package enum ClockTime {
    package static let hour: TimeInterval = 3600

    package static func seconds(_ date: Date) -> Int64 { Int64(date.timeIntervalSince1970.rounded(.down)) }

    /// The second in which `date` lies.
    package static func second(_ date: Date) -> Date { Date(timeIntervalSince1970: Double(seconds(date))) }

    /// The first full second that is not before `date`.
    package static func nextSecond(_ date: Date) -> Date {
        Date(timeIntervalSince1970: date.timeIntervalSince1970.rounded(.up))
    }

    /// The beginning of the hour in which `date` lies.
    package static func hour(of date: Date) -> Date {
        Date(timeIntervalSince1970: (date.timeIntervalSince1970 / hour).rounded(.down) * hour)
    }

    /// The first full hour that is not before `date`.
    package static func nextHour(_ date: Date) -> Date {
        Date(timeIntervalSince1970: (date.timeIntervalSince1970 / hour).rounded(.up) * hour)
    }
}

extension UsageInterval {
    /// The lines from where it is settled until `end`: cut at every hour of the clock and wherever the price changes.
    func lines(until end: Date, prices: PriceHistory) throws(BillingError) -> [UsageLine] {
        var lines: [UsageLine] = []
        var from = settledUntil
        while from < end {
            let hour = ClockTime.hour(of: from)
            var to = min(end, hour.addingTimeInterval(ClockTime.hour))
            var price = Money.zero
            if used.tariff == .paid {
                guard let valid = prices.price(at: from) else {
                    throw .noPrice(flavor: used.flavor, region: used.region)
                }
                price = valid
                if let change = prices.change(after: from) { to = min(to, change) }
            }
            var line = UsageLine(
                interval: id,
                run: run,
                account: account,
                used: used,
                hour: hour,
                start: from,
                end: to,
                price: price,
                amount: .zero
            )
            line.amount = price.cost(ofSeconds: line.seconds)
            lines.append(line)
            from = to
        }
        return lines
    }
}
