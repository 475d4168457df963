import Foundation
import GalleryDatabase
import GalleryModel

private let isAlive: SQL = """
    (EXISTS (SELECT 1 FROM contents c WHERE c.sha256 = u.sha256)
        OR u.sha256 IS NULL
            AND (u.transfer IS NULL OR EXISTS (SELECT 1 FROM part_uploads p WHERE p.id = u.transfer)))
    """

extension SQLConnection {
    func assetUpload(_ id: String, of account: AccountID) throws -> AssetUpload? {
        try row(
            AssetUpload.self,
            "SELECT \(sql: AssetUpload.columns) FROM asset_uploads WHERE id = \(id) AND account = \(account)"
        )
    }

    func assetUpload(at path: String, on branch: String, of repo: RepoID, by account: AccountID) throws -> AssetUpload?
    {
        try row(
            AssetUpload.self,
            """
            SELECT \(sql: AssetUpload.columns) FROM asset_uploads
            WHERE account = \(account) AND repo = \(repo) AND branch = \(branch) AND path = \(path)
            """
        )
    }

    /// Whether it still has its parts or its bytes.
    func isLiving(_ upload: AssetUpload) throws -> Bool {
        try exists("SELECT 1 FROM asset_uploads u WHERE id = \(upload.id) AND \(sql: isAlive)")
    }

    /// Those that still have their parts or their bytes.
    func assetUploads(on branch: String, of repo: RepoID, by account: AccountID, limit: Int) throws -> [AssetUpload] {
        try rows(
            AssetUpload.self,
            """
            SELECT \(sql: AssetUpload.columns) FROM asset_uploads u
            WHERE account = \(account) AND repo = \(repo) AND branch = \(branch) AND \(sql: isAlive)
            ORDER BY path LIMIT \(limit)
            """
        )
    }

    func countAssetUploads(to repo: RepoID, by account: AccountID) throws -> Int {
        try value(Int.self, "SELECT COUNT(*) FROM asset_uploads WHERE account = \(account) AND repo = \(repo)") ?? 0
    }

    /// What all uploads to a repository will bring, but for one.
    func bytesUnderWay(to repo: RepoID, besides id: String?) throws -> Int64 {
        try value(
            Int64.self,
            """
            SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM asset_uploads
            WHERE repo = \(repo) AND id <> \(id ?? "")
            """
        ) ?? 0
    }

    func insert(_ upload: AssetUpload) throws {
        let it = upload
        try execute(
            """
            INSERT INTO asset_uploads
                (id, account, repo, branch, path, size, part_size, fingerprint, transfer, sha256, changed_at)
            VALUES (\(it.id), \(it.account), \(it.repo), \(it.branch), \(it.path), \(it.size), \(it.partSize),
                \(it.fingerprint), \(it.transfer), \(it.sha256), \(it.changedAt))
            """
        )
    }

    func touchAssetUpload(_ id: String, at now: Date) throws {
        try execute("UPDATE asset_uploads SET changed_at = \(now) WHERE id = \(id)")
    }

    func setDigest(_ digest: SHA256Digest, ofAssetUpload id: String, at now: Date) throws {
        try execute("UPDATE asset_uploads SET sha256 = \(digest), changed_at = \(now) WHERE id = \(id)")
    }

    func deleteAssetUploads(_ ids: [String]) throws {
        for start in stride(from: 0, to: ids.count, by: 500) {
            let slice = ids[start..<min(start + 500, ids.count)]
            try execute("DELETE FROM asset_uploads WHERE id IN (\(values: Array(slice)))")
        }
    }

    func assetUploads(unchangedSince time: Date, limit: Int) throws -> [AssetUpload] {
        try rows(
            AssetUpload.self,
            """
            SELECT \(sql: AssetUpload.columns) FROM asset_uploads
            WHERE changed_at < \(time) ORDER BY changed_at LIMIT \(limit)
            """
        )
    }
}
