package import Foundation
package import GalleryBlobs
package import GalleryDatabase
package import GalleryHub
package import GalleryModel
import GalleryServing

/// What the gallery stores, for administrators: who uses how much, and the collector's and the verifier's work.
package struct StorageKeeper: Sendable {
    let database: any Database
    let blobs: any BlobStore
    let world: World

    package init(database: any Database, blobs: any BlobStore, world: World) {
        self.database = database
        self.blobs = blobs
        self.world = world
    }

    package func report(by viewer: Viewer) async throws -> StorageReport {
        try Administrators.demand(viewer)
        let space = try await blobs.space()
        let now = world.now()
        return try await database.read { db in
            StorageReport(
                asOf: now,
                space: space,
                kinds: try db.storageByKind(),
                owners: try db.storageByOwner(limit: 20),
                repositories: try db.largestRepositories(limit: 20),
                packs: try db.packTallies(),
                runs: try ContentRun.Kind.allCases.map { kind in
                    StorageReport.Runs(
                        kind: kind,
                        isQueued: try db.hasJob(kind.job),
                        latest: try db.contentRuns(kind, limit: 5)
                    )
                }
            )
        }
    }

    /// Has a collection or a verification begun in the background; nothing is added to one that waits or runs.
    package func start(_ kind: ContentRun.Kind, by viewer: Viewer) async throws {
        let account = try Administrators.demand(viewer)
        let now = world.now()
        try await database.write { db in
            guard try !db.hasJob(kind.job) else { throw StorageError.alreadyQueued }
            switch kind {
            case .collection: try db.enqueue(CollectContent(), at: now, singleKey: kind.job)
            case .verification: try db.enqueue(VerifyContent(), at: now, singleKey: kind.job)
            }
            try db.audit("content.\(kind.rawValue)", on: "content", by: account.id, world: world)
        }
    }
}

extension ContentRun.Kind {
    /// The kind of job that does it.
    fileprivate var job: String {
        switch self {
        case .collection: CollectContent.kind
        case .verification: VerifyContent.kind
        }
    }
}

/// What the gallery stores.
package struct StorageReport: Sendable, Equatable {
    package struct Kind: Sendable, Equatable {
        package var kind: RepoKind
        package var count: Int
        package var bytes: Int64
    }

    package struct Owner: Sendable, Equatable {
        package var name: String
        package var count: Int
        package var bytes: Int64
        /// The kinds it has, the largest first.
        package var kinds: [Kind]
    }

    package struct Repository: Sendable, Equatable {
        package var kind: RepoKind
        package var name: RepoName
        package var bytes: Int64
        package var updatedAt: Date
    }

    package struct Packs: Sendable, Equatable {
        package var state: String
        package var count: Int
        package var bytes: Int64
    }

    package struct Runs: Sendable, Equatable {
        package var kind: ContentRun.Kind
        /// Whether one waits or runs already.
        package var isQueued: Bool
        package var latest: [ContentRun]
    }

    package var asOf: Date
    package var space: StorageSpace?
    package var kinds: [Kind]
    package var owners: [Owner]
    package var repositories: [Repository]
    package var packs: [Packs]
    package var runs: [Runs]

    /// The figures of the last collection that ended well: packs, and the bytes in them that files lie in.
    package var lastFigures: ContentRun? {
        runs.first { $0.kind == .collection }?.latest.first { $0.state == .done }
    }
}

/// What can be wrong with work on the storage.
enum StorageError: DomainError, Equatable {
    case alreadyQueued

    var problem: Problem {
        Problem(.conflict, "storage-run-queued", "One waits or runs already. Its result will be shown here.")
    }
}

extension SQLConnection {
    fileprivate func storageByKind() throws -> [StorageReport.Kind] {
        try rows(
            """
            SELECT kind, COUNT(*) AS count, CAST(SUM(used_bytes) AS BIGINT) AS bytes
            FROM repositories GROUP BY kind ORDER BY bytes DESC, kind
            """
        ).map { try StorageReport.Kind(kind: $0.get("kind"), count: $0.get("count"), bytes: $0.get("bytes")) }
    }

    fileprivate func storageByOwner(limit: Int) throws -> [StorageReport.Owner] {
        let found = try rows(
            """
            SELECT accounts.id, accounts.name, COUNT(*) AS count, CAST(SUM(repositories.used_bytes) AS BIGINT) AS bytes
            FROM repositories JOIN accounts ON accounts.id = repositories.owner
            GROUP BY accounts.id, accounts.name ORDER BY bytes DESC, accounts.name LIMIT \(limit)
            """
        )
        return try found.map { row in
            let id: AccountID = try row.get("id")
            let kinds = try rows(
                """
                SELECT kind, COUNT(*) AS count, CAST(SUM(used_bytes) AS BIGINT) AS bytes
                FROM repositories WHERE owner = \(id) GROUP BY kind ORDER BY bytes DESC, kind
                """
            ).map { try StorageReport.Kind(kind: $0.get("kind"), count: $0.get("count"), bytes: $0.get("bytes")) }
            return try StorageReport.Owner(
                name: row.get("name"),
                count: row.get("count"),
                bytes: row.get("bytes"),
                kinds: kinds
            )
        }
    }

    fileprivate func largestRepositories(limit: Int) throws -> [StorageReport.Repository] {
        try rows(
            """
            SELECT repositories.kind, accounts.name AS owner_name, repositories.name, repositories.used_bytes,
                repositories.updated_at
            FROM repositories JOIN accounts ON accounts.id = repositories.owner
            WHERE repositories.used_bytes > 0
            ORDER BY repositories.used_bytes DESC, repositories.id LIMIT \(limit)
            """
        ).map { row in
            try StorageReport.Repository(
                kind: row.get("kind"),
                name: RepoName(owner: row.get("owner_name"), name: row.get("name")),
                bytes: row.get("used_bytes"),
                updatedAt: row.get("updated_at")
            )
        }
    }

    fileprivate func packTallies() throws -> [StorageReport.Packs] {
        try rows(
            """
            SELECT state, COUNT(*) AS count, CAST(SUM(size) AS BIGINT) AS bytes
            FROM packs GROUP BY state ORDER BY state
            """
        ).map { try StorageReport.Packs(state: $0.get("state"), count: $0.get("count"), bytes: $0.get("bytes")) }
    }
}
