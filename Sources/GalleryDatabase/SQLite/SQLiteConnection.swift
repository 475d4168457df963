import Foundation
import GRDB
import GRDBSQLite
import Synchronization

/// A GRDB connection behind the façade; statements are stepped directly, which halves the cost of a small read.
final class SQLiteConnection: SQLConnection {
    let dialect = SQLDialect.sqlite
    private let db: GRDB.Database
    private let columns: SQLiteColumnsCache
    /// What went wrong in the present transaction, which can only be rolled back then.
    private var failure: DatabaseError?

    private init(_ db: GRDB.Database, _ columns: SQLiteColumnsCache) {
        self.db = db
        self.columns = columns
    }

    static func run<Value>(
        _ db: GRDB.Database,
        _ columns: SQLiteColumnsCache,
        _ body: (any SQLConnection) throws -> Value
    ) throws -> Value {
        let connection = SQLiteConnection(db, columns)
        let value = try body(connection)
        // PostgreSQL could not commit after a failed statement, so nobody may.
        if let failure = connection.failure { throw failure }
        return value
    }

    func execute(_ sql: SQL) throws -> Int {
        try dooming {
            let (text, bindings) = sql.prepared { _ in "?" }
            return try withStatement(text) { statement in
                statement.reset()
                try statement.bind(bindings)
                defer { statement.reset() }
                let before = db.totalChangesCount
                while try statement.step() {}
                return db.totalChangesCount == before ? 0 : db.changesCount
            }
        }
    }

    func rows(_ sql: SQL) throws -> [Row] {
        try dooming {
            let (text, bindings) = sql.prepared { _ in "?" }
            return try withStatement(text) { try $0.rows(bindings, columns: columns.columns) }
        }
    }

    /// Runs `body` with the prepared statement, which GRDB keeps alive as long.
    private func withStatement<Value>(_ text: String, _ body: (SQLiteStatement) throws -> Value) throws -> Value {
        // Long texts are lists of values, which seldom come twice.
        let owner = text.utf8.count < 4_096 ? try db.cachedStatement(sql: text) : try db.makeStatement(sql: text)
        return try withExtendedLifetime(owner) { try body(SQLiteStatement(owner.sqliteStatement, text: text)) }
    }

    private func dooming<Value>(_ body: () throws -> Value) throws -> Value {
        if let failure { throw failure }
        do {
            return try body()
        } catch let error as GRDB.DatabaseError {
            let error = DatabaseError(error)
            failure = error
            throw error
        } catch let error as DatabaseError {
            failure = error
            throw error
        }
    }
}

/// The column names of statements, by text; shared by all connections of a database.
final class SQLiteColumnsCache: Sendable {
    private let known = Mutex<[String: Row.Columns]>([:])

    func columns(of statement: SQLiteStatement) -> Row.Columns {
        known.withLock { known in
            if let columns = known[statement.text], columns.count == statement.width { return columns }
            let columns = Row.Columns(statement.columnNames)
            if known.count >= 1_000 { known.removeAll() }
            if statement.text.utf8.count < 4_096 { known[statement.text] = columns }
            return columns
        }
    }
}

/// A prepared statement of the C interface.
struct SQLiteStatement {
    let text: String
    private let handle: OpaquePointer

    /// The handle must stay valid for as long as the statement is used.
    init(_ handle: OpaquePointer, text: String) {
        self.handle = handle
        self.text = text
    }

    /// The whole result for these values.
    func rows(_ bindings: [SQLValue], columns: (SQLiteStatement) -> Row.Columns) throws -> [Row] {
        reset()
        try bind(bindings)
        defer { reset() }
        guard try step() else { return [] }
        // Only now is it known which columns there are: a schema that has changed is noticed by the first step.
        let columns = columns(self)
        let width = width
        var rows: [Row] = []
        repeat {
            rows.append(Row(columns: columns, values: (0..<width).map { value(at: $0) }))
        } while try step()
        return rows
    }

    var width: Int32 { sqlite3_column_count(handle) }

    var columnNames: [String] {
        (0..<width).map { index in sqlite3_column_name(handle, index).map { String(cString: $0) } ?? "" }
    }

    func reset() {
        sqlite3_reset(handle)
    }

    /// Whether there is a row.
    func step() throws -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw DatabaseError(sqlite: sqlite3_db_handle(handle))
        }
    }

    func bind(_ values: [SQLValue]) throws {
        guard sqlite3_bind_parameter_count(handle) == values.count else {
            throw DatabaseError.failed("a statement has as many placeholders as values")
        }
        // Tells SQLite to copy what it is given.
        let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        for (offset, value) in values.enumerated() {
            let index = Int32(offset + 1)
            let code: Int32
            switch value {
            case .null: code = sqlite3_bind_null(handle, index)
            case .integer(let integer): code = sqlite3_bind_int64(handle, index, integer)
            case .real(let real): code = sqlite3_bind_double(handle, index, real)
            case .text(var text):
                try text.mustBeStorable()
                code = text.withUTF8 { utf8 in
                    utf8.withMemoryRebound(to: CChar.self) {
                        // Empty text may have no address, which would bind null.
                        guard let base = $0.baseAddress else {
                            return sqlite3_bind_text(handle, index, "", 0, transient)
                        }
                        return sqlite3_bind_text64(
                            handle,
                            index,
                            base,
                            UInt64($0.count),
                            transient,
                            UInt8(SQLITE_UTF8)
                        )
                    }
                }
            case .bytes(let bytes):
                code =
                    bytes.isEmpty
                    ? sqlite3_bind_zeroblob(handle, index, 0)
                    : bytes.withUnsafeBytes {
                        sqlite3_bind_blob64(handle, index, $0.baseAddress, UInt64($0.count), transient)
                    }
            }
            guard code == SQLITE_OK else { throw DatabaseError(sqlite: sqlite3_db_handle(handle)) }
        }
    }

    func value(at index: Int32) -> SQLValue {
        switch sqlite3_column_type(handle, index) {
        case SQLITE_INTEGER:
            return .integer(sqlite3_column_int64(handle, index))
        case SQLITE_FLOAT:
            return .real(sqlite3_column_double(handle, index))
        case SQLITE_TEXT:
            guard let start = sqlite3_column_text(handle, index) else { return .null }
            let count = Int(sqlite3_column_bytes(handle, index))
            return .text(String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self))
        case SQLITE_BLOB:
            guard let start = sqlite3_column_blob(handle, index) else { return .bytes([]) }
            let count = Int(sqlite3_column_bytes(handle, index))
            return .bytes([UInt8](UnsafeRawBufferPointer(start: start, count: count)))
        default:
            return .null
        }
    }
}
