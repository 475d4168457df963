import Foundation
import GalleryDatabase
import GalleryModel

/// PostgreSQL databases, each copied from a migrated template.
enum TestPostgres {
    /// The connection string of the server, from the environment.
    static let server = ProcessInfo.processInfo.environment["GALLERY_TEST_POSTGRES"].flatMap { $0.isEmpty ? nil : $0 }

    private static let templates = Templates<String>()

    static func run<Value: Sendable>(
        _ migrations: [Migration],
        _ body: (any Database) async throws -> Value
    ) async throws -> Value {
        guard let server else { throw DatabaseError.failed("GALLERY_TEST_POSTGRES is not set") }
        let template = try await templates.template(of: migrations) { key in
            try await makeTemplate(key, migrations, on: server)
        }
        let name = "gallery_test_" + Hex.encode(World.live.randomBytes(8))
        try await administer(server, "CREATE DATABASE \(name) TEMPLATE \(template)")
        // Suites share two processors: what collides here gets its turn later than anywhere else.
        let database = PostgresDatabase(
            url: try address(of: name, on: server),
            connections: 8,
            patience: .seconds(60)
        )
        let result: Value
        do {
            result = try await body(database)
        } catch {
            try? await database.close()
            try? await administer(server, "DROP DATABASE \(name) WITH (FORCE)")
            throw error
        }
        try await database.close()
        try await administer(server, "DROP DATABASE \(name) WITH (FORCE)")
        return result
    }

    /// A template of this process alone, so that no other one migrates it at the same time.
    private static func makeTemplate(_ key: String, _ migrations: [Migration], on server: String) async throws -> String
    {
        let name = "gallery_template_\(key)_\(ProcessInfo.processInfo.processIdentifier)"
        try await administer(server, "DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
        try await administer(server, "CREATE DATABASE \(name) ENCODING 'UTF8' TEMPLATE template0")
        let database = PostgresDatabase(url: try address(of: name, on: server), connections: 1)
        do {
            try await Migrator(migrations).migrate(database, at: TestClock.start)
        } catch {
            try? await database.close()
            throw error
        }
        try await database.close()
        return name
    }

    /// Runs a command that must stand outside a transaction.
    private static func administer(_ server: String, _ command: String) async throws {
        try await PostgresDatabase.administer(url: server, command)
    }

    /// The server's address with another database in it; URIs and `key=value` strings are both understood by libpq.
    private static func address(of database: String, on server: String) throws -> String {
        guard server.contains("://") else { return server + " dbname=\(database)" }
        guard var components = URLComponents(string: server) else {
            throw DatabaseError.failed("GALLERY_TEST_POSTGRES is no address")
        }
        components.path = "/" + database
        return components.string ?? server
    }
}
