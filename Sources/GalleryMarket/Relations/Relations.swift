package import Foundation
package import GalleryDatabase
package import GalleryHub
package import GalleryModel

/// An asset related to another one, seen from there.
package struct RelatedAsset: Record, Equatable {
    package let repo: RepoID
    package let kind: RepoKind
    package let name: RepoName
    package let title: String
    package let description: String
    package let updatedAt: Date
    package let downloads: Int

    package init(row: Row) throws {
        repo = try row.get("id")
        kind = try row.get("kind")
        name = try RepoName(owner: row.get("owner_name"), name: row.get("name"))
        title = try row.get("title")
        description = try row.get("description")
        updatedAt = try row.get("updated_at")
        downloads = try row.get("downloads")
    }

    static let columns: SQL =
        "r.id, r.kind, a.name AS owner_name, r.name, r.title, r.description, r.updated_at, r.downloads"
}

/// Assets that belong together, as an algorithm and its dataset; seen from both.
package struct Relations: Sendable {
    static let most = 100

    let database: any Database
    let world: World
    let life: RepositoryLife

    package init(database: any Database, world: World, life: RepositoryLife) {
        self.database = database
        self.world = world
        self.life = life
    }

    /// What is related to an asset and the viewer may see, the latest first.
    package func list(of repo: RepoID, kind: RepoKind? = nil, by viewer: Viewer) async throws -> [RelatedAsset] {
        try await database.read { db in
            try AccessPolicy.demand(.see, on: db.facts(of: repo, for: viewer), by: viewer)
            let ofKind: SQL = if let kind { "AND r.kind = \(kind)" } else { "" }
            return try db.rows(
                RelatedAsset.self,
                """
                SELECT \(sql: RelatedAsset.columns)
                FROM asset_relations l
                JOIN repositories r ON r.id = CASE WHEN l.one = \(repo) THEN l.other ELSE l.one END
                JOIN accounts a ON a.id = r.owner
                WHERE (l.one = \(repo) OR l.other = \(repo)) \(sql: ofKind)
                    AND \(sql: VisibleRepositories.condition(for: viewer))
                ORDER BY l.created_at DESC, r.id LIMIT \(Self.most * 2)
                """
            )
        }
    }

    /// The asset that an id, a full name or an address means; `kind` helps where only a name is given.
    package func find(_ text: String, kind: RepoKind? = nil, by viewer: Viewer) async throws -> RelatedAsset {
        try await database.read { db in try db.relatedAsset(locate(text, kind: kind, by: viewer, db)) }
    }

    /// Relates another asset, which the viewer may see, to one that they look after.
    package func relate(
        _ repo: RepoID,
        to text: String,
        kind: RepoKind? = nil,
        by viewer: Viewer
    ) async throws -> RelatedAsset {
        let now = world.now()
        return try await database.write { db in
            try AccessPolicy.demand(.administer, on: db.facts(of: repo, for: viewer), by: viewer)
            try life.mayChange(repo, db)
            let other = try locate(text, kind: kind, by: viewer, db)
            guard other != repo else { throw RelationError.itself }
            let pair = [repo, other].sorted { $0.rawValue < $1.rawValue }
            let count =
                try db.value(Int.self, "SELECT COUNT(*) FROM asset_relations WHERE one = \(repo) OR other = \(repo)")
                ?? 0
            guard count < Self.most else { throw RelationError.tooMany }
            let added = try db.execute(
                """
                INSERT INTO asset_relations (one, other, created_by, created_at)
                VALUES (\(pair[0]), \(pair[1]), \(viewer.account?.id), \(now)) ON CONFLICT (one, other) DO NOTHING
                """
            )
            guard added == 1 else { throw RelationError.exists }
            try audit("asset.relate", repo, other, by: viewer, db)
            return try db.relatedAsset(other)
        }
    }

    /// Ends a relation; whoever looks after either asset may.
    package func unrelate(_ repo: RepoID, from other: RepoID, by viewer: Viewer) async throws {
        try await database.write { db in
            let facts = try db.facts(of: repo, for: viewer)
            try AccessPolicy.demand(.see, on: facts, by: viewer)
            if try !looksAfter(other, viewer, db) { try AccessPolicy.demand(.administer, on: facts, by: viewer) }
            let pair = [repo, other].sorted { $0.rawValue < $1.rawValue }
            let removed = try db.execute("DELETE FROM asset_relations WHERE one = \(pair[0]) AND other = \(pair[1])")
            guard removed == 1 else { throw RelationError.unknown }
            try audit("asset.unrelate", repo, other, by: viewer, db)
        }
    }

    private func looksAfter(_ repo: RepoID, _ viewer: Viewer, _ db: any SQLConnection) throws -> Bool {
        guard try db.repository(repo) != nil else { return false }
        return AccessPolicy.refusal(of: .administer, on: try db.facts(of: repo, for: viewer), to: viewer) == nil
    }

    private func audit(
        _ action: String,
        _ repo: RepoID,
        _ other: RepoID,
        by viewer: Viewer,
        _ db: any SQLConnection
    ) throws {
        let detail = ["other": other.rawValue]
        try db.audit(action, on: repo.rawValue, by: viewer.account?.id, detail: detail, world: world)
    }

    /// Throws the same for what does not exist and for what the viewer may not see.
    private func locate(
        _ text: String,
        kind: RepoKind?,
        by viewer: Viewer,
        _ db: any SQLConnection
    ) throws -> RepoID {
        guard text.utf8.count <= 500 else { throw RelationError.notFound(text) }
        for repo in try candidates(text.trimmed, kind: kind, db) {
            let facts = try db.facts(of: repo, for: viewer)
            if AccessPolicy.refusal(of: .see, on: facts, to: viewer) == nil { return repo }
        }
        throw RelationError.notFound(text)
    }

    private func candidates(_ text: String, kind: RepoKind?, _ db: any SQLConnection) throws -> [RepoID] {
        var parts = text.split(separator: "/").map(String.init)
        // An address is as good as a name.
        if let scheme = parts.first, scheme.hasSuffix(":") { parts = Array(parts.dropFirst(2)) }
        if parts.count == 1 {
            let id = RepoID(parts[0])
            return try db.exists("SELECT 1 FROM repositories WHERE id = \(id)") ? [id] : []
        }
        var kinds = kind.map { [$0] } ?? RepoKind.allCases
        if parts.count > 2, let named = RepoKind(plural: parts[0]) {
            kinds = [named]
            parts.removeFirst()
        }
        guard parts.count >= 2 else { return [] }
        let name = RepoName(owner: parts[0], name: parts[1])
        return try kinds.compactMap { try db.repo(kind: $0, name: name)?.id }
    }
}

extension SQLConnection {
    fileprivate func relatedAsset(_ repo: RepoID) throws -> RelatedAsset {
        guard
            let asset = try row(
                RelatedAsset.self,
                """
                SELECT \(sql: RelatedAsset.columns)
                FROM repositories r JOIN accounts a ON a.id = r.owner WHERE r.id = \(repo)
                """
            )
        else { throw RelationError.notFound(repo.rawValue) }
        return asset
    }
}
