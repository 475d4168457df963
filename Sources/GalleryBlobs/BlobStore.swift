package import Foundation
package import GalleryModel
package import NIOCore

/// Where packs lie: immutable byte containers that are written once, read by ranges and deleted whole.
///
/// Drivers: a directory on one machine, an object store for many. Every driver passes the contract suite.
/// A pack becomes visible to `read`, `size` and `list` only when its writer has finished, and then it is durable.
package protocol BlobStore: Sendable {
    /// Starts a pack; the id must be new. `hashing` asks for its SHA-256, at the price of computing it; a pack
    /// without one is taken for a part of something, which is read again soon.
    ///
    /// Throws `BlobError.storageFull` when too little space is free.
    func create(_ pack: PackID, hashing: Bool) async throws -> any BlobWriter

    /// Exactly the bytes of `range`. Throws `BlobError.missing` or `BlobError.truncated`; never fewer bytes.
    func read(_ pack: PackID, _ range: Range<Int>) async throws -> ByteBuffer

    /// Nil when there is no such pack.
    func size(of pack: PackID) async throws -> Int?

    /// Where this machine's file of the pack is; nil for a store elsewhere. Does not look whether it exists.
    func path(of pack: PackID) -> String?

    /// An address at which a client gets the whole pack without us; nil when the store has none.
    func signedURL(of pack: PackID, until expiry: Date) throws -> String?

    /// Deletes a pack; deleting what is not there is no error.
    func delete(_ pack: PackID) async throws

    /// Some of the packs that are there, from the start (`nil`) or from where the previous page ended.
    func list(_ page: String?) async throws -> BlobPage

    /// Removes what writers that no longer run left behind; returns how many. Writers at work, here or in another
    /// process, keep theirs.
    @discardableResult
    func sweepStaging() async throws -> Int

    /// Nil when the store has no limit that we know of.
    func space() async throws -> StorageSpace?
}

extension BlobStore {
    package func path(of pack: PackID) -> String? { nil }
    package func signedURL(of pack: PackID, until expiry: Date) throws -> String? { nil }
    package func space() async throws -> StorageSpace? { nil }
}

/// Fills one pack. One caller at a time; ends with `finish` or `cancel`, and dropping it counts as `cancel`.
package protocol BlobWriter: Sendable {
    /// Appends; returns when there is room for more, which is what slows the sender down.
    func write(_ bytes: ByteBuffer) async throws

    /// Takes no more bytes and says what arrived, before anything is durable or visible.
    func seal() async throws -> FinishedBlob

    /// Makes the pack durable, then visible.
    func finish() async throws -> FinishedBlob

    /// Leaves nothing behind.
    func cancel() async
}

/// A pack as its writer leaves it.
package struct FinishedBlob: Sendable, Equatable {
    package var pack: PackID
    package var size: Int
    /// Nil when hashing was not asked for.
    package var sha256: SHA256Digest?

    package init(pack: PackID, size: Int, sha256: SHA256Digest?) {
        self.pack = pack
        self.size = size
        self.sha256 = sha256
    }
}

/// A pack as the store lists it.
package struct StoredBlob: Sendable, Equatable {
    package var pack: PackID
    package var size: Int
    package var createdAt: Date

    package init(pack: PackID, size: Int, createdAt: Date) {
        self.pack = pack
        self.size = size
        self.createdAt = createdAt
    }
}

/// Part of a listing.
package struct BlobPage: Sendable {
    package var blobs: [StoredBlob]
    /// Nil on the last page.
    package var next: String?

    package init(blobs: [StoredBlob], next: String?) {
        self.blobs = blobs
        self.next = next
    }
}

/// How full the store is.
package struct StorageSpace: Sendable, Equatable {
    package var totalBytes: Int
    package var freeBytes: Int

    package init(totalBytes: Int, freeBytes: Int) {
        self.totalBytes = totalBytes
        self.freeBytes = freeBytes
    }
}
