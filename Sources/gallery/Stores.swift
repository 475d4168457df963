import Foundation
import GalleryBlobs
import GalleryCompute
import GalleryDatabase
import GalleryHub
import GalleryMarket
import GalleryModel
import GalleryServing

/// What a gallery keeps: its data folder and its two databases. The first thing every command opens.
struct Stores: Sendable {
    let folder: DataFolder
    let database: any Database
    /// Heartbeats, counters and the like, in a file that is synced less often.
    let volatile: any Database
    let blobs: any BlobStore

    init(_ settings: Settings) throws {
        folder = try DataFolder(at: settings.storage.root)
        try folder.keepPrivate(folder.database)
        try folder.keepPrivate(folder.volatileDatabase)
        database = OriginKeepingDatabase(
            settings.database.url.isEmpty
                ? try SQLiteDatabase(path: folder.database.path, readers: settings.database.connections)
                : try DatabaseURL.open(
                    settings.database.url,
                    connections: settings.database.connections,
                    readers: settings.database.connections
                )
        )
        volatile = try SQLiteDatabase(path: folder.volatileDatabase.path, durability: .normal, readers: 1)
        blobs = try DirectoryBlobStore(
            root: folder.root.path,
            reserve: Double(settings.storage.minimumFreePercent) / 100
        )
    }

    /// Returns the steps that were applied.
    func migrate(_ world: World) async throws -> [String] {
        try await Migrator(HubMigrations.volatile).migrate(volatile, at: world.now())
        let steps = HubMigrations.all + MarketMigrations.all + ComputeMigrations.all
        return try await Migrator(steps).migrate(database, at: world.now())
    }

    func close() async throws {
        try await database.close()
        try await volatile.close()
    }
}
