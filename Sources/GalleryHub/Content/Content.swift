import Foundation
package import GalleryBlobs
package import GalleryDatabase
package import GalleryModel
package import NIOCore

/// The content store: files by their SHA-256, lying in extents of immutable packs.
///
/// Bytes are durable before a row refers to them, and only the collector deletes. Knowing a hash is not having the
/// content: see `mayUse`.
package struct Content: Sendable {
    let database: any Database
    package let blobs: any BlobStore
    let world: World
    /// The largest file that is taken from anybody, in bytes.
    package let largestFile: Int
    let hashes: PartHashes
    /// What no owner's limit goes beyond, unless the site's does.
    package static let largestFileOfAll = 500_000_000_000

    package init(
        database: any Database,
        blobs: any BlobStore,
        world: World,
        largestFile: Int = Content.largestFileOfAll
    ) {
        self.database = database
        self.blobs = blobs
        self.world = world
        self.largestFile = largestFile
        hashes = PartHashes(database: database, blobs: blobs)
    }

    /// Starts to take a file. It exists once the writer's `finish` returns; dropping the writer leaves nothing.
    package func ingest(by account: AccountID, limit: Int? = nil) async throws -> ContentWriter {
        ContentWriter(content: self, account: account, limit: min(limit ?? largestFile, largestFile))
    }

    /// Takes a whole body, and checks its length and hash where they are known beforehand.
    package func receive<Body: AsyncSequence>(
        _ body: Body,
        expecting digest: SHA256Digest? = nil,
        size: Int? = nil,
        limit: Int? = nil,
        by account: AccountID
    ) async throws -> StoredContent where Body.Element == ByteBuffer {
        let writer = try await ingest(by: account, limit: size.map { min($0, limit ?? $0) } ?? limit)
        do {
            for try await chunk in body { try await writer.write(chunk) }
            return try await writer.finish(expecting: digest, size: size)
        } catch {
            await writer.cancel()
            throw error
        }
    }

    /// Stores a small file that is already in memory.
    package func store(_ bytes: ByteBuffer, by account: AccountID) async throws -> StoredContent {
        let writer = try await ingest(by: account)
        do {
            try await writer.write(bytes)
            return try await writer.finish()
        } catch {
            await writer.cancel()
            throw error
        }
    }

    /// Opens a file for reading; who may read it is the caller's business. Throws `ContentError.unknown` or `.damaged`.
    package func reader(of digest: SHA256Digest) async throws -> ExtentReader {
        let extents = try await database.read { db in try db.extents(of: digest) }
        guard let extents else { throw ContentError.unknown(digest) }
        return ExtentReader(extents: extents, in: blobs)
    }
}

/// A file as the store has it.
package struct StoredContent: Sendable, Equatable {
    package var sha256: SHA256Digest
    package var size: Int
    /// False when the same bytes were here before.
    package var isNew: Bool

    package init(sha256: SHA256Digest, size: Int, isNew: Bool) {
        self.sha256 = sha256
        self.size = size
        self.isNew = isNew
    }
}
