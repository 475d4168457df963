import Foundation
import GalleryDatabase
import GalleryHub
package import GalleryModel
import GalleryServing

/// The cover pictures of assets, drawn anew from what people send.
package struct Covers: Sendable {
    /// The shape of covers in lists and at the top of pages.
    package enum Size: String, Sendable, CaseIterable {
        case small, large

        var picture: PictureSize {
            switch self {
            case .small: PictureSize(320, 168)
            case .large: PictureSize(960, 504)
            }
        }
    }

    let database: any Database
    let world: World
    let life: RepositoryLife

    /// Sets or replaces the cover.
    package func replace(of repo: RepoID, with bytes: [UInt8], by viewer: Viewer) async throws -> String {
        // Rights come before the work.
        try await database.read { db in
            try AccessPolicy.demand(.administer, on: db.facts(of: repo, for: viewer), by: viewer)
            try life.mayChange(repo, db)
        }
        let drawn = try await PictureWorkshop.webp(of: bytes, sizes: Size.allCases.map(\.picture))
        guard drawn.count == Size.allCases.count else { throw PictureError.unreadable }
        let name = String(SHA256Digest.of(drawn.joined()).hex.prefix(32))
        try await database.write { db in
            try AccessPolicy.demand(.administer, on: db.facts(of: repo, for: viewer), by: viewer)
            try life.mayChange(repo, db)
            try db.execute(
                """
                INSERT INTO asset_covers (repo, name, small, large, created_at)
                VALUES (\(repo), \(name), \(drawn[0]), \(drawn[1]), \(world.now()))
                ON CONFLICT (repo) DO UPDATE SET name = excluded.name, small = excluded.small, large = excluded.large,
                    created_at = excluded.created_at
                """
            )
        }
        return name
    }

    package func remove(of repo: RepoID, by viewer: Viewer) async throws {
        try await database.write { db in
            try AccessPolicy.demand(.administer, on: db.facts(of: repo, for: viewer), by: viewer)
            try life.mayChange(repo, db)
            try db.execute("DELETE FROM asset_covers WHERE repo = \(repo)")
        }
    }

    /// The name of an asset's cover, which changes with the picture; nil where there is none.
    package func name(of repo: RepoID) async throws -> String? {
        try await database.read { try $0.value(String.self, "SELECT name FROM asset_covers WHERE repo = \(repo)") }
    }

    /// The picture, for those who may see the asset.
    package func picture(of repo: RepoID, _ size: Size, by viewer: Viewer) async throws -> [UInt8]? {
        try await database.read { db in
            try AccessPolicy.demand(.see, on: db.facts(of: repo, for: viewer), by: viewer)
            let column: SQL = size == .small ? "small" : "large"
            return try db.value(
                [UInt8].self,
                "SELECT \(sql: column) FROM asset_covers WHERE repo = \(repo)"
            )
        }
    }

    /// Where a cover is shown.
    package static func path(_ repo: RepoID, _ name: String, _ size: Size) -> String {
        "/covers/\(PercentEncoding.encode(repo.rawValue))/\(size.rawValue).webp?v=\(name)"
    }
}
