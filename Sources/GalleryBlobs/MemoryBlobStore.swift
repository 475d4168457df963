package import Foundation
package import GalleryModel
import NIOConcurrencyHelpers
package import NIOCore

/// Packs in memory, for tests.
package final class MemoryBlobStore: BlobStore {
    struct Pack {
        var bytes: ByteBuffer
        var createdAt: Date
    }

    private let packs = NIOLockedValueBox<[PackID: Pack]>([:])
    private let now: @Sendable () -> Date

    package init(now: @escaping @Sendable () -> Date = { Date() }) {
        self.now = now
    }

    package func create(_ pack: PackID, hashing: Bool) async throws -> any BlobWriter {
        guard packs.withLockedValue({ $0[pack] == nil }) else { throw BlobError.exists(pack) }
        return MemoryBlobWriter(pack: pack, hashing: hashing, store: self)
    }

    package func read(_ pack: PackID, _ range: Range<Int>) async throws -> ByteBuffer {
        guard let bytes = packs.withLockedValue({ $0[pack]?.bytes }) else { throw BlobError.missing(pack) }
        guard range.lowerBound >= 0, let slice = bytes.getSlice(at: range.lowerBound, length: range.count) else {
            throw BlobError.truncated(pack)
        }
        return slice
    }

    package func size(of pack: PackID) async throws -> Int? {
        packs.withLockedValue { $0[pack]?.bytes.readableBytes }
    }

    package func delete(_ pack: PackID) async throws {
        packs.withLockedValue { $0[pack] = nil }
    }

    package func list(_ page: String?) async throws -> BlobPage {
        let blobs = packs.withLockedValue { packs in
            packs.map { StoredBlob(pack: $0, size: $1.bytes.readableBytes, createdAt: $1.createdAt) }
        }
        return BlobPage(blobs: blobs.sorted { $0.pack.rawValue < $1.pack.rawValue }, next: nil)
    }

    package func sweepStaging() async throws -> Int { 0 }

    /// Changes stored bytes behind everybody's back, as a failing disk does.
    package func damage(_ pack: PackID, with bytes: ByteBuffer?) {
        packs.withLockedValue { packs in
            if let bytes { packs[pack]?.bytes = bytes } else { packs[pack] = nil }
        }
    }

    fileprivate func keep(_ bytes: ByteBuffer, as pack: PackID) {
        packs.withLockedValue { $0[pack] = Pack(bytes: bytes, createdAt: now()) }
    }
}

private actor MemoryBlobWriter: BlobWriter {
    private let pack: PackID
    private let hashing: Bool
    private let store: MemoryBlobStore
    private var bytes = ByteBuffer()
    private var isSealed = false
    private var isClosed = false

    init(pack: PackID, hashing: Bool, store: MemoryBlobStore) {
        self.pack = pack
        self.hashing = hashing
        self.store = store
    }

    func write(_ bytes: ByteBuffer) async throws {
        guard !isClosed, !isSealed else { throw BlobError.closed(pack) }
        self.bytes.writeImmutableBuffer(bytes)
    }

    func seal() async throws -> FinishedBlob {
        guard !isClosed else { throw BlobError.closed(pack) }
        isSealed = true
        return FinishedBlob(
            pack: pack,
            size: bytes.readableBytes,
            sha256: hashing ? .of(bytes.readableBytesView) : nil
        )
    }

    func finish() async throws -> FinishedBlob {
        let blob = try await seal()
        isClosed = true
        store.keep(bytes, as: pack)
        return blob
    }

    func cancel() async {
        isClosed = true
        bytes.clear()
    }
}
