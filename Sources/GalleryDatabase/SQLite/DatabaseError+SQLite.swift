import GRDB
import GRDBSQLite

extension DatabaseError {
    init(_ error: GRDB.DatabaseError) {
        self.init(code: error.extendedResultCode.rawValue, text: error.message ?? "\(error.resultCode)")
    }

    /// The last error of a connection of the C interface.
    init(sqlite handle: OpaquePointer?) {
        let text = sqlite3_errmsg(handle).map { String(cString: $0) } ?? "unknown"
        self.init(code: sqlite3_extended_errcode(handle), text: text)
    }

    private init(code: Int32, text: String) {
        self =
            switch ResultCode(rawValue: code) {
            case .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY, .SQLITE_CONSTRAINT_ROWID: .unique(text)
            case .SQLITE_CONSTRAINT_FOREIGNKEY: .foreignKey(text)
            case .SQLITE_CONSTRAINT_CHECK, .SQLITE_CONSTRAINT_NOTNULL, .SQLITE_CONSTRAINT_DATATYPE: .check(text)
            default: [SQLITE_BUSY, SQLITE_LOCKED].contains(code & 0xff) ? .busy(text) : .failed("\(text) [\(code)]")
            }
    }
}
