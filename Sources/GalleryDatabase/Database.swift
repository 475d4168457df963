/// The two SQL dialects; asked only inside GalleryDatabase and where a query truly differs.
package enum SQLDialect: String, Sendable {
    case sqlite, postgres
}

/// A relational database. Two drivers: SQLite for one machine, PostgreSQL for many.
///
/// Bodies are synchronous, run off the event loops (all but brief reads), and may run more than once (a serialization
/// failure repeats them), so they must have no effect but on the database. A statement that fails dooms its transaction:
/// nothing more can be run in it, and it is rolled back even when the body catches the error. To insert what may exist,
/// write `ON CONFLICT`.
package protocol Database: Sendable {
    var dialect: SQLDialect { get }

    /// Runs `body` on a consistent snapshot; it must not write.
    func read<Value: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> Value) async throws -> Value

    /// As `read`, for a few rows found by their keys. Such a read may run on the caller's thread, where it costs a fraction;
    /// so the body must neither scan nor compute.
    func readBriefly<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value

    /// Runs `body` in one serializable transaction, which commits durably when it returns and rolls back when it throws.
    @discardableResult
    func write<Value: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> Value) async throws -> Value

    /// Ends all connections; for shutdown.
    func close() async throws
}

extension Database {
    package func readBriefly<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        try await read(body)
    }
}

/// One open transaction.
package protocol SQLConnection {
    var dialect: SQLDialect { get }

    /// Returns the number of rows inserted, updated or deleted.
    @discardableResult
    func execute(_ sql: SQL) throws -> Int

    /// The whole result; large ones are paged by the caller.
    func rows(_ sql: SQL) throws -> [Row]
}

extension SQLConnection {
    package func rows<Result: Record>(_ type: Result.Type, _ sql: SQL) throws -> [Result] {
        try rows(sql).map(Result.init(row:))
    }

    package func row(_ sql: SQL) throws -> Row? { try rows(sql).first }

    package func row<Result: Record>(_ type: Result.Type, _ sql: SQL) throws -> Result? {
        try row(sql).map(Result.init(row:))
    }

    /// The first column of the first row; nil when there is no row or it is null.
    package func value<Value: SQLConvertible>(_ type: Value.Type, _ sql: SQL) throws -> Value? {
        guard let row = try row(sql), row.first != .null else { return nil }
        guard let value = Value(sqlValue: row.first) else { throw DatabaseError.unexpectedValue(column: "1") }
        return value
    }

    /// The first column of every row.
    package func values<Value: SQLConvertible>(_ type: Value.Type, _ sql: SQL) throws -> [Value] {
        try rows(sql).map { row in
            guard let value = Value(sqlValue: row.first) else { throw DatabaseError.unexpectedValue(column: "1") }
            return value
        }
    }

    package func exists(_ sql: SQL) throws -> Bool { try !rows(sql).isEmpty }
}
