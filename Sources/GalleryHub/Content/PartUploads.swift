import Foundation
import GalleryBlobs
package import GalleryDatabase
package import GalleryModel
package import NIOCore

extension Content {
    /// How many uploads in parts one account may have open.
    private static let openUploads = 1000

    /// Starts an upload in parts, or goes on with the one that the account left.
    package func startUpload(
        of digest: SHA256Digest,
        size: Int,
        partSize: Int,
        by account: AccountID
    ) async throws -> PartUpload {
        guard size > 0, partSize > 0, (size - 1) / partSize < PartUpload.maximumParts else {
            throw ContentError.badPart(number: 0, count: PartUpload.maximumParts)
        }
        guard size <= largestFile else { throw ContentError.tooLarge(limit: largestFile) }
        let now = world.now()
        let fresh = PartUpload(id: world.newID(), account: account, sha256: digest, size: size, partSize: partSize)
        return try await database.write { db in
            if let known = try db.partUpload(like: fresh) {
                try db.touchPartUpload(known.id, at: now)
                return known
            }
            guard try db.partUploads(of: account) < Self.openUploads else { throw ContentError.tooManyUploads }
            try db.insert(fresh, at: now)
            return fresh
        }
    }

    /// Starts an upload in parts whose hash nobody knows yet, as browsers send them; `name` is its own.
    package func startUpload(
        named name: String,
        size: Int,
        partSize: Int,
        by account: AccountID
    ) async throws -> PartUpload {
        try await startUpload(of: .of(Array(name.utf8)), size: size, partSize: partSize, by: account)
    }

    /// The parts that have arrived, in order. Throws `ContentError.unknownUpload`.
    package func arrivedParts(of upload: String) async throws -> [StoredPart] {
        try await database.read { db in
            guard try db.partUpload(upload) != nil else { throw ContentError.unknownUpload }
            return try db.parts(of: upload)
        }
    }

    /// Takes one part and makes it durable; a part that comes again replaces the first.
    package func receivePart<Body: AsyncSequence>(
        _ number: Int,
        of id: String,
        body: Body,
        announcedLength: Int? = nil
    ) async throws -> StoredPart where Body.Element == ByteBuffer {
        guard let upload = try await database.read({ db in try db.partUpload(id) }) else {
            throw ContentError.unknownUpload
        }
        let expected = try upload.length(ofPart: number)
        if let announcedLength, announcedLength != expected {
            throw ContentError.wrongPartSize(number: number, expected: expected, received: announcedLength)
        }
        let blob = try await receivePart(number, length: expected, body: body)
        let now = world.now()
        let previous: PackID?
        do {
            previous = try await database.write { db in
                guard try db.partUpload(id) != nil else { throw ContentError.unknownUpload }
                return try db.replacePart(number, of: id, by: blob, at: now)
            }
        } catch {
            try await blobs.delete(blob.pack)
            throw error
        }
        if let previous { try await blobs.delete(previous) }
        await hashes.advance(id)
        return StoredPart(number: number, pack: blob.pack, length: blob.size)
    }

    private func receivePart<Body: AsyncSequence>(
        _ number: Int,
        length: Int,
        body: Body
    ) async throws -> FinishedBlob where Body.Element == ByteBuffer {
        let writer = try await blobs.create(PackID(world.newID()), hashing: false)
        do {
            var received = 0
            for try await chunk in body {
                received += chunk.readableBytes
                guard received <= length else {
                    throw ContentError.wrongPartSize(number: number, expected: length, received: received)
                }
                try await writer.write(chunk)
            }
            guard received == length else {
                throw ContentError.wrongPartSize(number: number, expected: length, received: received)
            }
            return try await writer.finish()
        } catch {
            await writer.cancel()
            throw error
        }
    }

    /// Makes the file of its parts, once all are there and their SHA-256 is right. Nothing is copied: the parts become
    /// the extents of the file. Wrong bytes end the upload.
    package func completeUpload(_ id: String) async throws -> StoredContent {
        try await completeUpload(id, noting: nil)
    }

    /// As above for an upload whose hash was not known: whatever arrived is the file, which `note` is told in the
    /// transaction that makes it.
    package func completeUpload(
        _ id: String,
        noting note: (@Sendable (SHA256Digest, any SQLConnection) throws -> Void)?
    ) async throws -> StoredContent {
        let (upload, parts) = try await database.read { db in
            guard let upload = try db.partUpload(id) else { throw ContentError.unknownUpload }
            return (upload, try db.parts(of: id))
        }
        let present = Set(parts.map(\.number))
        guard present.count == upload.partCount else {
            throw ContentError.partsMissing((1...upload.partCount).filter { !present.contains($0) })
        }
        let received = try await hashes.digest(of: id, parts: parts)
        guard note != nil || received == upload.sha256 else {
            try await abandonUpload(id)
            throw ContentError.wrongDigest(expected: upload.sha256, received: received)
        }
        let now = world.now()
        let extents = parts.map { Extent(pack: $0.pack, offset: 0, length: $0.length) }
        let isNew = try await database.write { db in
            guard try db.parts(of: id) == parts else { throw ContentError.unknownUpload }
            try db.deletePartUpload(id)
            let isNew = try db.insertContent(received, size: upload.size, extents: extents, at: now)
            if !isNew { try db.deletePackRows(parts.map(\.pack)) }
            try db.addContentUpload(of: received, by: upload.account, at: now)
            try note?(received, db)
            return isNew
        }
        await hashes.forget(id)
        if !isNew { for part in parts { try await blobs.delete(part.pack) } }
        return StoredContent(sha256: received, size: upload.size, isNew: isNew)
    }

    /// Ends an upload and deletes what has arrived of it.
    package func abandonUpload(_ id: String) async throws {
        _ = try await abandonUpload(id, unchangedSince: nil)
    }

    /// False when the upload has gone on meanwhile; then nothing has changed.
    func abandonUpload(_ id: String, unchangedSince time: Date?) async throws -> Bool {
        let packs: [PackID]? = try await database.write { db in
            if let time, try !db.isPartUpload(id, unchangedSince: time) { return nil }
            let packs = try db.parts(of: id).map(\.pack)
            try db.deletePartUpload(id)
            try db.deletePackRows(packs)
            return packs
        }
        guard let packs else { return false }
        await hashes.forget(id)
        for pack in packs { try await blobs.delete(pack) }
        return true
    }
}
