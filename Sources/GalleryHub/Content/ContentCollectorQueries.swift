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
            """
        )
    }

    /// Deletes those that are still dead.
    func deleteContents(_ digests: [SHA256Digest], promisedBefore time: Date) throws -> Int {
        try execute(
            """
            DELETE FROM contents
            WHERE sha256 IN (\(values: digests)) AND promised_at < \(time)
                AND NOT EXISTS (SELECT 1 FROM content_references r WHERE r.sha256 = contents.sha256)
            """
        )
    }

    private func wastedXorbs(where condition: SQL, limit: Int) throws -> [XorbKey] {
        try rows(
            XorbKey.self,
            "SELECT namespace, hash FROM xorbs WHERE \(sql: condition) ORDER BY namespace, hash LIMIT \(limit)"
        )
    }

    func wastedXorbs(leastLivingShare share: Double, condemnedBefore time: Date, limit: Int) throws -> [XorbKey] {
        try wastedXorbs(where: Xorb.isWasted(share, condemnedBefore: time), limit: limit)
    }

    func wastedXorbs(leastLivingShare share: Double, uploadedBefore time: Date, limit: Int) throws -> [XorbKey] {
        try wastedXorbs(where: Xorb.isWasted(share, uploadedBefore: time), limit: limit)
    }

    /// False when the xorb has come to use meanwhile.
    func condemnXorb(
        _ xorb: XorbKey,
        leastLivingShare share: Double,
        uploadedBefore time: Date,
        at now: Date
    ) throws -> Bool {
        try execute(
            """
            UPDATE xorbs SET condemned_at = \(now)
            WHERE namespace = \(xorb.namespace) AND hash = \(xorb.hash)
                AND \(sql: Xorb.isWasted(share, uploadedBefore: time))
            """
        ) > 0
    }

    /// Takes the sentence from xorbs that have come to use, so that they get a new warning before they ever go.
    func pardonXorbs(leastLivingShare share: Double) throws {
        try execute(
            """
            UPDATE xorbs SET condemned_at = NULL
            WHERE condemned_at IS NOT NULL AND NOT (\(sql: Xorb.isWasted(share)))
            """
        )
    }

    /// How many xorbs were deleted: none when it has come to use meanwhile.
    func deleteXorb(_ xorb: XorbKey, leastLivingShare share: Double, condemnedBefore time: Date) throws -> Int {
        try execute(
            """
            DELETE FROM xorbs
            WHERE namespace = \(xorb.namespace) AND hash = \(xorb.hash)
                AND \(sql: Xorb.isWasted(share, condemnedBefore: time))
            """
        )
    }

    /// Tells the namespace's clients to forget what they have sent. The first generation has no row.
    func renewXorbGeneration(of namespace: AccountID) throws {
        try execute(
            """
            INSERT INTO xorb_generations (namespace, generation) VALUES (\(namespace), 2)
            ON CONFLICT (namespace) DO UPDATE SET generation = xorb_generations.generation + 1
            """
        )
    }

    /// Packs that nothing leads to.
    func unusedPacks(limit: Int) throws -> [PackID] {
        try values(
            PackID.self,
            "SELECT id FROM packs WHERE \(sql: PackState.isUnused) ORDER BY id LIMIT \(limit)"
        )
    }

    /// Dooms those that still nothing leads to; returns how many.
    func doom(_ packs: [PackID], at now: Date) throws -> Int {
        try execute(
            """
            UPDATE packs SET state = \(PackState.doomed), changed_at = \(now)
            WHERE id IN (\(values: packs)) AND \(sql: PackState.isUnused)
            """
        )
    }

    func deleteDoomedPacks(since time: Date, limit: Int) throws -> [PackSize] {
        try rows(
            PackSize.self,
            """
            DELETE FROM packs WHERE id IN (
                SELECT id FROM packs
                WHERE state = \(PackState.doomed) AND changed_at <= \(time)
                    AND NOT EXISTS (SELECT 1 FROM extents WHERE extents.pack = packs.id)
                ORDER BY id LIMIT \(limit))
            RETURNING id, size
            """
        )
    }

    /// When this database was made.
    func birth() throws -> Date? {
        try value(Date.self, "SELECT applied_at FROM schema_migrations ORDER BY applied_at LIMIT 1")
    }

    func doomedBytes() throws -> Int {
        try rows(PackSize.self, "SELECT id, size FROM packs WHERE state = \(PackState.doomed)").reduce(0) {
            $0 + $1.size
        }
    }

    func knownPacks(_ packs: [PackID]) throws -> Set<PackID> {
        var result: Set<PackID> = []
        for slice in packs.slices(of: 500) {
            result.formUnion(try values(PackID.self, "SELECT id FROM packs WHERE id IN (\(values: slice))"))
        }
        return result
    }
}

extension Xorb {
    /// Holds for a row of `xorbs` whose pack has too few living bytes.
    fileprivate static func isWasted(_ share: Double) -> SQL {
        """
        COALESCE((
            SELECT SUM(runs.length)
            FROM (SELECT DISTINCT pack_offset, length FROM extents WHERE extents.pack = xorbs.pack) runs
        ), 0) < (SELECT packs.size FROM packs WHERE packs.id = xorbs.pack) * \(share)
        """
    }

    fileprivate static func isWasted(_ share: Double, condemnedBefore time: Date) -> SQL {
        "xorbs.condemned_at <= \(time) AND \(sql: isWasted(share))"
    }

    fileprivate static func isWasted(_ share: Double, uploadedBefore time: Date) -> SQL {
        "xorbs.condemned_at IS NULL AND xorbs.uploaded_at < \(time) AND \(sql: isWasted(share))"
    }
}

extension PackState {
    /// Holds for a row of `packs` that nothing leads to, and that is not doomed yet.
    fileprivate static let isUnused: SQL = """
        state <> \(PackState.doomed)
        AND NOT EXISTS (SELECT 1 FROM extents WHERE extents.pack = packs.id)
        AND NOT EXISTS (SELECT 1 FROM xorbs WHERE xorbs.pack = packs.id)
        AND NOT EXISTS (SELECT 1 FROM parts WHERE parts.pack = packs.id)
        """
}
