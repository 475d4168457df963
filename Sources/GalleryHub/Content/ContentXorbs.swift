package import Foundation
package import GalleryBlobs
package import GalleryDatabase
package import GalleryModel
import NIOCore

/// A pack of chunks under the name that a Xet client gave it in one namespace.
///
/// The table of xorbs belongs to the content store because the collector has to take a xorb and its pack away together,
/// and has to tell the namespace so by a new generation. A xorb keeps its pack alive until the collector condemns it.
package struct Xorb: Sendable {
    package var pack: PackID
    package var size: Int
    package var chunks: ChunkTable
}

extension Content {
    /// Starts a pack of chunks; hand what `finish` gives to `keepXorb`.
    package func startPack() async throws -> any BlobWriter {
        try await blobs.create(PackID(world.newID()), hashing: false)
    }

    /// Makes a durable pack of chunks known as a xorb. False when the namespace had it: then the new pack is deleted.
    /// The caller has verified that `hash` is the hash of these chunks.
    package func keepXorb(
        _ hash: [UInt8],
        in namespace: AccountID,
        pack: FinishedBlob,
        chunks: ChunkTable
    ) async throws -> Bool {
        guard chunks.totalLength == pack.size else {
            try await blobs.delete(pack.pack)
            throw ContentError.badExtents("the chunks do not fill the pack")
        }
        let now = world.now()
        let isNew = try await database.write { db in
            try db.insertXorb(hash, in: namespace, pack: pack, chunks: chunks, at: now)
        }
        if !isNew { try await blobs.delete(pack.pack) }
        return isNew
    }
}

extension SQLConnection {
    /// The xorbs of the namespace among `hashes`, with their packs sound.
    package func xorbs(_ hashes: some Collection<[UInt8]>, in namespace: AccountID) throws -> [[UInt8]: Xorb] {
        var result: [[UInt8]: Xorb] = [:]
        for slice in Array(hashes).slices(of: 400) {
            for row in try rows(
                """
                SELECT xorbs.hash, xorbs.pack, packs.size, pack_chunks.chunks
                FROM xorbs JOIN packs ON packs.id = xorbs.pack JOIN pack_chunks ON pack_chunks.pack = xorbs.pack
                WHERE xorbs.namespace = \(namespace) AND xorbs.hash IN (\(values: slice)) AND packs.state = \(PackState.sound)
                """
            ) {
                guard let chunks = ChunkTable(encoded: try row.get("chunks")) else {
                    throw DatabaseError.unexpectedValue(column: "chunks")
                }
                result[try row.get("hash")] = Xorb(pack: try row.get("pack"), size: try row.get("size"), chunks: chunks)
            }
        }
        return result
    }

    /// Whether the namespace has the xorb, without reading its chunks. Noting the time keeps it from the collector.
    package func hasXorb(_ hash: [UInt8], in namespace: AccountID, at now: Date) throws -> Bool {
        try execute(
            """
            UPDATE xorbs SET uploaded_at = \(now), condemned_at = NULL
            WHERE namespace = \(namespace) AND hash = \(hash)
                AND pack IN (SELECT id FROM packs WHERE state = \(PackState.sound))
            """
        ) > 0
    }

    /// Stands in the namespace's `casUrl`; a new one tells clients to forget which xorbs they have sent.
    package func xorbGeneration(of namespace: AccountID) throws -> Int {
        try value(Int.self, "SELECT generation FROM xorb_generations WHERE namespace = \(namespace)") ?? 1
    }

    func insertXorb(
        _ hash: [UInt8],
        in namespace: AccountID,
        pack: FinishedBlob,
        chunks: ChunkTable,
        at now: Date
    ) throws -> Bool {
        if try hasXorb(hash, in: namespace, at: now) { return false }
        try insertPack(pack, at: now)
        try execute("INSERT INTO pack_chunks (pack, chunks) VALUES (\(pack.pack), \(chunks.encoded))")
        // The same hash is the same chunks in the same places: files in a damaged pack are healed by the new one.
        let damaged = try value(
            PackID.self,
            "SELECT pack FROM xorbs WHERE namespace = \(namespace) AND hash = \(hash)"
        )
        if let damaged { try execute("UPDATE extents SET pack = \(pack.pack) WHERE pack = \(damaged)") }
        try execute(
            """
            INSERT INTO xorbs (namespace, hash, pack, uploaded_at) VALUES (\(namespace), \(hash), \(pack.pack), \(now))
            ON CONFLICT (namespace, hash) DO UPDATE
            SET pack = excluded.pack, uploaded_at = excluded.uploaded_at, condemned_at = NULL
            """
        )
        return true
    }

    /// Nothing may be built on packs that are going away or known to be bad.
    func demandSoundPacks(_ packs: Set<PackID>) throws {
        var sound = 0
        for slice in Array(packs).slices(of: 500) {
            sound += try values(
                PackID.self,
                "SELECT id FROM packs WHERE state = \(PackState.sound) AND id IN (\(values: slice))"
            ).count
        }
        guard sound == packs.count else { throw ContentError.badExtents("some of its chunks are not stored any more") }
    }
}
