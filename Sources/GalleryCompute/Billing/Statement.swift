package import Foundation
import GalleryDatabase
package import GalleryModel

/// What the rows of a statement stand for.
package enum StatementPeriod: String, Sendable, Codable, CaseIterable {
    case hour, day, month
}

/// What was settled for one hour, day or month, and how it was paid. `amount` is always the sum of the other three.
package struct StatementRow: Sendable, Equatable {
    package var start: Date
    package var seconds: Int64 = 0
    package var amount = Money.zero
    package var fromVouchers = Money.zero
    package var fromBalance = Money.zero
    package var unpaid = Money.zero
}

/// A statement: rows, the earliest first, and what they add up to.
package struct Statement: Sendable, Equatable {
    package var rows: [StatementRow]

    package var total: StatementRow {
        rows.reduce(StatementRow(start: rows.first?.start ?? Date(timeIntervalSince1970: 0))) { $0 + $1 }
    }
}

extension StatementRow {
    fileprivate static func + (left: StatementRow, right: StatementRow) -> StatementRow {
        var sum = left
        sum.seconds += right.seconds
        sum.amount += right.amount
        sum.fromVouchers += right.fromVouchers
        sum.fromBalance += right.fromBalance
        sum.unpaid += right.unpaid
        return sum
    }
}

/// The days that a statement is about, in UTC.
package struct StatementSpan: Sendable, Equatable {
    package let from: Date
    /// Excluded.
    package let until: Date

    /// The first and the last day, as in 2026-11-22; the month of `now` where they are empty.
    package init(from first: String, until last: String, now: Date) throws(BillingError) {
        let calendar = Self.calendar
        let month = calendar.dateInterval(of: .month, for: now)?.start ?? now
        from = try first.isEmpty ? month : Self.day(first)
        let day = try last.isEmpty ? calendar.startOfDay(for: max(now, from)) : Self.day(last)
        until = day.addingTimeInterval(86_400)
        guard from < until else { throw .badPeriod }
    }

    /// Whether rows of this length are not too many.
    package func demand(_ period: StatementPeriod) throws(BillingError) {
        let days: Double =
            switch period {
            case .hour: 31
            case .day: 366
            case .month: 3660
            }
        guard until.timeIntervalSince(from) <= days * 86_400 else { throw .longPeriod }
    }

    static let calendar: Calendar = {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar
    }()

    private static func day(_ text: String) throws(BillingError) -> Date {
        guard text.utf8.count == 10, let day = try? Date("\(text)T00:00:00Z", strategy: .iso8601) else {
            throw .badPeriod
        }
        return day
    }
}

/// A place among the lines of an account, the earliest first.
package struct LinePlace: Sendable, Equatable {
    let hour: Date
    let start: Date
    let interval: String

    init(_ line: UsageLine) {
        (hour, start, interval) = (line.hour, line.start, line.interval)
    }

    package init(cursor: String) throws(BillingError) {
        let parts = cursor.split(separator: ".", maxSplits: 2)
        guard parts.count == 3, cursor.utf8.count < 200, let hour = Int64(parts[0]), let start = Int64(parts[1]),
            (0..<(1 << 40)).contains(hour), (0..<(1 << 40)).contains(start)
        else { throw .badCursor }
        self.hour = Date(timeIntervalSince1970: Double(hour))
        self.start = Date(timeIntervalSince1970: Double(start))
        interval = String(parts[2])
    }

    package var cursor: String { "\(ClockTime.seconds(hour)).\(ClockTime.seconds(start)).\(interval)" }
}

extension Billing {
    /// What was settled for the viewer's own account, or for that of `name`, which is for operators.
    package func statement(
        _ period: StatementPeriod,
        _ span: StatementSpan,
        of name: String? = nil,
        by viewer: Viewer
    ) async throws -> Statement {
        try span.demand(period)
        return try await of(name, by: viewer) { account, db in
            let rows = try db.statement(of: account, by: period == .hour ? .hour : .day, span)
            return Statement(rows: period == .month ? Self.months(rows) : rows)
        }
    }

    private static func months(_ days: [StatementRow]) -> [StatementRow] {
        let calendar = StatementSpan.calendar
        let months = Dictionary(grouping: days) { calendar.dateInterval(of: .month, for: $0.start)?.start ?? $0.start }
        return months.sorted { $0.key < $1.key }.map { month, days in
            days.reduce(StatementRow(start: month)) { $0 + $1 }
        }
    }

    /// The lines behind a statement, the earliest first.
    package func lines(
        _ span: StatementSpan,
        after cursor: String? = nil,
        limit: Int = 100,
        of name: String? = nil,
        by viewer: Viewer
    ) async throws -> (lines: [UsageLine], next: String?) {
        let place = try cursor.map(LinePlace.init(cursor:))
        let limit = max(1, min(limit, 1000))
        return try await of(name, by: viewer) { account, db in
            let found = try db.lines(of: account, span, after: place, limit: limit + 1)
            let shown = Array(found.prefix(limit))
            return (shown, found.count > limit ? shown.last.map { LinePlace($0).cursor } : nil)
        }
    }

    /// Begins an export of all lines of a span.
    package func export(_ span: StatementSpan, of name: String? = nil, by viewer: Viewer) async throws -> LinePieces {
        let account = try await of(name, by: viewer) { account, _ in account }
        return LinePieces(database: database, account: account, span: span, currency: currency)
    }

    /// One's own account, or somebody else's for operators.
    func of<Value: Sendable>(
        _ name: String?,
        by viewer: Viewer,
        _ body: @escaping @Sendable (AccountID, any SQLConnection) throws -> Value
    ) async throws -> Value {
        if name != nil { try ComputeRights.mustOperate(viewer) }
        let me = try ComputeRights.mustBeWhole(viewer)
        return try await database.read { db in try body(name.map { try db.billed($0) } ?? me.id, db) }
    }
}

/// The pieces of one export: some hundred lines each, read when the one before has left.
package struct LinePieces: Sendable {
    private static let length = 500

    let database: any Database
    let account: AccountID
    let span: StatementSpan
    let currency: String

    package static let head =
        [
            "start", "end", "seconds", "run", "flavor", "region", "tariff", "pricePerHour", "amount", "currency",
            "hour",
        ]

    /// The rows after this place, and where the next begin; nil at the end.
    package func piece(after place: LinePlace?) async throws -> (rows: [[String]], next: LinePlace)? {
        let found = try await database.read { db in
            try db.lines(of: account, span, after: place, limit: Self.length)
        }
        guard let last = found.last else { return nil }
        return (found.map(cells), LinePlace(last))
    }

    private func cells(_ line: UsageLine) -> [String] {
        let format = Date.ISO8601FormatStyle()
        return [
            line.start.formatted(format), line.end.formatted(format), String(line.seconds), line.run, line.used.flavor,
            line.used.region, line.used.tariff.rawValue, line.price.text, line.amount.text, currency,
            line.hour.formatted(format),
        ]
    }
}
