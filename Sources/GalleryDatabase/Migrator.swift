package import Foundation
import GalleryModel

/// One forward step of the schema, immutable once released.
///
/// Its text is written once for both databases with tokens: `{text}` (ordered by bytes), `{integer}` (64 bits),
/// `{real}`, `{bytes}` and, after the closing parenthesis of a table, `{strict}`. The whole statement
/// `{append-only} TABLE` makes the database itself refuse to change or delete a row of that table, and
/// `{text-index} NAME COLUMN …` makes a `TextIndex`.
package struct Migration: Sendable {
    /// A number and a few words, as in `0042 access requests`; sorts in the order of application.
    package let id: String
    private let statements: [String]

    package init(_ id: String, _ statements: String...) {
        self.id = id
        self.statements = statements
    }

    /// The fingerprint by which an edited, already applied migration is found out.
    package var checksum: String { SHA256Digest.of(statements.joined(separator: ";\n").utf8).hex }

    func statements(for dialect: SQLDialect) -> [SQL] {
        let tokens: [(String, String)] =
            switch dialect {
            case .sqlite:
                [
                    ("{text}", "TEXT"), ("{integer}", "INTEGER"), ("{real}", "REAL"), ("{bytes}", "BLOB"),
                    ("{strict}", "STRICT"),
                ]
            case .postgres:
                [
                    ("{text}", "TEXT COLLATE \"C\""), ("{integer}", "BIGINT"), ("{real}", "DOUBLE PRECISION"),
                    ("{bytes}", "BYTEA"), ("{strict}", ""),
                ]
            }
        return statements.flatMap { statement in
            if statement.hasPrefix(Self.appendOnly) {
                return Self.appendOnlyTriggers(String(statement.dropFirst(Self.appendOnly.count)), dialect)
            }
            if statement.hasPrefix(Self.textIndex) {
                return TextIndex(described: String(statement.dropFirst(Self.textIndex.count))).statements(for: dialect)
            }
            return [SQL(stringLiteral: tokens.reduce(statement) { $0.replacingOccurrences(of: $1.0, with: $1.1) })]
        }
    }

    private static let appendOnly = "{append-only} "
    private static let textIndex = "{text-index} "

    private static func appendOnlyTriggers(_ table: String, _ dialect: SQLDialect) -> [SQL] {
        switch dialect {
        case .sqlite:
            return ["UPDATE", "DELETE"].map { event in
                SQL(
                    stringLiteral: """
                        CREATE TRIGGER \(table)_no_\(event.lowercased()) BEFORE \(event) ON \(table)
                        BEGIN SELECT RAISE(ABORT, '\(table) is append-only'); END
                        """
                )
            }
        case .postgres:
            return [
                SQL(
                    stringLiteral: """
                        CREATE FUNCTION \(table)_append_only() RETURNS trigger LANGUAGE plpgsql AS
                        $$ BEGIN RAISE EXCEPTION '\(table) is append-only'; END $$
                        """
                ),
                SQL(
                    stringLiteral: """
                        CREATE TRIGGER \(table)_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON \(table)
                        FOR EACH STATEMENT EXECUTE FUNCTION \(table)_append_only()
                        """
                ),
            ]
        }
    }
}

/// Applies the migrations that a database has not seen yet.
package struct Migrator: Sendable {
    private let migrations: [Migration]

    package init(_ migrations: [Migration]) {
        self.migrations = migrations
    }

    /// Brings the database up to date in one transaction, so two nodes that start at once apply each step once.
    ///
    /// Throws `DatabaseError.migration` when an applied step was edited, or the database is newer than this program.
    @discardableResult
    package func migrate(_ database: any Database, at now: Date) async throws -> [String] {
        try await makeTable(in: database)
        return try await database.write { db in
            // Before the first query: what another node has just applied must be seen.
            if db.dialect == .postgres { try db.execute("LOCK TABLE schema_migrations IN ACCESS EXCLUSIVE MODE") }
            let applied = try db.rows("SELECT id, checksum FROM schema_migrations")
                .reduce(into: [String: String]()) { try $0[$1.get("id")] = $1.get("checksum") }
            if let unknown = applied.keys.sorted().first(where: { id in !migrations.contains { $0.id == id } }) {
                throw DatabaseError.migration("the database has step '\(unknown)', which this version does not know")
            }
            var done: [String] = []
            for migration in migrations {
                if let checksum = applied[migration.id] {
                    guard checksum == migration.checksum else {
                        throw DatabaseError.migration("step '\(migration.id)' was changed after it had been applied")
                    }
                    continue
                }
                for statement in migration.statements(for: db.dialect) { try db.execute(statement) }
                try db.execute(
                    """
                    INSERT INTO schema_migrations (id, checksum, applied_at)
                    VALUES (\(migration.id), \(migration.checksum), \(now))
                    """
                )
                done.append(migration.id)
            }
            return done
        }
    }

    private func makeTable(in database: any Database) async throws {
        do {
            try await database.write { db in
                try db.execute(
                    """
                    CREATE TABLE IF NOT EXISTS schema_migrations (
                        id TEXT PRIMARY KEY,
                        checksum TEXT NOT NULL,
                        applied_at BIGINT NOT NULL
                    )
                    """
                )
            }
        } catch DatabaseError.unique {
            // PostgreSQL says so when another node makes the same table at this moment.
        }
    }
}
