package import Foundation
package import GalleryDatabase

/// How long from now a job is to be tried again: doubled with each failure, at most six hours, a fifth of it by chance.
enum JobBackoff {
    static func delay(after attempts: Int, first: Duration, chance: Double) -> Duration {
        let factor = Double(1 << min(max(attempts - 1, 0), 20))
        let seconds = min(first / .seconds(1) * factor, 6 * 3600)
        return .milliseconds(Int64(seconds * 1000 * (0.9 + 0.2 * chance)))
    }
}

/// A job taken by a worker until `lease` runs out.
struct LeasedJob: Record {
    let id: String
    let kind: String
    let payload: String
    /// Counting this one.
    let attempts: Int

    init(row: Row) throws {
        id = try row.get("id")
        kind = try row.get("kind")
        payload = try row.get("payload")
        attempts = try row.get("attempts")
    }
}

/// A job that failed for good, for an operator to look at.
package struct ParkedJob: Record {
    package let id: String
    package let kind: String
    package let payload: String
    package let attempts: Int
    package let lastError: String
    package let createdAt: Date

    package init(row: Row) throws {
        id = try row.get("id")
        kind = try row.get("kind")
        payload = try row.get("payload")
        attempts = try row.get("attempts")
        lastError = try row.get("last_error")
        createdAt = try row.get("created_at")
    }
}
