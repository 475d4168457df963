package import Foundation
package import GalleryDatabase
package import GalleryModel

/// Why points were given.
package enum GrowthReason: String, Sendable, Codable, CaseIterable, SQLConvertible {
    case checkIn = "check-in"
    case publication
}

/// One line of the ledger: never changed, never removed.
package struct GrowthEntry: Record, Equatable {
    package let id: String
    package let reason: GrowthReason
    /// The day of a check-in, or the id of the asset.
    package let subject: String
    package let points: Int
    package let createdAt: Date
    /// The asset by its name of today; nil where it is gone or there is none.
    package let asset: Asset?

    package struct Asset: Sendable, Equatable {
        package let kind: RepoKind
        package let name: RepoName
    }

    package init(row: Row) throws {
        id = try row.get("id")
        reason = try row.get("reason")
        subject = try row.get("subject")
        points = try row.get("points")
        createdAt = try row.get("created_at")
        if let kind = try row.optional("kind", as: RepoKind.self) {
            asset = try Asset(kind: kind, name: RepoName(owner: row.get("owner_name"), name: row.get("name")))
        } else {
            asset = nil
        }
    }
}

/// Where somebody stands.
package struct GrowthSummary: Sendable, Equatable {
    package var points: Int
    package var hasCheckedInToday: Bool
    /// Days in a row with a check-in, up to today or yesterday.
    package var streak: Int
    /// What a check-in brings.
    package var checkInPoints: Int
}

/// A day of the gallery's calendar, written `2026-11-22`.
package struct GrowthDay: Sendable {
    let calendar: Calendar

    package init(timeZone: String) {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: timeZone) ?? .gmt
        self.calendar = calendar
    }

    package func text(_ date: Date) -> String {
        let parts = calendar.dateComponents([.year, .month, .day], from: date)
        let numbers = [(parts.year ?? 0, 4), (parts.month ?? 0, 2), (parts.day ?? 0, 2)]
        return numbers.map { String(repeating: "0", count: max(0, $1 - String($0).count)) + String($0) }
            .joined(separator: "-")
    }

    func start(of date: Date) -> Date { calendar.startOfDay(for: date) }

    func before(_ date: Date, days: Int) -> Date {
        calendar.date(byAdding: .day, value: -days, to: date) ?? date
    }
}
