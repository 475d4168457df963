import GalleryDatabase
import GalleryHub
package import GalleryModel
import SearchIndex

/// Keeps what search knows in step with the repositories. Everything here may be repeated.
package struct SearchIndexer: Sendable {
    private static let batch = 200

    let database: any Database
    let files: Files
    let world: World

    /// Tells search anew of a repository, or that it is gone.
    package func reindex(_ repo: RepoID) async throws {
        try await database.write { db in
            try index([repo], db)
        }
    }

    /// The same of all that an account owns.
    package func reindex(owner: AccountID) async throws {
        var last = RepoID("")
        while true {
            let start = last
            let repos = try await database.read { db in
                try db.values(
                    RepoID.self,
                    """
                    SELECT id FROM repositories WHERE owner = \(owner) AND id > \(start) ORDER BY id LIMIT \(Self.batch)
                    """
                )
            }
            guard let end = repos.last else { return }
            try await database.write { db in try index(repos, db) }
            last = end
        }
    }

    /// Tells search that numbers have changed, by which lists are ordered.
    package func recount(_ repos: [RepoID]) async throws {
        try await database.write { db in
            try db.touchAssets(repos, version: db.nextSearchVersion())
        }
    }

    /// Makes the index anew from one repository to the next; returns how many there were.
    package func rebuild(progress: @Sendable (Int) -> Void = { _ in }) async throws -> Int {
        var last = RepoID("")
        var count = 0
        while true {
            let (next, done) = try await rebuild(after: last)
            count += done
            progress(count)
            guard let next else { break }
            last = next
        }
        try await forgetGone()
        return count
    }

    /// One step of it: the last repository of the step, or nil at the end.
    func rebuild(after last: RepoID) async throws -> (next: RepoID?, count: Int) {
        try await database.write { db in
            let repos = try db.values(
                RepoID.self,
                "SELECT id FROM repositories WHERE id > \(last) ORDER BY id LIMIT \(Self.batch)"
            )
            try index(repos, db)
            return (repos.count == Self.batch ? repos.last : nil, repos.count)
        }
    }

    /// Takes out what was deleted while nobody noted it.
    func forgetGone() async throws {
        try await database.write { db in
            let gone = try db.values(
                RepoID.self,
                """
                SELECT s.repo FROM search_assets s
                WHERE s.facets <> '' AND NOT EXISTS (SELECT 1 FROM repositories r WHERE r.id = s.repo)
                """
            )
            try index(gone, db)
        }
    }

    /// Whether there are repositories and none of them is known, as after an update.
    func isMissing() async throws -> Bool {
        try await database.read { db in
            try !db.exists("SELECT 1 FROM search_assets LIMIT 1") && db.exists("SELECT 1 FROM repositories LIMIT 1")
        }
    }

    private func index(_ repos: [RepoID], _ db: any SQLConnection) throws {
        guard !repos.isEmpty else { return }
        let version = try db.nextSearchVersion()
        let sources = try db.searchSources(of: repos)
        for repo in repos {
            guard let source = sources[repo] else {
                try db.forgetAsset(repo, version: version)
                continue
            }
            // What asks for a grant is not to be guessed at by searching it.
            let introduction = source.gating == .off ? try files.readme(of: repo, in: db) : nil
            let number = try db.keepAsset(source, version: version)
            try db.putText(source.text(introduction).document, number: number, in: DiscoveryMigrations.texts)
        }
    }
}
