import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryServing
import GalleryTesting

@testable import GalleryMarket

/// A hub with its discovery, whose jobs are done when asked.
struct TestDiscovery: Sendable {
    let hub: TestFiles
    let discovery: Discovery
    private let worker: JobWorker

    init(_ database: any Database) throws {
        let files = try TestFiles(database, observers: HubObservers.all(world: .fixed()))
        hub = files
        let discovery = Discovery(database: database, files: files.files, world: files.world)
        self.discovery = discovery
        var handlers = JobHandlers()
        discovery.register(in: &handlers)
        worker = JobWorker(database: database, world: files.world, handlers: handlers)
    }

    /// Does what waits to be done.
    func settle() async throws {
        hub.clock.advance(by: .seconds(5))
        try await worker.drain()
    }

    /// A repository with its card, known to search.
    @discardableResult
    func asset(
        _ name: String,
        _ kind: RepoKind = .model,
        title: String = "",
        description: String = "",
        card: String = "",
        readme: String = "",
        visibility: Visibility = .everyone,
        of viewer: Viewer
    ) async throws -> RepoID {
        let request = NewRepository(
            kind: kind,
            name: name,
            visibility: visibility,
            title: title,
            description: description
        )
        let repo = try await hub.repositories.create(request, by: viewer).id
        try await hub.commit(["README.md": "---\n\(card)\n---\n\(readme)\n"], of: repo, by: viewer)
        return repo
    }

    func mark(_ repo: RepoID, _ change: SQL) async throws {
        try await hub.database.write { db in
            try db.execute("UPDATE repositories SET \(sql: change) WHERE id = \(repo)")
            try db.noteChange(of: repo)
        }
    }

    func list(by viewer: Viewer = .visitor, _ change: (inout AssetQuery) -> Void = { _ in }) async throws -> AssetList {
        var query = AssetQuery()
        change(&query)
        return try await discovery.list(query, by: viewer)
    }

    /// The names found for a text, in order.
    func found(_ text: String, by viewer: Viewer = .visitor) async throws -> [String] {
        try await list(by: viewer) { $0.text = text }.assets.map(\.name.name)
    }
}
