import Foundation
package import GalleryDatabase
import GalleryHub
import GalleryModel

/// A kind of database that tests run on: SQLite always, PostgreSQL when `GALLERY_TEST_POSTGRES` holds the connection
/// string of a server where databases may be made.
///
///     @Test(arguments: TestDatabase.all)
///     func `a name is taken once`(_ kind: TestDatabase) async throws {
///         try await kind.run { database in … }
///     }
package enum TestDatabase: String, Sendable, CaseIterable, CustomStringConvertible {
    case sqlite, postgres

    /// The kinds configured here.
    package static let all: [TestDatabase] = TestPostgres.server == nil ? [.sqlite] : [.sqlite, .postgres]

    package var description: String { rawValue }

    /// Runs `body` on a fresh database with the hub's schema, or that of `migrations`, and removes it afterwards.
    ///
    /// Tests may run at the same time: each has a database of its own, copied from a template that is migrated once.
    @discardableResult
    package func run<Value: Sendable>(
        migrations: [Migration] = HubMigrations.all,
        _ body: (any Database) async throws -> Value
    ) async throws -> Value {
        switch self {
        case .sqlite: try await TestSQLite.run(migrations, body)
        case .postgres: try await TestPostgres.run(migrations, body)
        }
    }
}

/// Another name for the list of configured kinds.
package enum TestDatabases {
    package static var all: [TestDatabase] { TestDatabase.all }
}

/// Makes each template once, however many tests ask at the same time.
actor Templates<Template: Sendable> {
    private var tasks: [String: Task<Template, any Error>] = [:]

    func template(
        of migrations: [Migration],
        _ make: @escaping @Sendable (_ key: String) async throws -> Template
    ) async throws -> Template {
        let text = migrations.map { $0.id + " " + $0.checksum }.joined(separator: "\n")
        let key = String(SHA256Digest.of(text.utf8).hex.prefix(16))
        if let task = tasks[key] { return try await task.value }
        let task = Task { try await make(key) }
        tasks[key] = task
        return try await task.value
    }
}
