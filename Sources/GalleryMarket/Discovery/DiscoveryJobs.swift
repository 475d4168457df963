import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryServing
import Logging
import ServiceLifecycle

/// Makes the whole index anew, a step at a time.
struct SearchRebuildJob: Job {
    static let kind = "search.rebuild"

    var after: RepoID
}

extension Discovery {
    func register(in handlers: inout JobHandlers) {
        handlers.on(RepositoryChanged.self) { job in try await indexer.reindex(job.repo) }
        handlers.on(OwnerChanged.self) { job in try await indexer.reindex(owner: job.owner) }
        handlers.on(RepositoriesCounted.self) { job in try await indexer.recount(job.repos) }
        handlers.on(SearchRebuildJob.self) { job in try await rebuild(job) }
    }

    private func rebuild(_ job: SearchRebuildJob) async throws {
        let (next, _) = try await indexer.rebuild(after: job.after)
        guard let next else { return try await indexer.forgetGone() }
        let now = world.now()
        try await database.write { db in try db.enqueue(SearchRebuildJob(after: next), at: now) }
    }
}

/// Sees to it that there is an index, and has the shelf filled before somebody waits for it.
struct DiscoveryUpkeep: Service {
    let discovery: Discovery
    private let logger = Logger(label: "gallery.search")

    init(discovery: Discovery) {
        self.discovery = discovery
    }

    func run() async throws {
        do {
            if try await discovery.indexer.isMissing() {
                let now = discovery.world.now()
                try await discovery.database.write { db in
                    try db.enqueue(SearchRebuildJob(after: RepoID("")), at: now, singleKey: SearchRebuildJob.kind)
                }
            }
            _ = try await discovery.shelf()
        } catch {
            logger.error("the search index cannot be read", metadata: ["error": "\(error)"])
        }
        // A service that ends would end the program.
        try? await gracefulShutdown()
    }
}
