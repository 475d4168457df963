import GRDBSQLite
import Synchronization

/// Connections for reads that cost less than handing them to another thread would: they run where they are asked for.
final class SQLiteBriefReaders: Sendable {
    /// What a read came to.
    enum Outcome<Value: Sendable>: Sendable {
        case done(Value)
        /// All connections are in use, or the file is locked: the read belongs where it may wait.
        case mustWait
    }

    private enum State {
        case unopened
        case open(SQLiteBriefReader)
        case closed
    }

    private final class Slot: Sendable {
        let state = Mutex(State.unopened)
    }

    private let path: String
    private let slots: [Slot]

    /// Nothing is opened before it is needed.
    init(path: String, count: Int) {
        self.path = path
        slots = (0..<count).map { _ in Slot() }
    }

    func read<Value: Sendable>(_ body: @Sendable (any SQLConnection) throws -> Value) throws -> Outcome<Value> {
        for slot in slots {
            let result = slot.state.withLockIfAvailable { state in
                Result { try run(body, &state) }
            }
            if let result { return try result.get() }
        }
        return .mustWait
    }

    func close() {
        for slot in slots { slot.state.withLock { $0 = .closed } }
    }

    private func run<Value: Sendable>(
        _ body: @Sendable (any SQLConnection) throws -> Value,
        _ state: inout State
    ) throws -> Outcome<Value> {
        do {
            let reader: SQLiteBriefReader
            switch state {
            case .open(let open): reader = open
            case .unopened:
                reader = try SQLiteBriefReader(path: path)
                state = .open(reader)
            case .closed: return .mustWait
            }
            return .done(try reader.transaction(body))
        } catch DatabaseError.busy {
            return .mustWait
        }
    }
}

/// One connection that only reads and never waits.
private final class SQLiteBriefReader: SQLConnection {
    private static let maximumStatements = 100

    let dialect = SQLDialect.sqlite
    private let handle: OpaquePointer
    private var statements: [String: PreparedStatement] = [:]
    private var failure: DatabaseError?

    init(path: String) throws {
        var opened: OpaquePointer?
        // The caller's lock makes SQLite's own needless.
        let code = sqlite3_open_v2(path, &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK, let opened else {
            let error = DatabaseError(sqlite: opened)
            sqlite3_close_v2(opened)
            throw error
        }
        handle = opened
        for pragma in ["query_only = ON", "cache_size = -2048", "trusted_schema = OFF"] {
            guard sqlite3_exec(opened, "PRAGMA \(pragma)", nil, nil, nil) == SQLITE_OK else {
                throw DatabaseError(sqlite: opened)
            }
        }
    }

    deinit {
        // The last statement that goes takes the connection with it.
        sqlite3_close_v2(handle)
    }

    func transaction<Value>(_ body: (any SQLConnection) throws -> Value) throws -> Value {
        failure = nil
        try run("BEGIN")
        // What only read cannot fail to end; a failed statement may have ended it already.
        defer { if sqlite3_get_autocommit(handle) == 0 { try? run("ROLLBACK") } }
        let value = try body(self)
        if let failure { throw failure }
        return value
    }

    func execute(_ sql: SQL) throws -> Int {
        throw DatabaseError.failed("a read must not write")
    }

    func rows(_ sql: SQL) throws -> [Row] {
        if let failure { throw failure }
        do {
            let (text, bindings) = sql.prepared { _ in "?" }
            return try prepared(text).rows(bindings)
        } catch let error as DatabaseError {
            failure = error
            throw error
        }
    }

    private func run(_ text: String) throws {
        let statement = try prepared(text).statement
        defer { statement.reset() }
        _ = try statement.step()
    }

    private func prepared(_ text: String) throws -> PreparedStatement {
        if let known = statements[text] { return known }
        var handle: OpaquePointer?
        let code = sqlite3_prepare_v3(self.handle, text, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
        guard code == SQLITE_OK, let handle else { throw DatabaseError(sqlite: self.handle) }
        let prepared = PreparedStatement(handle, text: text)
        // Long texts are lists of values, which seldom come twice.
        if text.utf8.count < 4_096 {
            if statements.count >= Self.maximumStatements { statements.removeAll() }
            statements[text] = prepared
        }
        return prepared
    }
}

/// A statement with the names of its columns; it ends when nobody needs it any more.
private final class PreparedStatement {
    let statement: SQLiteStatement
    private let handle: OpaquePointer
    private var columns: Row.Columns?

    init(_ handle: OpaquePointer, text: String) {
        self.handle = handle
        statement = SQLiteStatement(handle, text: text)
    }

    deinit { sqlite3_finalize(handle) }

    func rows(_ bindings: [SQLValue]) throws -> [Row] {
        try statement.rows(bindings) { statement in
            if let columns, columns.count == statement.width { return columns }
            let new = Row.Columns(statement.columnNames)
            columns = new
            return new
        }
    }
}
