import GalleryDatabase
import Synchronization

/// A power cut at some statement of a transaction, or between its commit and the answer.
struct Crash: Error {}

/// A database that breaks some of its write transactions, chosen by a seed.
final class CrashingDatabase: Database {
    private let base: any Database
    private let random: Mutex<SeededRandom>
    /// One transaction of so many breaks; none where it is zero.
    private let oneOf: Mutex<Int>

    init(_ base: any Database, seed: UInt64, oneOf: Int) {
        self.base = base
        random = Mutex(SeededRandom(seed: seed))
        self.oneOf = Mutex(oneOf)
    }

    var dialect: SQLDialect { base.dialect }

    func stopCrashing() { oneOf.withLock { $0 = 0 } }

    func read<Value: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> Value) async throws -> Value {
        try await base.read(body)
    }

    func write<Value: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> Value) async throws -> Value {
        let rate = oneOf.withLock { $0 }
        // Where it breaks: before the statement of that number, or after the commit.
        let point = random.withLock { random in
            rate > 0 && Int.random(in: 0..<rate, using: &random) == 0 ? Int.random(in: 0..<14, using: &random) : -1
        }
        let value = try await base.write { db in
            let value = try body(point >= 0 && point < 10 ? CrashingConnection(db, after: point) : db)
            if point == 10 { throw Crash() }
            return value
        }
        if point > 10 { throw Crash() }
        return value
    }

    func close() async throws { try await base.close() }
}

private final class CrashingConnection: SQLConnection {
    private let base: any SQLConnection
    private var left: Int

    init(_ base: any SQLConnection, after count: Int) {
        self.base = base
        left = count
    }

    var dialect: SQLDialect { base.dialect }

    func execute(_ sql: SQL) throws -> Int {
        try step()
        return try base.execute(sql)
    }

    func rows(_ sql: SQL) throws -> [Row] {
        try step()
        return try base.rows(sql)
    }

    private func step() throws {
        guard left > 0 else { throw Crash() }
        left -= 1
    }
}

/// SplitMix64: the same numbers for the same seed, everywhere.
struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
