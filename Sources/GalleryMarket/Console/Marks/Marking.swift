package import GalleryDatabase
package import GalleryHub
package import GalleryModel

/// An asset as those see it who set marks.
package struct MarkedAsset: Record, Equatable {
    package let repo: RepoID
    package let kind: RepoKind
    package let name: RepoName
    package let title: String
    package let listing: RepoListing
    package let marks: [Mark]

    package init(row: Row) throws {
        repo = try row.get("id")
        kind = try row.get("kind")
        name = try RepoName(owner: row.get("owner_name"), name: row.get("name"))
        title = try row.get("title")
        listing = try row.get("listing")
        marks = try Mark.allCases.filter { try row.get($0.column, as: Bool.self) }
    }
}

/// What operators say of assets: official, featured, commercial.
package struct Marking: Sendable {
    let database: any Database
    let publishing: Publishing

    /// Assets whose name or title holds the text, or all that bear a mark; by id, from the one after `cursor`.
    package func assets(
        containing text: String = "",
        mark: Mark? = nil,
        after cursor: String = "",
        limit: Int = 50,
        by viewer: Viewer
    ) async throws -> (assets: [MarkedAsset], next: String?) {
        try Administrators.demand(viewer)
        let limit = max(1, min(limit, 200))
        let found = try await database.read { db in
            try db.markedAssets(containing: text, mark, after: cursor, limit: limit + 1)
        }
        let shown = Array(found.prefix(limit))
        return (shown, found.count > limit ? shown.last?.repo.rawValue : nil)
    }

    /// Sets or takes a mark. Commercial is what has plans.
    package func set(_ mark: Mark, _ isOn: Bool, of repo: RepoID, by viewer: Viewer) async throws {
        try Administrators.demand(viewer)
        switch mark {
        case .official: _ = try await publishing.mark(repo, isOfficial: isOn, by: viewer)
        case .featured: _ = try await publishing.mark(repo, isFeatured: isOn, by: viewer)
        case .commercial:
            throw Problem.invalid("mark-follows-plans", "An asset is commercial as long as it has plans: set those.")
        }
    }
}

extension SQLConnection {
    fileprivate func markedAssets(
        containing text: String,
        _ mark: Mark?,
        after id: String,
        limit: Int
    ) throws -> [MarkedAsset] {
        var conditions: [SQL] = ["r.id > \(id)"]
        if let mark { conditions.append("r.\(sql: SQL(stringLiteral: mark.column)) = 1") }
        let text = text.lowercased().prefix(200)
        if text.isEmpty {
            conditions.append("(r.is_official = 1 OR r.is_featured = 1 OR r.is_commercial = 1)")
        } else {
            let parts = text.split(separator: "/", maxSplits: 1)
            let pattern = "%\((parts.last ?? "").replacing(/[\\%_]/) { "\\\($0.output)" })%"
            // One word may be the owner's name.
            let owners: SQL = parts.count == 2 ? "" : " OR a.name_key LIKE \(pattern) ESCAPE '\\'"
            if parts.count == 2 { conditions.append("a.name_key = \(String(parts[0]))") }
            conditions.append(
                "(r.name_key LIKE \(pattern) ESCAPE '\\' OR r.search_key LIKE \(pattern) ESCAPE '\\'\(sql: owners))"
            )
        }
        return try rows(
            MarkedAsset.self,
            """
            SELECT r.id, r.kind, r.name, r.title, r.listing, r.is_official, r.is_featured, r.is_commercial,
                a.name AS owner_name
            FROM repositories r JOIN accounts a ON a.id = r.owner
            WHERE \(sql: conditions.joined(" AND ")) ORDER BY r.id LIMIT \(limit)
            """
        )
    }
}
