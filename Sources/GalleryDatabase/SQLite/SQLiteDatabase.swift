import Foundation
import GRDB

/// The embedded database: one file in WAL mode, one writer, several readers.
package struct SQLiteDatabase: Database {
    /// How much a commit must survive.
    package enum Durability: String, Sendable {
        /// Power loss: every commit is synced.
        case full = "FULL"
        /// A crash of the program only; for counters and the like.
        case normal = "NORMAL"
    }

    package let dialect = SQLDialect.sqlite
    private let writer: any DatabaseWriter
    /// Nil for a database in memory, which has but one connection.
    private let briefReaders: SQLiteBriefReaders?
    private let columns = SQLiteColumnsCache()

    /// Opens or creates the file.
    package init(path: String, durability: Durability = .full, readers: Int = 4) throws {
        var configuration = Configuration()
        configuration.maximumReaderCount = readers
        configuration.busyMode = .timeout(15)
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA synchronous = \(durability.rawValue)")
            try db.execute(sql: "PRAGMA cache_size = -8192")
            try db.execute(sql: "PRAGMA trusted_schema = OFF")
        }
        writer = try translatingErrors { try DatabasePool(path: path, configuration: configuration) }
        briefReaders = SQLiteBriefReaders(path: path, count: readers)
    }

    /// A database in memory, for tests.
    package init() throws {
        writer = try DatabaseQueue()
        briefReaders = nil
    }

    package func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        try await translatingErrors {
            try await writer.read { db in try SQLiteConnection.run(db, columns, body) }
        }
    }

    package func readBriefly<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        if case .done(let value) = try briefReaders?.read(body) { return value }
        return try await read(body)
    }

    package func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        try await translatingErrors {
            try await writer.write { db in try SQLiteConnection.run(db, columns, body) }
        }
    }

    package func close() async throws {
        briefReaders?.close()
        try translatingErrors { try writer.close() }
    }
}

private func translatingErrors<Value>(_ body: () throws -> Value) throws -> Value {
    do {
        return try body()
    } catch let error as GRDB.DatabaseError {
        throw DatabaseError(error)
    }
}

private func translatingErrors<Value>(_ body: () async throws -> Value) async throws -> Value {
    do {
        return try await body()
    } catch let error as GRDB.DatabaseError {
        throw DatabaseError(error)
    }
}
