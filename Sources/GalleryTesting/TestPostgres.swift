import Foundation
import GalleryDatabase
import GalleryModel

/// PostgreSQL databases, each copied from a migrated template.
enum TestPostgres {
    /// The connection string of the server, from the environment.
    static let server = ProcessInfo.processInfo.environment["GALLERY_TEST_POSTGRES"].flatMap { $0.isEmpty ? nil : $0 }

    static func run<Value: Sendable>(
        _ migrations: [Migration], _ body: (any Database) async throws -> Value
    ) async throws -> Value {
        throw DatabaseError.failed("no driver")
    }
}
