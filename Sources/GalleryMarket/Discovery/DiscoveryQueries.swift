import Foundation
import GalleryDatabase
import GalleryHub
import GalleryModel
import SearchIndex

/// What the index is made of, and keeping it.
extension SQLConnection {
    /// Higher than any given so far; only one transaction at a time may get it.
    func nextSearchVersion() throws -> Int64 {
        (try value(Int64.self, "SELECT version FROM search_assets ORDER BY version DESC, number DESC LIMIT 1") ?? 0) + 1
    }

    func searchSources(of repos: [RepoID]) throws -> [RepoID: SearchSource] {
        var tags: [RepoID: [String]] = [:]
        for row in try rows(
            "SELECT repo, tag FROM repository_tags WHERE repo IN (\(values: repos)) ORDER BY repo, ordinal, tag"
        ) {
            tags[try row.get("repo"), default: []].append(try row.get("tag"))
        }
        var sources: [RepoID: SearchSource] = [:]
        for row in try rows(
            """
            SELECT r.id, r.kind, r.name, r.title, r.description, r.gating, r.pipeline_tag, r.library_name,
                r.is_official, r.is_featured, r.is_commercial, a.name AS owner_name, a.nickname, c.card, c.safetensors
            FROM repositories r
            JOIN accounts a ON a.id = r.owner
            LEFT JOIN repository_cards c ON c.repo = r.id
            WHERE r.id IN (\(values: repos))
            """
        ) {
            let repo: RepoID = try row.get("id")
            sources[repo] = try SearchSource(row: row, tags: tags[repo] ?? [])
        }
        return sources
    }

    /// Returns the asset's number, which is its own for good.
    func keepAsset(_ source: SearchSource, version: Int64) throws -> Int {
        if let number = try value(Int.self, "SELECT number FROM search_assets WHERE repo = \(source.repo)") {
            try execute(
                """
                UPDATE search_assets
                SET version = \(version), facets = \(source.facets.text), parameters = \(source.parameters)
                WHERE number = \(number)
                """
            )
            return number
        }
        let number = (try value(Int.self, "SELECT MAX(number) FROM search_assets") ?? 0) + 1
        try execute(
            """
            INSERT INTO search_assets (number, repo, version, facets, parameters)
            VALUES (\(number), \(source.repo), \(version), \(source.facets.text), \(source.parameters))
            """
        )
        return number
    }

    /// The row stays, so that its number is not used again and every node hears of it.
    func forgetAsset(_ repo: RepoID, version: Int64) throws {
        guard let number = try value(Int.self, "SELECT number FROM search_assets WHERE repo = \(repo)") else { return }
        try removeText(number, from: DiscoveryMigrations.texts)
        try execute("UPDATE search_assets SET version = \(version), facets = '' WHERE number = \(number)")
    }

    func touchAssets(_ repos: [RepoID], version: Int64) throws {
        try execute("UPDATE search_assets SET version = \(version) WHERE repo IN (\(values: repos))")
    }
}

/// Asking it.
extension SQLConnection {
    /// What has changed since a version, in order; some of it where it is much.
    func shelfChanges(after mark: ShelfMark, limit: Int) throws -> [ShelfChange] {
        try rows(
            ShelfChange.self,
            """
            SELECT s.number, s.version, s.facets, r.listing, r.visibility, r.is_disabled, r.hotness, r.created_at, r.updated_at,
                r.downloads, r.likes, r.subscriptions
            FROM search_assets s
            LEFT JOIN repositories r ON r.id = s.repo
            WHERE (s.version, s.number) > (\(mark.version), \(mark.number))
            ORDER BY s.version, s.number LIMIT \(limit)
            """
        )
    }

