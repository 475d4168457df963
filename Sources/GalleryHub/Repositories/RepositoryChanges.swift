import Foundation
package import GalleryDatabase
package import GalleryModel

/// Writing repositories.
extension SQLConnection {
    func insertRepository(
        _ id: RepoID,
        _ new: NewRepository,
        owner: AccountID,
        visibility: Visibility,
        by account: AccountID,
        at now: Date
    ) throws {
        let key = new.name.lowercased()
        try execute(
            """
            DELETE FROM repository_former_names
            WHERE owner = \(owner) AND kind = \(new.kind) AND name_key = \(key)
            """
        )
        do {
            try execute(
                """
                INSERT INTO repositories (id, kind, owner, name, name_key, created_by, visibility, gating, title, description,
                    search_key, sdk, created_at, updated_at)
                VALUES (\(id), \(new.kind), \(owner), \(new.name), \(key), \(account), \(visibility), \(Gating.off),
                    \(new.title), \(new.description), \((new.title + " " + new.description).lowercased()),
                    \(new.sdk ?? ""), \(now), \(now))
                """
            )
        } catch DatabaseError.unique {
            throw RepositoryError.exists(new.kind, RepoName(owner: "", name: new.name))
        }
    }

    func rename(_ facts: RepoFacts, to name: String, owner: AccountID, at now: Date) throws {
        let (old, new) = (facts.name.name.lowercased(), name.lowercased())
        try execute(
            """
            DELETE FROM repository_former_names
            WHERE owner = \(owner) AND kind = \(facts.kind) AND name_key = \(new)
            """
        )
        try execute(
            """
            UPDATE repositories SET name = \(name), name_key = \(new), owner = \(owner) WHERE id = \(facts.id)
            """
        )
        guard old != new || owner != facts.owner else { return }
        try execute(
            """
            INSERT INTO repository_former_names (owner, kind, name_key, repo, left_at)
            VALUES (\(facts.owner), \(facts.kind), \(old), \(facts.id), \(now))
            ON CONFLICT (owner, kind, name_key) DO UPDATE SET repo = excluded.repo, left_at = excluded.left_at
            """
        )
    }

    /// Copies every object and reference but pull requests and what is hidden.
    func copyObjects(from source: RepoID, to target: RepoID, at now: Date) throws {
        try execute(
            """
            INSERT INTO git_commits (repo, oid, tree, parent, depth, folders_at, author, committed_at, title, body, stored_at)
            SELECT \(target), oid, tree, parent, depth, folders_at, author, committed_at, title, body, \(now)
            FROM git_commits WHERE repo = \(source)
            """
        )
        try execute(
            """
            INSERT INTO git_trees (repo, oid, base, steps, body, stored_at)
            SELECT \(target), oid, base, steps, body, \(now) FROM git_trees WHERE repo = \(source)
            """
        )
        try execute(
            """
            INSERT INTO git_blobs (repo, oid, size, body, content, lfs_size, is_counted, stored_at)
            SELECT \(target), oid, size, body, content, lfs_size, is_counted, \(now) FROM git_blobs
            WHERE repo = \(source) AND is_counted = 1
            """
        )
        try execute(
            """
            INSERT INTO git_folders (repo, revision, path, form, previous, steps, body)
            SELECT \(target), revision, path, form, previous, steps, body FROM git_folders WHERE repo = \(source)
            """
        )
        try execute(
            """
            INSERT INTO git_refs (repo, name, target, message, created_by, created_at)
            SELECT \(target), name, target, message, created_by, \(now) FROM git_refs
            WHERE repo = \(source) AND name NOT LIKE 'refs/pr/%' AND name NOT LIKE 'refs/gallery/%'
            """
        )
        try execute(
            """
            INSERT INTO content_references (repo, sha256)
            SELECT \(target), sha256 FROM content_references WHERE repo = \(source)
            """
        )
        try execute(
            """
            INSERT INTO repository_cards (repo, source, card, config, safetensors)
            SELECT \(target), source, card, config, safetensors FROM repository_cards WHERE repo = \(source)
            """
        )
        try execute(
            """
            INSERT INTO repository_tags (repo, tag, ordinal)
            SELECT \(target), tag, ordinal FROM repository_tags WHERE repo = \(source)
            """
        )
        try execute(
            """
            UPDATE repositories SET
                used_bytes = (SELECT s.used_bytes FROM repositories s WHERE s.id = \(source)),
                pipeline_tag = (SELECT s.pipeline_tag FROM repositories s WHERE s.id = \(source)),
                library_name = (SELECT s.library_name FROM repositories s WHERE s.id = \(source))
            WHERE id = \(target)
            """
        )
    }

    func deleteRepository(_ id: RepoID) throws {
        try execute("DELETE FROM content_references WHERE repo = \(id)")
        for table in ["git_refs", "git_folders", "git_commits", "git_trees", "git_blobs"] {
            try execute("DELETE FROM \(sql: SQL(stringLiteral: table)) WHERE repo = \(id)")
        }
        try execute("DELETE FROM repositories WHERE id = \(id)")
    }

    /// All but the visibility, which is for `RepositoryLife` to place.
    package func apply(_ settings: RepositorySettings, to id: RepoID) throws {
        if let gating = settings.gating {
            try execute("UPDATE repositories SET gating = \(gating) WHERE id = \(id)")
        }
        if let isDisabled = settings.discussionsDisabled {
            try execute("UPDATE repositories SET discussions_disabled = \(isDisabled) WHERE id = \(id)")
        }
        guard settings.title != nil || settings.description != nil,
            let row = try row("SELECT title, description FROM repositories WHERE id = \(id)")
        else { return }
        let title = try settings.title ?? row.get("title")
        let description = try settings.description ?? row.get("description")
        try execute(
            """
            UPDATE repositories SET title = \(title), description = \(description),
                search_key = \((title + " " + description).lowercased())
            WHERE id = \(id)
            """
        )
    }
}
