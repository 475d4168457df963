import Foundation
import GalleryBlobs
import GalleryDatabase
import GalleryModel

/// A xorb by its key, with what holds its bytes.
struct XorbKey: Record, Hashable {
    let namespace: AccountID
    let hash: [UInt8]

    init(row: Row) throws {
        namespace = try row.get("namespace")
        hash = try row.get("hash")
    }
}

/// A pack and its length.
struct PackSize: Record {
    let pack: PackID
    let size: Int

    init(row: Row) throws {
        pack = try row.get("id")
        size = try row.get("size")
    }
}

extension SQLConnection {
    /// Contents that no repository holds, by hash.
    func deadContents(promisedBefore time: Date, after last: SHA256Digest?, limit: Int) throws -> [SHA256Digest] {
        let lowest = last.map { [SQL("AND contents.sha256 > \($0)")] } ?? []
        return try values(
            SHA256Digest.self,
            """
            SELECT contents.sha256 FROM contents
            WHERE contents.promised_at < \(time) \(sql: lowest.joined(""))
                AND NOT EXISTS (SELECT 1 FROM content_references r WHERE r.sha256 = contents.sha256)
            ORDER BY contents.sha256 LIMIT \(limit)
            """)
    }

    /// Deletes those that are still dead.
    func deleteContents(_ digests: [SHA256Digest], promisedBefore time: Date) throws -> Int {
        try execute(
            """
            DELETE FROM contents
            WHERE sha256 IN (\(values: digests)) AND promised_at < \(time)
                AND NOT EXISTS (SELECT 1 FROM content_references r WHERE r.sha256 = contents.sha256)
            """)
    }

    /// Xorbs whose packs hold too few living bytes.
    private func wastedXorbs(leastLivingShare share: Double, where condition: SQL) throws -> [XorbKey] {
        try rows(
            XorbKey.self,
            """
            SELECT xorbs.namespace, xorbs.hash
            FROM xorbs JOIN packs ON packs.id = xorbs.pack
            LEFT JOIN (
                SELECT pack, SUM(length) AS living
                FROM (SELECT DISTINCT pack, pack_offset, length FROM extents) runs
                GROUP BY pack
            ) used ON used.pack = xorbs.pack
            WHERE COALESCE(used.living, 0) < packs.size * \(share) AND \(sql: condition)
            ORDER BY xorbs.namespace, xorbs.hash
            """)
    }

    func wastedXorbs(leastLivingShare share: Double, condemnedBefore time: Date) throws -> [XorbKey] {
        try wastedXorbs(leastLivingShare: share, where: "xorbs.condemned_at <= \(time)")
    }

    func wastedXorbs(leastLivingShare share: Double, uploadedBefore time: Date) throws -> [XorbKey] {
        try wastedXorbs(
            leastLivingShare: share, where: "xorbs.condemned_at IS NULL AND xorbs.uploaded_at < \(time)")
    }

    func condemnXorb(_ xorb: XorbKey, at now: Date) throws {
        try execute(
            "UPDATE xorbs SET condemned_at = \(now) WHERE namespace = \(xorb.namespace) AND hash = \(xorb.hash)")
    }

    func deleteXorb(_ xorb: XorbKey) throws {
        try execute("DELETE FROM xorbs WHERE namespace = \(xorb.namespace) AND hash = \(xorb.hash)")
    }

    /// Tells the namespace's clients to forget what they have sent. The first generation has no row.
    func renewXorbGeneration(of namespace: AccountID) throws {
        try execute(
            """
            INSERT INTO xorb_generations (namespace, generation) VALUES (\(namespace), 2)
            ON CONFLICT (namespace) DO UPDATE SET generation = xorb_generations.generation + 1
            """)
    }

    /// Dooms packs that nothing leads to.
    func doomPacks(at now: Date) throws {
        try execute(
            """
            UPDATE packs SET state = \(PackState.doomed), changed_at = \(now)
            WHERE state <> \(PackState.doomed)
                AND NOT EXISTS (SELECT 1 FROM extents WHERE extents.pack = packs.id)
                AND NOT EXISTS (SELECT 1 FROM xorbs WHERE xorbs.pack = packs.id)
                AND NOT EXISTS (SELECT 1 FROM parts WHERE parts.pack = packs.id)
            """)
    }

    func deleteDoomedPacks(since time: Date) throws -> [PackSize] {
        try rows(
            PackSize.self,
            """
            DELETE FROM packs WHERE state = \(PackState.doomed) AND changed_at <= \(time)
                AND NOT EXISTS (SELECT 1 FROM extents WHERE extents.pack = packs.id)
            RETURNING id, size
            """)
    }

    func doomedBytes() throws -> Int {
        try rows(PackSize.self, "SELECT id, size FROM packs WHERE state = \(PackState.doomed)").reduce(0) { $0 + $1.size }
    }

    func knownPacks(_ packs: [PackID]) throws -> Set<PackID> {
        var result: Set<PackID> = []
        for slice in packs.slices(of: 500) {
            result.formUnion(try values(PackID.self, "SELECT id FROM packs WHERE id IN (\(values: slice))"))
        }
        return result
    }
}
