import Foundation
import GalleryBlobs
import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryServing
import GalleryTesting

@testable import GalleryMarket

/// The hub and the market on a test's database, with people in it.
struct MarketHouse {
    let clock = TestClock()
    let world: World
    let database: any Database
    let hub: HubSlices
    let market: MarketSlices
    private let identity: Identity

    init(
        _ database: any Database,
        policy: Settings.Publishing.Policy = .review,
        onlyWidens: Bool = false,
        guarding: (inout HubAdditions) -> Void = { _ in }
    ) async throws {
        let fixed = World.fixed(clock)
        world = fixed
        self.database = database
        var settings = Settings()
        settings.publishing.policy = policy
        settings.publishing.visibilityOnlyWidens = onlyWidens
        let ground = MarketGround(settings: settings, world: fixed)
        var additions = ground.additions
        guarding(&additions)
        let folder = FileManager.default.temporaryDirectory.appending(path: "gallery-market-\(UUID().uuidString)")
        hub = try await HubSlices(
            settings: settings,
            world: fixed,
            database: database,
            volatile: database,
            folder: DataFolder(at: folder.path),
            blobs: MemoryBlobStore(),
            additions: additions
        )
        // The keys were read; nothing else of it is used.
        try? FileManager.default.removeItem(at: folder)
        market = MarketSlices(hub: hub, ground: ground)
        identity = try Identity.testing(database, world: fixed)
    }

    var publishing: Publishing { market.publishing }
    var subscriptions: Subscriptions { market.subscriptions }

    func person(_ name: String, role: SiteRole = .user) async throws -> Viewer {
        try await identity.person(name, role: role)
    }

    func organization(_ name: String, of owner: String, members: [String: OrganizationRole]) async throws {
        _ = try await identity.organization(name, of: owner, members: members)
    }

    /// A private asset with a card.
    @discardableResult
    func asset(
        _ name: String = "tiny",
        kind: RepoKind = .model,
        owner: String? = nil,
        readme: String = "---\nlicense: mit\n---\n# Tiny\n",
        of viewer: Viewer
    ) async throws -> RepoID {
        let new = NewRepository(kind: kind, owner: owner, name: name, visibility: .owner)
        let repo = try await hub.repositories.create(new, by: viewer).id
        try await commit(["README.md": readme], to: repo, by: viewer)
        return repo
    }

    @discardableResult
    func commit(_ files: [String: String], to repo: RepoID, by viewer: Viewer) async throws -> GitOID {
        clock.advance(by: .seconds(1))
        var draft = try await hub.files.draft(on: "main", of: repo, by: viewer)
        for (path, text) in files { try await draft.put(path, bytes: Array(text.utf8)) }
        return try await hub.files.commit(draft, title: "change").oid
    }

    static func form(_ change: (inout PublishingForm) -> Void = { _ in }) -> PublishingForm {
        var form = PublishingForm()
        form.description = "A tiny model"
        form.licence = "mit"
        change(&form)
        return form
    }

    /// Sends the form with every agreement accepted.
    @discardableResult
    func send(_ repo: RepoID, _ form: PublishingForm = form(), by viewer: Viewer) async throws -> RepoListing {
        clock.advance(by: .seconds(1))
        return try await publishing.publish(repo, form, accepting: [.publishing, .service], by: viewer).listing
    }

    /// Published and approved.
    func published(
        _ name: String = "tiny",
        kind: RepoKind = .model,
        form: PublishingForm = form(),
        of viewer: Viewer,
        reviewer: Viewer
    ) async throws -> RepoID {
        let repo = try await asset(name, kind: kind, of: viewer)
        if try await send(repo, form, by: viewer) == .inReview {
            _ = try await publishing.decide(repo, approve: true, by: reviewer)
        }
        return repo
    }

    @discardableResult
    func subscribe(_ viewer: Viewer, to repo: RepoID) async throws -> Subscription {
        try await subscriptions.subscribe(
            to: repo,
            accepting: [.data, .service],
            confirmingConstraints: true,
            by: viewer
        )
    }

    /// Whether the viewer may do it, by the policy.
    func may(_ action: RepoAction, _ repo: RepoID, _ viewer: Viewer) async -> Bool {
        (try? await hub.repositories.check(action, on: repo, by: viewer)) != nil
    }

    /// Whether the lists show it to the viewer.
    func isListed(_ repo: RepoID, to viewer: Viewer, kind: RepoKind = .model) async throws -> Bool {
        try await hub.repositories.list(RepoQuery(kind: kind), by: viewer).items.contains { $0.repository.id == repo }
    }

    func listing(_ repo: RepoID) async throws -> RepoListing? {
        try await database.read { try $0.repository(repo)?.listing }
    }
}
