package import Foundation
package import GalleryBlobs
package import GalleryDatabase
package import GalleryModel
import NIOCore

/// A file whose bytes lie in packs already and have been read and found right.
package struct AssembledFile: Sendable, Equatable {
    package let sha256: SHA256Digest
    package let size: Int
    package let extents: [Extent]
}

extension Content {
    /// Reads bytes that lie in packs already and compares their SHA-256; `addAssembled` then makes a file of them.
    /// `progress` is told how many bytes have been read so far.
    package func verify(
        _ extents: [Extent],
        expecting digest: SHA256Digest,
        progress: (Int) async throws -> Void = { _ in }
    ) async throws -> AssembledFile {
        let extents = extents.merged()
        let reader = ExtentReader(extents: extents, in: blobs)
        guard reader.size <= largestFile else { throw ContentError.tooLarge(limit: largestFile) }
        let hasher = Hasher<SHA256Digest>()
        var position = 0
        for try await chunk in reader.stream(chunkSize: 1 << 20) {
            hasher.update(chunk.readableBytesView)
            position += chunk.readableBytes
            try await progress(position)
        }
        let received = hasher.finalize()
        guard received == digest else { throw ContentError.wrongDigest(expected: digest, received: received) }
        return AssembledFile(sha256: digest, size: reader.size, extents: extents)
    }

    /// Makes one file of bytes that lie in packs already, once its SHA-256 is found to be right.
    package func assemble(
        _ extents: [Extent],
        expecting digest: SHA256Digest,
        by account: AccountID
    ) async throws -> StoredContent {
        let file = try await verify(extents, expecting: digest)
        let now = world.now()
        let isNew = try await database.write { db in try db.addAssembled(file, by: account, at: now) }
        return StoredContent(sha256: digest, size: file.size, isNew: isNew)
    }
}

extension SQLConnection {
    /// Makes a verified file known as uploaded by the account. False when it was stored before.
    @discardableResult
    package func addAssembled(_ file: AssembledFile, by account: AccountID, at now: Date) throws -> Bool {
        try demandSoundPacks(Set(file.extents.map(\.pack)))
        let isNew = try insertContent(file.sha256, size: file.size, extents: file.extents, at: now)
        try addContentUpload(of: file.sha256, by: account, at: now)
        return isNew
    }
}
