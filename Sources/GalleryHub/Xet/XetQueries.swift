import GalleryDatabase
import GalleryModel
import XetFormat

extension XetHash: SQLConvertible {}

extension SQLConnection {
    /// The SHA-256 of those files that the namespace knows and that are stored and sound.
    func xetContents(of hashes: [XetHash], in namespace: AccountID) throws -> [XetHash: SHA256Digest] {
        var result: [XetHash: SHA256Digest] = [:]
        for slice in hashes.slices(of: 500) {
            for row in try rows(
                "SELECT hash, sha256 FROM xet_contents WHERE namespace = \(namespace) AND hash IN (\(values: slice))"
            ) {
                result[try row.get("hash")] = try row.get("sha256")
            }
        }
        return try result.filter { try isSound($0.value) }
    }

    func insertXetContent(_ hash: XetHash, _ digest: SHA256Digest, in namespace: AccountID) throws {
        try execute(
            """
            INSERT INTO xet_contents (namespace, hash, sha256) VALUES (\(namespace), \(hash), \(digest))
            ON CONFLICT (namespace, hash) DO UPDATE SET sha256 = excluded.sha256
            """
        )
    }
}