    /// What not everybody may find, but the viewer may; of one owner, also what is not published.
    func unlistedNumbers(for viewer: Viewer, of owner: AccountID? = nil) throws -> NumberSet {
        guard viewer.account != nil else { return NumberSet() }
        let condition: SQL =
            if let owner { "r.owner = \(owner)" } else { "r.visibility <> 'everyone' AND r.listing = 'published'" }
        let numbers = try values(
            Int.self,
            """
            SELECT s.number FROM repositories r
            JOIN search_assets s ON s.repo = r.id
            WHERE \(sql: condition) AND \(sql: VisibleRepositories.condition(for: viewer))
            """
        )
        return NumberSet(numbers)
    }

    /// The numbers whose texts fit, in the first columns up to this width.
    func matches(of wish: SearchWish, width: Int) throws -> NumberSet {
        let query = TextQuery(
            terms: wish.terms.map { term in
                term.map { TextQuery.Phrase(tokens: $0.tokens, endsOpen: $0.endsOpen, isOrdered: $0.isOrdered) }
            }
        )
        return NumberSet(joined: try textMatches(query, in: DiscoveryMigrations.texts, width: width))
    }

    /// Those with exactly this name, or full name.
    func numbers(named text: String) throws -> [Int] {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        var condition: SQL = "r.name_key = \(String(parts.last ?? ""))"
        if parts.count == 2 {
            condition += " AND r.owner = (SELECT id FROM accounts WHERE name_key = \(String(parts[0])))"
        } else if parts.count > 2 {
            return []
        }
        return try values(
            Int.self,
            """
            SELECT s.number FROM repositories r
            JOIN search_assets s ON s.repo = r.id
            WHERE r.kind IN (\(values: RepoKind.allCases)) AND \(sql: condition)
            """
        )
    }

    /// The assets of these numbers that the viewer may find, by number; with `unpublished` whatever the viewer may see.
    func assets(_ numbers: [Int], unpublished: Bool = false, for viewer: Viewer) throws -> [Int: AssetCard] {
        guard !numbers.isEmpty else { return [:] }
        let condition: SQL = unpublished ? "" : " AND r.listing = 'published'"
        return try rows(
            AssetCard.self,
            """
            SELECT \(sql: AssetCard.columns)
            \(sql: AssetCard.tables)
            WHERE s.number IN (\(values: numbers))\(sql: condition)
                AND \(sql: VisibleRepositories.condition(for: viewer))
            """
        ).reduce(into: [:]) { $0[$1.number] = $1 }
    }
}

extension SQLConnection {
    /// What an account owns itself, the latest changes first.
    func latestAssets(of owner: AccountID, limit: Int) throws -> [AssetCard] {
        try rows(
            AssetCard.self,
            """
            SELECT \(sql: AssetCard.columns)
            \(sql: AssetCard.tables)
            WHERE r.owner = \(owner) ORDER BY r.updated_at DESC, r.id DESC LIMIT \(limit)
            """
        )
    }
}

/// Up to where a shelf has read.
struct ShelfMark: Sendable, Equatable {
    var version: Int64 = 0
    var number = 0
}

/// A changed asset, as the shelf takes it.
struct ShelfChange: Record {
    let mark: ShelfMark
    /// Nil for one that is gone.
    let entry: ShelfEntry?

    init(row: Row) throws {
        let number: Int = try row.get("number")
        mark = ShelfMark(version: try row.get("version"), number: number)
        guard let visibility = try row.optional("visibility", as: Visibility.self) else {
            entry = nil
            return
        }
        var ranks = ShelfRanks()
        ranks.hotness = try row.get("hotness")
        ranks.created = Double(try row.get("created_at", as: Int64.self))
        ranks.updated = Double(try row.get("updated_at", as: Int64.self))
        ranks.downloads = Double(try row.get("downloads", as: Int.self))
        ranks.favourites = Double(try row.get("likes", as: Int.self))
        ranks.subscriptions = Double(try row.get("subscriptions", as: Int.self))
        entry = ShelfEntry(
            number: number,
            isListed: try visibility == .everyone && row.get("listing") == RepoListing.published
                && !row.get("is_disabled", as: Bool.self),
            values: AssetFacets(text: try row.get("facets")).values,
            ranks: ranks
        )
    }
}
