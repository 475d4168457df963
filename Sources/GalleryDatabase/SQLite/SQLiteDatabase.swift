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

    /// Opens or creates the file.
    package init(path: String, durability: Durability = .full, readers: Int = 4) throws {
        var configuration = Configuration()
        configuration.maximumReaderCount = readers
        configuration.busyMode = .timeout(15)
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA synchronous = \(durability.rawValue)")
            try db.execute(sql: "PRAGMA cache_size = -8192")
        }
        writer = try DatabasePool(path: path, configuration: configuration)
    }

    /// A database in memory, for tests.
    package init() throws {
        writer = try DatabaseQueue()
    }

    package func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        try await writer.read { db in try SQLiteConnection.run(db, body) }
    }

    package func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        do {
            return try await writer.write { db in try SQLiteConnection.run(db, body) }
        } catch let error as GRDB.DatabaseError {
            throw DatabaseError(error)
        }
    }

    package func close() async throws {
        try writer.close()
    }
}

/// A GRDB connection behind the façade.
private struct SQLiteConnection: SQLConnection {
    let dialect = SQLDialect.sqlite
    let db: GRDB.Database

    static func run<Value>(_ db: GRDB.Database, _ body: (any SQLConnection) throws -> Value) throws -> Value {
        do {
            return try body(SQLiteConnection(db: db))
        } catch let error as GRDB.DatabaseError {
            throw DatabaseError(error)
        }
    }

    func execute(_ sql: SQL) throws -> Int {
        try translatingErrors {
            let statement = try prepare(sql)
            let before = db.totalChangesCount
            try statement.execute()
            return db.totalChangesCount == before ? 0 : db.changesCount
        }
    }

    func rows(_ sql: SQL) throws -> [Row] {
        try translatingErrors {
            let statement = try prepare(sql)
            let columns = Row.Columns(statement.columnNames)
            let count = statement.columnCount
            let cursor = try GRDB.Row.fetchCursor(statement)
            var result: [Row] = []
            while let row = try cursor.next() {
                result.append(Row(columns: columns, values: (0..<count).map { SQLValue(row[$0] as DatabaseValue) }))
            }
            return result
        }
    }

    private func prepare(_ sql: SQL) throws -> Statement {
        let (text, bindings) = sql.prepared { _ in "?" }
        let statement = try db.cachedStatement(sql: text)
        statement.setUncheckedArguments(StatementArguments(bindings.map(\.databaseValue)))
        return statement
    }

    private func translatingErrors<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as GRDB.DatabaseError {
            throw DatabaseError(error)
        }
    }
}

extension DatabaseError {
    init(_ error: GRDB.DatabaseError) {
        let text = error.message ?? "\(error.resultCode)"
        self =
            switch error.extendedResultCode {
            case .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY, .SQLITE_CONSTRAINT_ROWID: .unique(text)
            case .SQLITE_CONSTRAINT_FOREIGNKEY: .foreignKey(text)
            case .SQLITE_CONSTRAINT_CHECK, .SQLITE_CONSTRAINT_NOTNULL, .SQLITE_CONSTRAINT_DATATYPE: .check(text)
            default: error.resultCode == .SQLITE_BUSY ? .busy(text) : .failed("\(error)")
            }
    }
}

extension SQLValue {
    fileprivate var databaseValue: DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let value): value.databaseValue
        case .real(let value): value.databaseValue
        case .text(let value): value.databaseValue
        case .bytes(let value): Data(value).databaseValue
        }
    }

    fileprivate init(_ value: DatabaseValue) {
        self =
            switch value.storage {
            case .null: .null
            case .int64(let value): .integer(value)
            case .double(let value): .real(value)
            case .string(let value): .text(value)
            case .blob(let value): .bytes([UInt8](value))
            }
    }
}
