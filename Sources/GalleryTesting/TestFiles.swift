import GalleryBlobs
package import GalleryDatabase
package import GalleryHub
package import GalleryModel
import GitObjects

/// Accounts, contents, repositories and their files on a test's database.
package struct TestFiles: Sendable {
    package let clock = TestClock()
    package let world: World
    package let database: any Database
    package let identity: Identity
    package let content: Content
    package let files: Files
    package let repositories: Repositories

    package init(
        _ database: any Database,
        limits: RepositoryLimits = RepositoryLimits(),
        observers: [ReferenceObserver] = []
    ) throws {
        let clock = clock
        self.database = database
        world = World.fixed(clock)
        identity = try Identity.testing(database, world: world)
        content = Content(database: database, blobs: MemoryBlobStore(now: { clock.now }), world: world)
        files = Files(database: database, content: content, world: world, limits: limits, observers: observers)
        repositories = Repositories(database: database, files: files, world: world)
    }

    /// A counter as a node has it; a volatile database of its own unless one is given.
    package func counter(_ volatile: (any Database)? = nil) async throws -> EventCounter {
        let kept = if let volatile { volatile } else { try await Self.volatile() }
        return EventCounter(database: database, volatile: kept, secret: [1, 2, 3], world: world)
    }

    /// An empty volatile database.
    package static func volatile() async throws -> any Database {
        let volatile = try SQLiteDatabase()
        try await Migrator(HubMigrations.volatile).migrate(volatile, at: TestClock.start)
        return volatile
    }

    /// A repository of the viewer's own.
    @discardableResult
    package func repository(
        _ name: String,
        kind: RepoKind = .model,
        visibility: Visibility? = nil,
        of viewer: Viewer
    ) async throws -> Repository {
        try await repositories.create(NewRepository(kind: kind, name: name, visibility: visibility), by: viewer)
    }

    /// Commits texts by path; nil deletes.
    @discardableResult
    package func commit(
        _ changes: KeyValuePairs<String, String?>,
        to branch: String = "main",
        of repo: RepoID,
        title: String = "change",
        parent: String? = nil,
        by viewer: Viewer
    ) async throws -> CommitOutcome {
        clock.advance(by: .seconds(1))
        var draft = try await files.draft(on: branch, of: repo, by: viewer, parent: parent)
        for (path, text) in changes {
            if let text { try await draft.put(path, bytes: Array(text.utf8)) } else { try draft.delete(path) }
        }
        return try await files.commit(draft, title: title)
    }

    /// The paths of a version, folders left out.
    package func paths(_ revision: String = "main", of repo: RepoID, by viewer: Viewer) async throws -> [String] {
        try await files.tree(revision: revision, of: repo, recursive: true, limit: .max, by: viewer)
            .entries.filter { !$0.isFolder }.map(\.path.text)
    }

    /// A file's text.
    package func text(
        _ path: String,
        at revision: String = "main",
        of repo: RepoID,
        by viewer: Viewer
    ) async throws -> String? {
        try await files.text(at: path, revision: revision, of: repo, by: viewer)
    }
}
