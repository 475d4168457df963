package import Foundation
package import GalleryBlobs
package import GalleryDatabase
package import GalleryModel

/// Whether stored bytes can be trusted.
package enum ContentState: String, Sendable, SQLConvertible {
    case sound, damaged
}

/// What becomes of a pack: damaged ones are never served, doomed ones wait for their deletion.
package enum PackState: String, Sendable, SQLConvertible {
    case sound, damaged, doomed
}

extension SQLConnection {
    /// The sizes of those contents that are stored, sound or not.
    package func contentSizes(of digests: some Collection<SHA256Digest>) throws -> [SHA256Digest: Int] {
        var result: [SHA256Digest: Int] = [:]
        for slice in Array(digests).slices(of: 500) {
            for row in try rows("SELECT sha256, size FROM contents WHERE sha256 IN (\(values: slice))") {
                result[try row.get("sha256")] = try row.get("size")
            }
        }
        return result
    }

    /// Where a content lies; nil when it is not stored. Throws `ContentError.damaged` for one that is not to be served.
    package func extents(of digest: SHA256Digest) throws -> [Extent]? {
        guard let state = try value(ContentState.self, "SELECT state FROM contents WHERE sha256 = \(digest)") else {
            return nil
        }
        guard state == .sound else { throw ContentError.damaged(digest) }
        return try rows(
            """
            SELECT extents.pack, extents.pack_offset, extents.length, packs.state
            FROM extents JOIN packs ON packs.id = extents.pack
            WHERE extents.sha256 = \(digest) ORDER BY extents.ordinal
            """
        ).map { row in
            guard try row.get("state", as: PackState.self) != .damaged else { throw ContentError.damaged(digest) }
            return try Extent(row: row)
        }
    }

    /// Says that a repository holds these contents, in any version: that keeps them, and lets its readers use them.
    /// A content that is not stored is a foreign-key error.
    package func addContentReferences(_ digests: some Collection<SHA256Digest>, to repo: RepoID) throws {
        for slice in Array(Set(digests)).slices(of: 500) {
            let values = slice.map { "(\(repo), \($0))" as SQL }.joined(", ")
            try execute("INSERT INTO content_references (repo, sha256) VALUES \(sql: values) ON CONFLICT DO NOTHING")
        }
    }

    /// Says that no version of the repository holds these contents any more.
    package func removeContentReferences(_ digests: some Collection<SHA256Digest>, from repo: RepoID) throws {
        for slice in Array(digests).slices(of: 500) {
            try execute("DELETE FROM content_references WHERE repo = \(repo) AND sha256 IN (\(values: slice))")
        }
    }

    /// Notes that the account sent these bytes, and keeps them for the time in which they will be committed.
    func addContentUpload(of digest: SHA256Digest, by account: AccountID, at now: Date) throws {
        try execute(
            """
            INSERT INTO content_uploads (account, sha256, at) VALUES (\(account), \(digest), \(now))
            ON CONFLICT (account, sha256) DO UPDATE SET at = excluded.at
            """
        )
    }

    /// Keeps contents from the collector for a while, because somebody was told that they are here.
    package func promiseContents(_ digests: some Collection<SHA256Digest>, at now: Date) throws {
        for slice in Array(digests).slices(of: 500) {
            try execute("UPDATE contents SET promised_at = \(now) WHERE sha256 IN (\(values: slice))")
        }
    }

    func insertPack(_ blob: FinishedBlob, at now: Date) throws {
        try execute(
            """
            INSERT INTO packs (id, size, sha256, state, created_at, changed_at)
            VALUES (\(blob.pack), \(blob.size), \(blob.sha256), \(PackState.sound), \(now), \(now))
            """
        )
    }

    /// Whether the content is stored and may be served.
    package func isSound(_ digest: SHA256Digest) throws -> Bool {
        try !sound([digest]).isEmpty
    }

    /// Those that are stored and may be served.
    func sound(_ digests: some Collection<SHA256Digest>) throws -> Set<SHA256Digest> {
        var result: Set<SHA256Digest> = []
        for slice in Array(digests).slices(of: 500) {
            result.formUnion(
                try values(
                    SHA256Digest.self,
                    """
                    SELECT sha256 FROM contents
                    WHERE sha256 IN (\(values: slice)) AND state = \(ContentState.sound) AND NOT EXISTS (
                        SELECT 1 FROM extents JOIN packs ON packs.id = extents.pack
                        WHERE extents.sha256 = contents.sha256 AND packs.state = \(PackState.damaged))
                    """
                )
            )
        }
        return result
    }

    /// Makes a content of bytes that are already in packs with rows. False when it was here and sound: it is kept as it
    /// was. One that was damaged is healed by the new bytes.
    func insertContent(_ digest: SHA256Digest, size: Int, extents: [Extent], at now: Date) throws -> Bool {
        if try isSound(digest) {
            try promiseContents([digest], at: now)
            return false
        }
        try execute("DELETE FROM extents WHERE sha256 = \(digest)")
        try execute(
            """
            INSERT INTO contents (sha256, size, state, created_at, promised_at)
            VALUES (\(digest), \(size), \(ContentState.sound), \(now), \(now))
            ON CONFLICT (sha256) DO UPDATE SET state = excluded.state, promised_at = excluded.promised_at
            """
        )
        var ordinal = 0
        for slice in extents.slices(of: 500) {
            var values: [SQL] = []
            for extent in slice {
                values.append("(\(digest), \(ordinal), \(extent.pack), \(extent.offset), \(extent.length))")
                ordinal += 1
            }
            try execute(
                "INSERT INTO extents (sha256, ordinal, pack, pack_offset, length) VALUES \(sql: values.joined(", "))"
            )
        }
        return true
    }
}

extension Extent: Record {
    package init(row: Row) throws {
        self.init(pack: try row.get("pack"), offset: try row.get("pack_offset"), length: try row.get("length"))
    }
}

extension Array {
    /// Consecutive runs of at most `count` elements, for statements with a limited number of values.
    func slices(of count: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: self.count, by: count).map { self[$0..<Swift.min($0 + count, self.count)] }
    }
}
