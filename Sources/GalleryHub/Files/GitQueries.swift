import Foundation
import GalleryDatabase
import GalleryModel
import GitObjects

/// Objects and references of one repository.
extension SQLConnection {
    func commit(_ oid: GitOID, of repo: RepoID) throws -> CommitRow? {
        try row(
            CommitRow.self,
            "SELECT \(sql: CommitRow.columns) FROM git_commits WHERE repo = \(repo) AND oid = \(oid)"
        )
    }

    /// Up to two commits whose id starts so; `low` and `high` bound the prefix.
    func commits(between low: GitOID, and high: GitOID, of repo: RepoID) throws -> [GitOID] {
        try values(
            GitOID.self,
            """
            SELECT oid FROM git_commits
            WHERE repo = \(repo) AND oid >= \(low) AND oid <= \(high) ORDER BY oid LIMIT 2
            """
        )
    }

    /// A commit and those before it along first parents.
    func history(from oid: GitOID, limit: Int, of repo: RepoID) throws -> [CommitRow] {
        try rows(
            CommitRow.self,
            """
            WITH RECURSIVE line (oid, tree, parent, depth, folders_at, author, committed_at, title, body, n) AS (
                SELECT oid, tree, parent, depth, folders_at, author, committed_at, title, body, 1
                FROM git_commits WHERE repo = \(repo) AND oid = \(oid)
                UNION ALL
                SELECT c.oid, c.tree, c.parent, c.depth, c.folders_at, c.author, c.committed_at, c.title, c.body, line.n + 1
                FROM line JOIN git_commits c ON c.repo = \(repo) AND c.oid = line.parent
                WHERE line.n < \(limit)
            )
            SELECT \(sql: CommitRow.columns) FROM line ORDER BY n
            """
        )
    }

    func insert(_ commit: CommitRow, into repo: RepoID, at now: Date) throws {
        try execute(
            """
            INSERT INTO git_commits (repo, oid, tree, parent, depth, folders_at, author, committed_at, title, body, stored_at)
            VALUES (\(repo), \(commit.oid), \(commit.tree), \(commit.parent), \(commit.depth), \(commit.foldersAt),
                \(commit.author), \(commit.committedAt), \(commit.title), \(commit.body), \(now))
            ON CONFLICT (repo, oid) DO UPDATE SET stored_at = excluded.stored_at
            """
        )
    }

    func insertTree(
        _ oid: GitOID,
        base: GitOID?,
        steps: Int,
        body: [UInt8],
        into repo: RepoID,
        at now: Date
    ) throws {
        try execute(
            """
            INSERT INTO git_trees (repo, oid, base, steps, body, stored_at)
            VALUES (\(repo), \(oid), \(base), \(steps), \(body), \(now))
            ON CONFLICT (repo, oid) DO UPDATE SET stored_at = excluded.stored_at
            """
        )
    }

    func insert(_ blobs: some Collection<NewBlob>, into repo: RepoID, at now: Date) throws {
        // Each once, since a statement may not touch a row twice; in one order, so that two writers do not wait for each other.
        let unique = Dictionary(blobs.map { ($0.facts.oid, $0) }, uniquingKeysWith: { first, _ in first }).values
        for slice in unique.sorted(by: { $0.facts.oid < $1.facts.oid }).slices(of: 100) {
            let values = slice.map { blob in
                """
                (\(repo), \(blob.facts.oid), \(blob.facts.size), \(blob.body), \(blob.facts.content), \(blob.facts.lfsSize),
                    0, \(now))
                """ as SQL
            }
            try execute(
                """
                INSERT INTO git_blobs (repo, oid, size, body, content, lfs_size, is_counted, stored_at)
                VALUES \(sql: values.joined(", "))
                ON CONFLICT (repo, oid) DO UPDATE SET stored_at = excluded.stored_at,
                    content = CASE WHEN excluded.lfs_size IS NULL THEN git_blobs.content ELSE excluded.content END,
                    lfs_size = COALESCE(excluded.lfs_size, git_blobs.lfs_size)
                """
            )
        }
    }

    func blobs(_ oids: some Collection<GitOID>, of repo: RepoID) throws -> [BlobFacts] {
        try Array(oids).slices(of: 500).flatMap { slice in
            try rows(
                BlobFacts.self,
                """
                SELECT oid, size, content, lfs_size FROM git_blobs
                WHERE repo = \(repo) AND oid IN (\(values: slice))
                """
            )
        }
    }

    /// The bytes of a blob that lie in the database.
    func blobBody(_ oid: GitOID, of repo: RepoID) throws -> [UInt8]? {
        guard let row = try row("SELECT body FROM git_blobs WHERE repo = \(repo) AND oid = \(oid)") else { return nil }
        return try row.optional("body")
    }

    /// Takes blobs into the account of the repository; returns those that were not in it.
    func count(_ oids: some Collection<GitOID>, of repo: RepoID) throws -> [BlobFacts] {
        try oids.sorted().slices(of: 500).flatMap { slice in
            try rows(
                BlobFacts.self,
                """
                UPDATE git_blobs SET is_counted = 1
                WHERE repo = \(repo) AND oid IN (\(values: slice)) AND is_counted = 0
                RETURNING oid, size, content, lfs_size
                """
            )
        }
    }

    func reference(_ name: String, of repo: RepoID) throws -> Reference? {
        try row(
            Reference.self,
            """
            SELECT name, target, message, created_by, created_at FROM git_refs
            WHERE repo = \(repo) AND name = \(name)
            """
        )
    }

    func references(of repo: RepoID) throws -> [Reference] {
        try rows(
            Reference.self,
            """
            SELECT name, target, message, created_by, created_at FROM git_refs
            WHERE repo = \(repo) ORDER BY name
            """
        )
    }

    func insertReference(
        _ name: String,
        to target: GitOID,
        message: String = "",
        by account: AccountID?,
        of repo: RepoID,
        at now: Date
    ) throws {
        try execute(
            """
            INSERT INTO git_refs (repo, name, target, message, created_by, created_at)
            VALUES (\(repo), \(name), \(target), \(message), \(account), \(now))
            """
        )
    }

    /// False when the reference points elsewhere by now.
    func move(_ name: String, from old: GitOID, to new: GitOID, of repo: RepoID) throws -> Bool {
        try execute(
            "UPDATE git_refs SET target = \(new) WHERE repo = \(repo) AND name = \(name) AND target = \(old)"
        ) == 1
    }

    func deleteReference(_ name: String, of repo: RepoID) throws -> Bool {
        try execute("DELETE FROM git_refs WHERE repo = \(repo) AND name = \(name)") == 1
    }
}
