package import Foundation
package import GalleryDatabase

/// What an hour of a flavor costs in a region from a moment on, until the next price begins.
package struct Price: Record, Equatable {
    package let flavor: String
    package let region: String
    /// A full second.
    package let start: Date
    package let perHour: Money

    package init(flavor: String, region: String, start: Date, perHour: Money) {
        (self.flavor, self.region, self.start, self.perHour) = (flavor, region, start, perHour)
    }

    package init(row: Row) throws {
        flavor = try row.get("flavor")
        region = try row.get("region")
        start = try row.get("starts_at")
        perHour = Money(micros: try row.get("per_hour"))
    }
}

/// The prices of one flavor in one region over time.
package struct PriceHistory: Sendable, Equatable {
    /// The earliest first.
    private let prices: [Price]

    package init(_ prices: [Price]) { self.prices = prices.sorted { $0.start < $1.start } }

    /// Nil before the first.
    package func price(at time: Date) -> Money? { prices.last { $0.start <= time }?.perHour }

    /// When the next price begins.
    package func change(after time: Date) -> Date? { prices.first { $0.start > time }?.start }
}
