import Foundation
import GalleryBlobs
import GalleryModel
import NIOCore

/// The drivers that have to pass the contract.
enum StoreKind: String, CaseIterable, Sendable {
    case directory, memory

    /// Runs `body` on an empty store of this kind, and removes it afterwards.
    func run<Value>(_ body: (any BlobStore) async throws -> Value) async throws -> Value {
        switch self {
        case .directory:
            let root = FileManager.default.temporaryDirectory.appending(path: "blobs-\(UUID().uuidString)").path
            defer { try? FileManager.default.removeItem(atPath: root) }
            return try await body(DirectoryBlobStore(root: root))
        case .memory:
            return try await body(MemoryBlobStore())
        }
    }
}

/// Bytes that differ everywhere, so that a shift is noticed.
func sample(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    return (0..<count).map { _ in
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return UInt8(truncatingIfNeeded: state >> 32)
    }
}

extension BlobStore {
    func keep(_ bytes: [UInt8], as pack: PackID, hashing: Bool = true, chunk: Int = 65_536) async throws -> FinishedBlob
    {
        let writer = try await create(pack, hashing: hashing)
        for start in stride(from: 0, to: bytes.count, by: chunk) {
            try await writer.write(ByteBuffer(bytes: bytes[start..<min(start + chunk, bytes.count)]))
        }
        return try await writer.finish()
    }

    func packs() async throws -> [PackID: Int] {
        var result: [PackID: Int] = [:]
        var page: String?
        repeat {
            let listing = try await list(page)
            for blob in listing.blobs { result[blob.pack] = blob.size }
            page = listing.next
        } while page != nil
        return result
    }
}
