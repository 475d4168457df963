import Foundation

/// The setting that says which database holds everything.
package enum DatabaseURL {
    /// Opens `sqlite:///path/to/file` or `postgres://user@host/name`.
    ///
    /// `connections` bounds the connections to PostgreSQL, `readers` those that read SQLite side by side.
    package static func open(_ url: String, connections: Int = 16, readers: Int = 4) throws -> any Database {
        if let path = url.withoutPrefix("sqlite://") {
            guard !path.isEmpty else { throw DatabaseError.failed("the address '\(url)' names no file") }
            return try SQLiteDatabase(path: path, readers: readers)
        }
        if url.hasPrefix("postgres://") || url.hasPrefix("postgresql://") {
            return PostgresDatabase(url: url, connections: connections)
        }
        throw DatabaseError.failed("a database address starts with sqlite:// or postgres://")
    }
}

extension String {
    fileprivate func withoutPrefix(_ prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }
}
