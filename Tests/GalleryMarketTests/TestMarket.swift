import GalleryBlobs
import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryServing
import GalleryTesting

@testable import GalleryMarket

extension TestDatabase {
    /// Runs `body` on a fresh database with the whole schema.
    func runMarket(_ body: (any Database) async throws -> Void) async throws {
        try await run(migrations: HubMigrations.all + MarketMigrations.all + HubMigrations.volatile, body)
    }
}
