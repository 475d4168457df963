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
    package let counters: EventCounter
    package let largeFiles: LargeFiles
    package let xet: Xet
    package let likes: Likes
    package let accessRequests: AccessRequests
    package let discussions: Discussions
    package let collections: Collections
    package let webhooks: Webhooks
    package let notifications: Notifications

    package init(
        settings: Settings,
        world: World,
        database: any Database,
        volatile: any Database,
        folder: DataFolder,
        blobs: any BlobStore,
        additions: HubAdditions = HubAdditions()
    ) async throws {
        self.settings = settings
        self.world = world
        self.database = database
        self.volatile = volatile
        self.folder = folder
        var rules = Identity.Rules(settings)
        rules.check = additions.life.check
        rules.worker = additions.worker
        if let isOpen = additions.isSignUpOpen { rules.isSignUpOpen = isOpen }
        identity = try Identity(database: database, world: world, keys: folder.keys, rules: rules)
        let limits = RepositoryLimits(
            fileBytes: settings.limits.fileBytes,
            repositoryBytes: settings.limits.repositoryBytes
        )
        // Operators may allow an owner more than others; what each may send is decided before an upload begins.
        content = Content(
            database: database,
            blobs: blobs,
            world: world,
            largestFile: max(Int(settings.limits.fileBytes), Content.largestFileOfAll)
        )
        files = Files(
            database: database,
            content: content,
            world: world,
            limits: limits,
            observers: HubObservers.all(world: world) + additions.observers
        )
        repositories = Repositories(database: database, files: files, world: world, life: additions.life)
        counters = EventCounter(
            database: database,
            volatile: volatile,
            secret: identity.box.signingKey(for: "visitors"),
            world: world
        )
        largeFiles = LargeFiles(
            database: database,
            content: content,
            limits: limits,
            signingKey: identity.box.signingKey(for: "large files"),
            world: world
        )
        xet = Xet(
            database: database,
            content: content,
            signingKey: identity.box.signingKey(for: "xet uploads"),
            world: world
        )
        likes = Likes(database: database, world: world)
        accessRequests = AccessRequests(database: database, world: world, mayAsk: additions.mayAsk)
        discussions = Discussions(database: database, files: files, world: world)
        collections = Collections(database: database, world: world)
        webhooks = Webhooks(
            database: database,
            secrets: identity.box,
            sender: WebhookSender(settings),
            world: world
        )
        notifications = Notifications(database: database, world: world)
    }

    private var collectorLock: String { folder.root.appending(path: "collector.lock").path }

    /// What runs besides answering requests; stopped after the last request is answered. `others` adds the jobs of the
    /// modules above the hub.
    package func services(_ others: (inout JobHandlers) -> Void = { _ in }) -> [any Service] {
        var handlers = JobHandlers()
        files.register(in: &handlers)
        webhooks.register(in: &handlers)
        notifications.register(in: &handlers)
        content.register(in: &handlers, lockPath: collectorLock)
        others(&handlers)
        return [
            IdentityUpkeep(identity: identity, database: database, world: world),
            EventUpkeep(counter: counters, world: world),
            ContentCaretaker(
                content: content,
                lockPath: collectorLock,
                isAlone: settings.database.url.isEmpty,
                logger: Logger(label: "gallery.content")
            ),
            JobWorker(database: database, world: world, handlers: handlers, width: settings.jobs.workers),
        ]
    }
}
