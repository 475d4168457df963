import GalleryDatabase
import GalleryModel

extension SQLConnection {
    func version(_ number: String, of repo: RepoID) throws -> AssetVersion? {
        try row(
            AssetVersion.self,
            "SELECT \(sql: AssetVersion.columns) FROM asset_versions WHERE repo = \(repo) AND number = \(number)"
        )
    }

    /// The highest first.
    func versions(of repo: RepoID) throws -> [AssetVersion] {
        try rows(
            AssetVersion.self,
            """
            SELECT \(sql: AssetVersion.columns) FROM asset_versions WHERE repo = \(repo)
            ORDER BY major DESC, minor DESC, patch DESC
            """
        )
    }

    /// The highest that is offered.
    func latestVersion(of repo: RepoID) throws -> AssetVersion? {
        try row(
            AssetVersion.self,
            """
            SELECT \(sql: AssetVersion.columns) FROM asset_versions WHERE repo = \(repo) AND state = 'available'
            ORDER BY major DESC, minor DESC, patch DESC LIMIT 1
            """
        )
    }

    func save(_ version: AssetVersion) throws {
        guard let number = VersionNumber(version.number) else { throw VersionError.badNumber(version.number) }
        try execute(
            """
            INSERT INTO asset_versions (repo, number, major, minor, patch, commit_id, notes, constraints, state, reason,
                created_by, created_at, sent_revision)
            VALUES (\(version.repo), \(version.number), \(number.parts[0]), \(number.parts[1]), \(number.parts[2]),
                \(version.commit), \(version.notes), \(version.constraints), \(version.state), \(version.reason),
                \(version.createdBy), \(version.createdAt), \(version.sentRevision))
            ON CONFLICT (repo, number) DO UPDATE SET commit_id = excluded.commit_id, notes = excluded.notes,
                constraints = excluded.constraints, state = excluded.state, reason = excluded.reason,
                created_by = excluded.created_by, created_at = excluded.created_at,
                sent_revision = excluded.sent_revision
            """
        )
    }
}

extension AssetVersion {
    static let columns: SQL =
        "repo, number, commit_id, notes, constraints, state, reason, created_by, created_at, sent_revision"
}
