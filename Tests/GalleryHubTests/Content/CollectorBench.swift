import Foundation
import GalleryBlobs
import GalleryDatabase
import GalleryModel
import GalleryTesting
import NIOCore

@testable import GalleryHub

extension ContentBench {
    private static let xorbHash = [UInt8](repeating: 7, count: 32)

    func collect() async throws -> CollectionReport {
        // As a server that was started anew.
        let content = Content(database: database, blobs: blobs, world: content.world)
        return try await ContentCollector(content: content).collect()
    }

    /// The same store, in which a killed collector never comes to delete files.
    func neverDeletingContent() -> Content {
        Content(database: database, blobs: KeepingBlobStore(base: blobs), world: content.world)
    }

    /// Sends the bytes as ada's one xorb, in one chunk; false when it was here.
    func sendXorb(_ bytes: [UInt8]) async throws -> Bool {
        let writer = try await content.startPack()
        try await writer.write(ByteBuffer(bytes: bytes))
        let blob = try await writer.finish()
        let chunks = ChunkTable([.init(length: bytes.count, hash: Self.xorbHash)])
        return try await content.keepXorb(Self.xorbHash, in: ada.id, pack: blob, chunks: chunks)
    }

    func xorb(_ bytes: [UInt8]) async throws -> PackID {
        _ = try await sendXorb(bytes)
        return try await xorbRow()?.pack ?? PackID("none")
    }

    private func xorbRow() async throws -> Xorb? {
        try await database.read { db in try db.xorbs([Self.xorbHash], in: ada.id)[Self.xorbHash] }
    }

    func hasXorbRow() async throws -> Bool { try await xorbRow() != nil }

    func generation() async throws -> Int {
        try await database.read { db in try db.xorbGeneration(of: ada.id) }
    }

    /// A file of ada that lies in a pack.
    func file(in pack: PackID, _ range: Range<Int>, of bytes: [UInt8]) async throws -> SHA256Digest {
        let extent = Extent(pack: pack, offset: range.lowerBound, length: range.count)
        return try await content.assemble([extent], expecting: .of(bytes[range]), by: ada.id).sha256
    }

    func fileInParts(_ bytes: [UInt8], partSize: Int) async throws -> SHA256Digest {
        let upload = try await content.startUpload(of: .of(bytes), size: bytes.count, partSize: partSize, by: ada.id)
        for number in 1...upload.partCount {
            let part = Array(bytes[((number - 1) * partSize)..<min(number * partSize, bytes.count)])
            _ = try await content.receivePart(number, of: upload.id, body: body(part))
        }
        return try await content.completeUpload(upload.id).sha256
    }

    /// A durable pack whose rows were never written.
    func stray(_ bytes: [UInt8]) async throws -> PackID {
        try await CollectorTests.write(bytes, to: blobs)
    }
}

extension ContentCollector {
    /// The first `count` steps of a collection.
    func run(_ count: Int, _ report: inout CollectionReport) async throws {
        if count > 0 { try await abandonUploads(&report) }
        if count > 1 { try await deleteContents(&report) }
        if count > 2 { try await deleteXorbs(&report) }
        if count > 3 { try await condemnXorbs(&report) }
        if count > 4 { try await rewritePacks(&report) }
        if count > 5 { try await joinContents(&report) }
        if count > 6 { try await doomPacks() }
        if count > 7 { try await deletePacks(&report) }
    }
}

/// Forgets to delete, as if the process were killed just before.
struct KeepingBlobStore: BlobStore {
    let base: MemoryBlobStore

    func create(_ pack: PackID, hashing: Bool) async throws -> any BlobWriter {
        try await base.create(pack, hashing: hashing)
    }
    func read(_ pack: PackID, _ range: Range<Int>) async throws -> ByteBuffer { try await base.read(pack, range) }
    func size(of pack: PackID) async throws -> Int? { try await base.size(of: pack) }
    func delete(_ pack: PackID) async throws {}
    func list(_ page: String?) async throws -> BlobPage { try await base.list(page) }
    func sweepStaging() async throws -> Int { 0 }
}
