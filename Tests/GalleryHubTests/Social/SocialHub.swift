import GalleryBlobs
import GalleryDatabase
import GalleryModel
import GalleryServing
import GalleryTesting

@testable import GalleryHub

/// The slices in which people meet, on one database.
struct SocialHub {
    let clock = TestClock()
    let world: World
    let database: any Database
    let identity: Identity
    let files: Files
    let repositories: Repositories
    let likes: Likes
    let access: AccessRequests
    let discussions: Discussions
    let collections: Collections
    let webhooks: Webhooks
    let worker: JobWorker

    init(_ database: any Database, allowsPrivateAddresses: Bool = true) throws {
        let fixed = World.fixed(clock)
        world = fixed
        self.database = database
        identity = try Identity.testing(database, world: fixed)
        let content = Content(database: database, blobs: MemoryBlobStore(), world: fixed)
        files = Files(
            database: database,
            content: content,
            world: fixed,
            limits: RepositoryLimits(),
            observers: HubObservers.all(world: fixed)
        )
        repositories = Repositories(database: database, files: files, world: fixed)
        likes = Likes(database: database, world: fixed)
        access = AccessRequests(database: database, world: fixed)
        discussions = Discussions(database: database, files: files, world: fixed)
        collections = Collections(database: database, world: fixed)
        webhooks = Webhooks(
            database: database,
            secrets: identity.box,
            sender: WebhookSender(
                allowsPrivateAddresses: allowsPrivateAddresses,
                timeout: .seconds(5),
                origin: "http://gallery.test"
            ),
            world: fixed
        )
        var handlers = JobHandlers()
        webhooks.register(in: &handlers)
        worker = JobWorker(database: database, world: fixed, handlers: handlers)
    }

    func person(_ name: String, role: SiteRole = .user) async throws -> Viewer {
        try await identity.person(name, role: role)
    }

    @discardableResult
    func repo(
        _ name: String,
        of viewer: Viewer,
        visibility: Visibility = .everyone,
        gating: Gating = .off
    ) async throws -> RepoID {
        let repo = try await repositories.create(
            NewRepository(kind: .model, name: name, visibility: visibility),
            by: viewer
        )
        if gating != .off {
            _ = try await repositories.change(repo.id, RepositorySettings(gating: gating), by: viewer)
        }
        return repo.id
    }

    @discardableResult
    func commit(
        _ files: [String: String],
        to branch: String = "main",
        of repo: RepoID,
        by viewer: Viewer
    ) async throws -> GitOID {
        var draft = try await self.files.draft(on: branch, of: repo, by: viewer)
        for (path, text) in files { try await draft.put(path, bytes: Array(text.utf8)) }
        return try await self.files.commit(draft, title: "Update").oid
    }
}
