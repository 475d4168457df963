import Foundation
import GalleryDatabase
package import GalleryModel

/// What a list of repositories asks for; everything given must hold.
package struct RepoQuery: Sendable, Equatable {
    package enum Sort: String, Sendable, CaseIterable {
        case createdAt, lastModified, downloads, likes, trendingScore, id
    }

    /// Nil for every kind.
    package var kind: RepoKind?
    /// Parts of `OWNER/NAME`, compared without case.
    package var searches: [String] = []
    /// An account's name.
    package var author: String?
    package var tags: [String] = []
    package var pipelineTag: String?
    package var library: String?
    package var isGated: Bool?
    package var sort = Sort.trendingScore
    package var limit = 30
    package var cursor: String?

    package init(kind: RepoKind?) { self.kind = kind }
}

/// Some repositories with what lists show of them.
package struct RepoPage: Sendable, Equatable {
    package var items: [RepoDetails]
    /// Give it back for the next page; nil at the end.
    package var next: String?
}

extension Repositories {
    /// The repositories that fit and that the viewer may see, best first.
    package func list(_ query: RepoQuery, withCards: Bool = false, by viewer: Viewer) async throws -> RepoPage {
        let limit = max(1, min(query.limit, 1000))
        return try await database.read { db in
            guard let conditions = try conditions(of: query, by: viewer, db) else { return RepoPage(items: []) }
            let found = try db.rows(
                Repository.self,
                """
                SELECT \(sql: Repository.columns)
                \(sql: Repository.tables)
                WHERE \(sql: conditions.joined(" AND "))
                ORDER BY \(sql: query.sort.column) \(sql: query.sort.direction), r.id \(sql: query.sort.direction)
                LIMIT \(limit + 1)
                """
            )
            let shown = Array(found.prefix(limit))
            let tags = try db.tags(of: shown.map(\.id))
            let items = try shown.map { repository in
                RepoDetails(
                    repository: repository,
                    tags: tags[repository.id] ?? [],
                    card: withCards ? try db.card(of: repository.id) : nil
                )
            }
            return RepoPage(items: items, next: found.count > limit ? shown.last.map(query.sort.cursor(after:)) : nil)
        }
    }

    /// Nil when nothing can fit.
    private func conditions(
        of query: RepoQuery,
        by viewer: Viewer,
        _ db: any SQLConnection
    ) throws -> [SQL]? {
        var conditions: [SQL] = [VisibleRepositories.condition(for: viewer)]
        if let kind = query.kind { conditions.append("r.kind = \(kind)") }
        if let author = query.author {
            guard let account = try db.account(named: author) else { return nil }
            conditions.append("r.owner = \(account.id)")
        }
        let names = query.searches.prefix(10).filter { !$0.isEmpty }.map(Self.isNamed)
        if !names.isEmpty { conditions.append(try narrowing(to: names, of: query.kind, db)) }
        for tag in query.tags.prefix(50) {
            conditions.append("EXISTS (SELECT 1 FROM repository_tags t WHERE t.repo = r.id AND t.tag = \(tag))")
        }
        if let tag = query.pipelineTag { conditions.append("r.pipeline_tag = \(tag)") }
        if let library = query.library { conditions.append("r.library_name = \(library)") }
        if let isGated = query.isGated {
            conditions.append(isGated ? "r.gating <> 'off'" : "r.gating = 'off'")
        }
        if let cursor = query.cursor { conditions.append(try query.sort.condition(after: cursor)) }
        return conditions
    }

    /// Few names are named one by one: a list in any order finds them by its order only after reading most repositories.
    private func narrowing(to names: [SQL], of kind: RepoKind?, _ db: any SQLConnection) throws -> SQL {
        let named = names.joined(" AND ")
        let kinds: SQL = kind.map { "r.kind = \($0) AND " } ?? ""
        // In the order of the index by name, which then answers alone.
        let few = try db.values(
            RepoID.self,
            """
            SELECT r.id FROM repositories r WHERE \(sql: kinds)\(sql: named)
            ORDER BY r.kind, r.name_key LIMIT \(Self.fewNames)
            """
        )
        if few.isEmpty { return "1 = 0" }
        return few.count < Self.fewNames ? "r.id IN (\(values: few))" : named
    }

    private static let fewNames = 1000

    /// Whether `OWNER/NAME` of `r` contains a text.
    private static func isNamed(_ search: String) -> SQL {
        let parts = search.prefix(200).split(separator: "/", omittingEmptySubsequences: false).map(pattern)
        switch parts.count {
        case 1: return "(r.name_key LIKE \("%\(parts[0])%") ESCAPE '\\' OR \(sql: isOwned("%\(parts[0])%")))"
        case 2: return "(r.name_key LIKE \("\(parts[1])%") ESCAPE '\\' AND \(sql: isOwned("%\(parts[0])")))"
        default: return "1 = 0"
        }
    }

    private static func isOwned(_ pattern: String) -> SQL {
        "r.owner IN (SELECT id FROM accounts WHERE name_key LIKE \(pattern) ESCAPE '\\')"
    }

    private static func pattern(_ text: some StringProtocol) -> String {
        text.lowercased().map { "%_\\".contains($0) ? "\\\($0)" : String($0) }.joined()
    }
}

extension RepoQuery.Sort {
    var column: SQL {
        switch self {
        case .createdAt: "r.created_at"
        case .lastModified: "r.updated_at"
        case .downloads: "r.downloads"
        case .likes: "r.likes"
        case .trendingScore: "r.hotness"
        case .id: "r.id"
        }
    }

    var direction: SQL { "DESC" }

    fileprivate func cursor(after repository: Repository) -> String {
        let key =
            switch self {
            case .createdAt: Int64((repository.createdAt.timeIntervalSince1970 * 1000).rounded())
            case .lastModified: Int64((repository.updatedAt.timeIntervalSince1970 * 1000).rounded())
            case .downloads: Int64(repository.downloads)
            case .likes: Int64(repository.likes)
            case .trendingScore: Int64(bitPattern: repository.hotness.bitPattern)
            case .id: Int64(0)
            }
        return "\(key).\(repository.id)"
    }

    fileprivate func condition(after cursor: String) throws -> SQL {
        let parts = cursor.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, cursor.utf8.count < 200, let key = Int64(parts[0]) else {
            throw RepositoryError.badCursor
        }
        let id = RepoID(String(parts[1]))
        switch self {
        case .id: return "r.id < \(id)"
        case .trendingScore:
            let value = Double(bitPattern: UInt64(bitPattern: key))
            return "(r.hotness < \(value) OR (r.hotness = \(value) AND r.id < \(id)))"
        case .createdAt, .lastModified, .downloads, .likes:
            return "(\(sql: column) < \(key) OR (\(sql: column) = \(key) AND r.id < \(id)))"
        }
    }
}
