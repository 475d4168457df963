import CPostgres
import Foundation
import NIOPosix

/// PostgreSQL: pooled connections, each used by one job at a time on threads of their own.
///
/// Writes are SERIALIZABLE; one that collides with others is rolled back and repeated, at last alone.
package final class PostgresDatabase: Database {
    package let dialect = SQLDialect.postgres
    private let pool: PostgresPool
    private let threads: NIOThreadPool
    private let turns = PostgresTurns()
    private let patience: Duration

    /// Connections are made when they are first needed.
    ///
    /// `url` is a libpq connection string or URI; `patience` is how long a colliding write is repeated.
    package init(url: String, connections: Int = 16, patience: Duration = .seconds(15)) {
        pool = PostgresPool(url: url)
        threads = NIOThreadPool(numberOfThreads: max(1, connections))
        self.patience = patience
        threads.start()
    }

    package func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        try await transact(.read, body)
    }

    package func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        try await transact(.write, body)
    }

    package func close() async throws {
        try await threads.shutdownGracefully()
        pool.close()
    }

    /// Runs one command outside any transaction, as `CREATE DATABASE` demands; for tools and tests.
    package static func administer(url: String, _ command: String) async throws {
        try await NIOThreadPool.singleton.runIfActive { try PostgresConnection(url: url).command(command) }
    }

    /// How one attempt went.
    private enum Outcome<Value: Sendable>: Sendable {
        case done(Value)
        /// Nothing was changed, and another attempt may succeed.
        case again(DatabaseError, after: PostgresFailure.Repetition)
    }

    private func transact<Value: Sendable>(
        _ mode: PostgresConnection.Mode,
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        let deadline = ContinuousClock.now + patience
        var attempts = 0
        var losses = 0
        var hadDeadlock = false
        while true {
            attempts += 1
            let isAlone = mode == .write && (attempts > 2 || hadDeadlock)
            let outcome = try await threads.runIfActive { try self.attempt(mode, isAlone: isAlone, body) }
            switch outcome {
            case .done(let value): return value
            case .again(let error, after: .collision):
                guard ContinuousClock.now < deadline else { throw error }
            case .again(let error, after: .deadlock):
                guard ContinuousClock.now < deadline else { throw error }
                // Each costs the server's deadlock_timeout, a second as a rule.
                hadDeadlock = true
            case .again(let error, after: .lostConnection):
                losses += 1
                guard losses < 3 else { throw error }
            }
            let longest = min(Int64(100_000), Int64(1_000) << Int64(min(attempts, 7)))
            try await Task.sleep(for: .microseconds(Int64.random(in: 0...longest)))
        }
    }

    private func attempt<Value: Sendable>(
        _ mode: PostgresConnection.Mode,
        isAlone: Bool,
        _ body: @Sendable (any SQLConnection) throws -> Value
    ) throws -> Outcome<Value> {
        let connection = try pool.take()
        defer { pool.give(connection) }
        do {
            switch mode {
            case .read:
                return .done(try connection.transaction(mode, body))
            case .write where isAlone:
                return .done(
                    try turns.alone {
                        // Other nodes have their turns too.
                        try connection.waitForTurn()
                        defer { connection.endTurn() }
                        return try connection.transaction(mode, body)
                    }
                )
            case .write:
                return .done(try turns.sideBySide { try connection.transaction(mode, body) })
            }
        } catch {
            // The connection knows what went wrong, whatever the body made of it.
            guard let failure = connection.failure, let repetition = failure.repetition else { throw error }
            if repetition == .lostConnection { pool.discardIdle() }
            return .again(failure.error, after: repetition)
        }
    }
}
