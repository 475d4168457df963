import GalleryDatabase
package import GalleryModel

/// The tags of one sort, as `license` or `language`, most used first.
package struct TagGroup: Sendable, Equatable {
    package var type: String
    package var tags: [String]
}

extension Repositories {
    /// What an account or organisation holds, public or not; for itself, its members and operators.
    package func holdings(
        of owner: String,
        cursor: String? = nil,
        limit: Int = 100,
        by viewer: Viewer
    ) async throws -> RepoPage {
        let account = try viewer.mustBeSignedIn()
        try await database.read { db in
            guard let holder = try db.account(named: owner) else { throw RepositoryError.unknownOwner(owner) }
            let isMember = try db.membership(of: account.id, in: holder.id) != nil
            guard isMember || holder.id == account.id || account.role == .admin else { throw Problem.notYours }
        }
        var query = RepoQuery(kind: nil)
        query.author = owner
        query.sort = .lastModified
        query.cursor = cursor
        query.limit = limit
        return try await list(query, by: viewer)
    }

    /// The tags in use among what everybody may see, by sort; those without a sort count as `other`.
    package func tagsByType(_ kind: RepoKind) async throws -> [TagGroup] {
        let tags = try await database.read { db in
            try db.values(
                String.self,
                """
                SELECT t.tag FROM repository_tags t
                JOIN repositories r ON r.id = t.repo
                WHERE r.kind = \(kind) AND r.visibility = 'everyone' AND r.is_disabled = 0 AND t.ordinal >= 0
                GROUP BY t.tag ORDER BY COUNT(*) DESC, t.tag LIMIT 5000
                """
            )
        }
        let groups = Dictionary(grouping: tags) { tag in
            tag.contains(":") ? String(tag.prefix { $0 != ":" }) : "other"
        }
        return groups.sorted { $0.key < $1.key }.map { TagGroup(type: $0.key, tags: $0.value) }
    }
}
