import Foundation
package import GalleryBlobs
package import GalleryDatabase
package import GalleryModel
package import GalleryServing
import Logging
package import ServiceLifecycle

/// All slices of the hub, built in the order in which they need one another.
package struct HubSlices: Sendable {
    package let settings: Settings
    package let world: World
    package let database: any Database
    package let volatile: any Database
    package let folder: DataFolder
    package let identity: Identity
    package let content: Content
    package let files: Files
    package let repositories: Repositories
    package let largeFiles: LargeFiles
    package let xet: Xet

    package init(
        settings: Settings, world: World, database: any Database, volatile: any Database, folder: DataFolder,
        blobs: any BlobStore
    ) async throws {
        self.settings = settings
        self.world = world
        self.database = database
        self.volatile = volatile
        self.folder = folder
        identity = try Identity(
            database: database, world: world, keys: folder.keys, rules: Identity.Rules(settings))
        let limits = RepositoryLimits(
            fileBytes: settings.limits.fileBytes, repositoryBytes: settings.limits.repositoryBytes)
        content = Content(database: database, blobs: blobs, world: world)
        files = Files(database: database, content: content, world: world, limits: limits)
        repositories = Repositories(database: database, files: files, world: world)
        largeFiles = LargeFiles(
            database: database, content: content, limits: limits,
            signingKey: identity.box.signingKey(for: "large files"), world: world)
        xet = Xet(
            database: database, content: content, signingKey: identity.box.signingKey(for: "xet uploads"), world: world)
    }

    /// What runs besides answering requests; stopped after the last request is answered.
    package var services: [any Service] {
        [
            IdentityUpkeep(identity: identity, database: database, world: world),
            ContentCaretaker(
                content: content, lockPath: folder.root.appending(path: "collector.lock").path,
                isAlone: settings.database.url.isEmpty, logger: Logger(label: "gallery.content")),
        ]
    }
}
