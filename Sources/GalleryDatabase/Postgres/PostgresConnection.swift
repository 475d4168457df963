import CPostgres
import Foundation

/// One session with the server, used by one thread at a time.
final class PostgresConnection: SQLConnection, @unchecked Sendable {
    enum Mode {
        case read, write

        var begin: String {
            switch self {
            case .read: "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
            case .write: "BEGIN ISOLATION LEVEL SERIALIZABLE, READ WRITE"
            }
        }
    }

    let dialect = SQLDialect.postgres
    /// What went wrong in the present transaction, which can only be rolled back then.
    private(set) var failure: PostgresFailure?
    private let handle: OpaquePointer
    private var statements = PostgresStatements()

    init(url: String) throws {
        let settings: [(String, String)] = [
            ("dbname", url), ("client_encoding", "UTF8"), ("connect_timeout", "10"),
            ("fallback_application_name", "gallery"),
        ]
        let keys = settings.map { strdup($0.0) }
        let values = settings.map { strdup($0.1) }
        defer { (keys + values).forEach { free($0) } }
        let handle = PQconnectdbParams(
            keys.map { UnsafePointer($0) } + [nil],
            values.map { UnsafePointer($0) } + [nil],
            1
        )
        guard let handle else { throw DatabaseError.failed("out of memory for a connection") }
        self.handle = handle
        guard PQstatus(handle) == CONNECTION_OK else {
            throw DatabaseError.busy("no connection to PostgreSQL: \(Self.message(of: handle))")
        }
        guard let encoding = PQparameterStatus(handle, "server_encoding"), String(cString: encoding) == "UTF8" else {
            throw DatabaseError.failed("the PostgreSQL database must have the encoding UTF8")
        }
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
        try command("SET lock_timeout = '15s'; SET idle_in_transaction_session_timeout = '60s'; SET jit = off")
    }

    deinit { PQfinish(handle) }

    /// Whether the connection is whole and outside a transaction.
    var isReusable: Bool { PQstatus(handle) == CONNECTION_OK && PQtransactionStatus(handle) == PQTRANS_IDLE }

    func forgetFailure() { failure = nil }

    func transaction<Value>(_ mode: Mode, _ body: (any SQLConnection) throws -> Value) throws -> Value {
        try command(mode.begin)
        let value: Value
        do {
            value = try body(self)
            // The body may have swallowed the error, but the server has not.
            if let failure { throw failure.error }
        } catch {
            rollBack()
            throw error
        }
        try commit(mode)
        return value
    }

    func execute(_ sql: SQL) throws -> Int {
        let result = try run(sql)
        return result.changedRows
    }

    func rows(_ sql: SQL) throws -> [Row] {
        try run(sql).rows()
    }

    // MARK: Turns

    /// Waits until no other repeated write is under way, on any node.
    func waitForTurn() throws { try command("SELECT pg_advisory_lock(4747002)") }

    func endTurn() {
        guard PQstatus(handle) == CONNECTION_OK else { return }
        PQclear(PQexec(handle, "SELECT pg_advisory_unlock(4747002)"))
    }

    // MARK: Commands

    private func commit(_ mode: Mode) throws {
        do {
            try command("COMMIT")
        } catch {
            // Whether a lost commit happened is unknown, so it must not be repeated.
            if mode == .write, failure?.repetition == .lostConnection {
                failure = PostgresFailure(
                    error: .failed("the connection was lost during a commit; whether it happened is unknown")
                )
                throw failure?.error ?? error
            }
            rollBack()
            throw error
        }
    }

    private func rollBack() {
        guard PQstatus(handle) == CONNECTION_OK, PQtransactionStatus(handle) != PQTRANS_IDLE else { return }
        PQclear(PQexec(handle, "ROLLBACK"))
    }

    /// Runs text of our own, without values.
    func command(_ text: String) throws {
        _ = try checked(PostgresResult(PQexec(handle, text)))
    }

    private func run(_ sql: SQL) throws -> PostgresResult {
        if let failure { throw failure.error }
        do {
            let (text, bindings) = sql.prepared { "$\($0)" }
            let parameters = try PostgresParameters(bindings)
            let statement = try statement(text, parameters)
            let result = parameters.withPointers { values, lengths, formats in
                PQexecPrepared(handle, statement.name, Int32(bindings.count), values, lengths, formats, 1)
            }
            return try checked(PostgresResult(result, statement: statement))
        } catch let error as DatabaseError {
            if failure == nil { failure = PostgresFailure(error: error) }
            throw error
        }
    }

    private func statement(_ text: String, _ parameters: PostgresParameters) throws -> PostgresStatement {
        let key = PostgresStatements.Key(text: text, types: parameters.types)
        if let known = statements[key] { return known }
        if statements.isFull { try forgetStatements() }
        let statement = statements.new()
        _ = try checked(
            PostgresResult(PQprepare(handle, statement.name, text, Int32(parameters.types.count), parameters.types))
        )
        statements[key] = statement
        return statement
    }

    private func forgetStatements() throws {
        statements.removeAll()
        try command("DEALLOCATE ALL")
    }

    private func checked(_ result: PostgresResult) throws -> PostgresResult {
        if result.isGood { return result }
        let lost = PQstatus(handle) != CONNECTION_OK
        let failure = result.failure(isLost: lost, message: Self.message(of: handle))
        self.failure = failure
        if failure.hasStalePlan {
            rollBack()
            PQclear(PQexec(handle, "DEALLOCATE ALL"))
            statements.removeAll()
        }
        throw failure.error
    }

    private static func message(of handle: OpaquePointer) -> String {
        PQerrorMessage(handle).map { String(cString: $0).trimmingCharacters(in: .whitespacesAndNewlines) } ?? ""
    }
}
