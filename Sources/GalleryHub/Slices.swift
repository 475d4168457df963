package import GalleryDatabase
package import GalleryModel
package import GalleryServing
package import ServiceLifecycle

/// All slices of the hub, built in the order in which they need one another.
package struct HubSlices: Sendable {
    package let settings: Settings
    package let world: World
    package let database: any Database
    package let volatile: any Database
    package let folder: DataFolder
    package let identity: Identity

    package init(
        settings: Settings, world: World, database: any Database, volatile: any Database, folder: DataFolder
    ) async throws {
        self.settings = settings
        self.world = world
        self.database = database
        self.volatile = volatile
        self.folder = folder
        identity = try Identity(
            database: database, world: world, keys: folder.keys, rules: Identity.Rules(settings))
    }

    /// What runs besides answering requests; stopped after the last request is answered.
    package var services: [any Service] {
        [IdentityUpkeep(identity: identity, database: database, world: world)]
    }
}
