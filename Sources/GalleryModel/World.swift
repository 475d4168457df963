package import Foundation

/// Time, identity and chance: what a test must be able to fix.
package struct World: Sendable {
    package var now: @Sendable () -> Date
    /// Time-ordered text ids, unique in this deployment.
    package var newID: @Sendable () -> String
    /// Unpredictable bytes for secrets.
    package var randomBytes: @Sendable (Int) -> [UInt8]
    package var sleep: @Sendable (Duration) async throws -> Void

    package init(
        now: @escaping @Sendable () -> Date,
        newID: @escaping @Sendable () -> String,
        randomBytes: @escaping @Sendable (Int) -> [UInt8],
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.now = now
        self.newID = newID
        self.randomBytes = randomBytes
        self.sleep = sleep
    }

    package static let live = World(
        // Kept as milliseconds, so told as milliseconds from the start.
        now: { Date(timeIntervalSince1970: (Date().timeIntervalSince1970 * 1000).rounded() / 1000) },
        newID: { TimeOrderedID.make(at: Date()) },
        randomBytes: { count in
            var generator = SystemRandomNumberGenerator()
            return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        },
        sleep: { try await Task.sleep(for: $0) }
    )
}

/// Ids that sort by the time they were made: 48 bits of milliseconds, then 80 random bits, as lower-case hexadecimal.
package enum TimeOrderedID {
    package static func make(at time: Date) -> String {
        var generator = SystemRandomNumberGenerator()
        let milliseconds = UInt64(max(0, time.timeIntervalSince1970 * 1000))
        let bytes =
            (0..<6).map { UInt8(truncatingIfNeeded: milliseconds >> UInt64(40 - $0 * 8)) }
            + (0..<10).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        return Hex.encode(bytes)
    }
}
