import Foundation
import GalleryBlobs
import GalleryDatabase
import GalleryModel
import NIOCore

extension ContentCollector {
    /// Copies the living bytes of half-dead packs into new ones.
    func rewritePacks(_ report: inout CollectionReport) async throws {
        let share = policy.leastLivingShare
        let packs = try await content.database.read { db in try db.wastedPacks(leastLivingShare: share) }
        for pack in packs where try await rewrite(pack) { report.rewrittenPacks += 1 }
    }

    /// False when the pack came to use, or could not be read, while it was copied; then nothing has changed.
    private func rewrite(_ pack: PackID) async throws -> Bool {
        let runs = try await content.database.read { db in try db.livingRuns(of: pack) }
        guard !runs.isEmpty else { return false }
        guard let blob = try await copy(runs.map { Extent(pack: pack, offset: $0.lowerBound, length: $0.count) }) else {
            return false
        }
        let now = content.world.now()
        let isDone = try await content.database.write { db in
            guard try db.packRecord(pack)?.state == .sound, try db.livingRuns(of: pack) == runs,
                try !db.hasXorb(on: pack)
            else { return false }
            try db.insertPack(blob, at: now)
            var position = 0
            for run in runs {
                try db.moveExtents(of: pack, in: run, to: blob.pack, by: position - run.lowerBound)
                position += run.count
            }
            return true
        }
        if !isDone { try await content.blobs.delete(blob.pack) }
        return isDone
    }

    /// Joins files that lie in many short extents of packs that are theirs alone, so that they go out in one piece.
    func joinContents(_ report: inout CollectionReport) async throws {
        let limit = policy.joinsExtentsBelow
        let digests = try await content.database.read { db in try db.scatteredContents(extentsBelow: limit, limit: 100)
        }
        for digest in digests where try await join(digest) { report.joinedContents += 1 }
    }

    private func join(_ digest: SHA256Digest) async throws -> Bool {
        guard let extents = try? await content.database.read({ db in try db.extents(of: digest) }),
            let blob = try await copy(extents)
        else { return false }
        let now = content.world.now()
        let isDone = try await content.database.write { db in
            guard blob.sha256 == digest, try db.extents(of: digest) == extents else { return false }
            try db.insertPack(blob, at: now)
            try db.execute("DELETE FROM extents WHERE sha256 = \(digest)")
            try db.execute(
                """
                INSERT INTO extents (sha256, ordinal, pack, pack_offset, length)
                VALUES (\(digest), 0, \(blob.pack), 0, \(blob.size))
                """
            )
            return true
        }
        if !isDone { try await content.blobs.delete(blob.pack) }
        return isDone
    }

    /// A new durable pack of the given bytes; nil when they cannot be read.
    private func copy(_ extents: [Extent]) async throws -> FinishedBlob? {
        let writer = try await content.blobs.create(PackID(content.world.newID()), hashing: true)
        do {
            for try await chunk in ExtentReader(extents: extents, in: content.blobs).stream(chunkSize: 1 << 20) {
                try await writer.write(chunk)
            }
            return try await writer.finish()
        } catch BlobError.missing, BlobError.truncated {
            await writer.cancel()
            return nil
        } catch {
            await writer.cancel()
            throw error
        }
    }
}

extension SQLConnection {
    /// Sound packs of files that hold too few living bytes.
    fileprivate func wastedPacks(leastLivingShare share: Double) throws -> [PackID] {
        try values(
            PackID.self,
            """
            SELECT packs.id FROM packs JOIN (
                SELECT pack, SUM(length) AS living
                FROM (SELECT DISTINCT pack, pack_offset, length FROM extents) runs
                GROUP BY pack
            ) used ON used.pack = packs.id
            WHERE used.living < packs.size * \(share) AND packs.state = \(PackState.sound)
                AND NOT EXISTS (SELECT 1 FROM xorbs WHERE xorbs.pack = packs.id)
            ORDER BY packs.id LIMIT 1000
            """
        )
    }

    /// The bytes of a pack that files use: disjoint, in order.
    fileprivate func livingRuns(of pack: PackID) throws -> [Range<Int>] {
        let used = try rows(
            "SELECT DISTINCT pack_offset, length FROM extents WHERE pack = \(pack) ORDER BY pack_offset, length"
        ).map { row in
            let offset: Int = try row.get("pack_offset")
            return offset..<(offset + (try row.get("length")))
        }
        return used.reduce(into: []) { result, run in
            if let last = result.last, run.lowerBound <= last.upperBound {
                result[result.count - 1] = last.lowerBound..<max(last.upperBound, run.upperBound)
            } else {
                result.append(run)
            }
        }
    }

    fileprivate func hasXorb(on pack: PackID) throws -> Bool {
        try exists("SELECT 1 FROM xorbs WHERE pack = \(pack) LIMIT 1")
    }

    fileprivate func moveExtents(of pack: PackID, in run: Range<Int>, to new: PackID, by distance: Int) throws {
        try execute(
            """
            UPDATE extents SET pack = \(new), pack_offset = pack_offset + \(distance)
            WHERE pack = \(pack) AND pack_offset >= \(run.lowerBound) AND pack_offset < \(run.upperBound)
            """
        )
    }

    /// Contents in several extents, short on average, whose packs serve nothing else.
    fileprivate func scatteredContents(extentsBelow length: Int, limit: Int) throws -> [SHA256Digest] {
        try values(
            SHA256Digest.self,
            """
            SELECT contents.sha256 FROM contents JOIN (
                SELECT sha256, COUNT(*) AS count FROM extents GROUP BY sha256
            ) runs ON runs.sha256 = contents.sha256
            WHERE runs.count > 1 AND contents.size < runs.count * \(length) AND contents.state = \(ContentState.sound)
                AND NOT EXISTS (
                    SELECT 1 FROM extents own JOIN extents other ON other.pack = own.pack
                    WHERE own.sha256 = contents.sha256 AND other.sha256 <> contents.sha256)
                AND NOT EXISTS (
                    SELECT 1 FROM extents own JOIN xorbs ON xorbs.pack = own.pack WHERE own.sha256 = contents.sha256)
            ORDER BY contents.sha256 LIMIT \(limit)
            """
        )
    }
}
