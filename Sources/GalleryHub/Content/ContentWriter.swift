import Foundation
import GalleryBlobs
import GalleryDatabase
package import GalleryModel
package import NIOCore

/// Takes one file into the store. One caller at a time; ends with `finish` or `cancel`.
package actor ContentWriter {
    private let content: Content
    private let account: AccountID
    private let limit: Int
    /// Nil until the first byte: an empty file has no pack.
    private var blob: (any BlobWriter)?
    private var size = 0

    init(content: Content, account: AccountID, limit: Int) {
        self.content = content
        self.account = account
        self.limit = limit
    }

    /// Appends; returns when there is room for more. Throws `ContentError.tooLarge` beyond the limit.
    package func write(_ bytes: ByteBuffer) async throws {
        guard bytes.readableBytes > 0 else { return }
        guard bytes.readableBytes <= limit - size else { throw ContentError.tooLarge(limit: limit) }
        size += bytes.readableBytes
        if blob == nil { blob = try await content.blobs.create(PackID(content.world.newID()), hashing: true) }
        try await blob?.write(bytes)
    }

    /// Makes the file durable and known. Where the length or hash is not what was expected, nothing is stored.
    package func finish(
        expecting digest: SHA256Digest? = nil,
        size expectedSize: Int? = nil
    ) async throws -> StoredContent {
        if let expectedSize, expectedSize != size {
            await cancel()
            throw ContentError.wrongSize(expected: expectedSize, received: size)
        }
        guard let blob else {
            let empty = SHA256Digest.of([UInt8]())
            if let digest, digest != empty { throw ContentError.wrongDigest(expected: digest, received: empty) }
            return try await content.add(empty, size: 0, pack: nil, by: account)
        }
        let received = try await blob.seal()
        guard let receivedDigest = received.sha256 else { throw BlobError.failed(operation: "hash", reason: "no hash") }
        if let digest, digest != receivedDigest {
            await cancel()
            throw ContentError.wrongDigest(expected: digest, received: receivedDigest)
        }
        if try await content.addUpload(ofStored: receivedDigest, by: account) {
            await cancel()
            return StoredContent(sha256: receivedDigest, size: received.size, isNew: false)
        }
        let finished = try await blob.finish()
        self.blob = nil
        return try await content.add(receivedDigest, size: finished.size, pack: finished, by: account)
    }

    package func cancel() async {
        await blob?.cancel()
        blob = nil
    }
}

extension Content {
    /// Notes the upload of bytes that are here already; false when they are not.
    fileprivate func addUpload(ofStored digest: SHA256Digest, by account: AccountID) async throws -> Bool {
        let now = world.now()
        return try await database.write { db in
            guard try db.isSound(digest) else { return false }
            try db.promiseContents([digest], at: now)
            try db.addContentUpload(of: digest, by: account, at: now)
            return true
        }
    }

    /// Writes the rows of a file whose pack is durable; a pack whose bytes were here already is deleted again.
    fileprivate func add(
        _ digest: SHA256Digest,
        size: Int,
        pack: FinishedBlob?,
        by account: AccountID
    ) async throws -> StoredContent {
        let now = world.now()
        let extents = pack.map { [Extent(pack: $0.pack, offset: 0, length: $0.size)] } ?? []
        let isNew = try await database.write { db in
            if let pack { try db.insertPack(pack, at: now) }
            let isNew = try db.insertContent(digest, size: size, extents: extents, at: now)
            if !isNew, let pack { try db.execute("DELETE FROM packs WHERE id = \(pack.pack)") }
            try db.addContentUpload(of: digest, by: account, at: now)
            return isNew
        }
        if !isNew, let pack { try await blobs.delete(pack.pack) }
        return StoredContent(sha256: digest, size: size, isNew: isNew)
    }
}
