import Foundation
import GalleryBlobs
import GalleryModel
import NIOCore
import Testing

@Suite struct DirectoryBlobStoreTests {
    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "blobs-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: root) }
        try await body(root)
    }

    @Test func `what a crash left in staging is swept, what was finished stays`() async throws {
        try await withFolder { root in
            do {
                let store = try DirectoryBlobStore(root: root)
                _ = try await store.keep(sample(100), as: "pack-1")
            }
            try Data(sample(500)).write(to: URL(filePath: root + "/staging/pack-2"))
            let store = try DirectoryBlobStore(root: root)
            #expect(try await store.sweepStaging() == 1)
            #expect(try FileManager.default.contentsOfDirectory(atPath: root + "/staging").isEmpty)
            #expect(try await store.packs() == ["pack-1": 100])
        }
    }

    @Test func `a full disk takes no packs`() async throws {
        try await withFolder { root in
            let store = try DirectoryBlobStore(root: root, reserve: 1.1)
            let error = await #expect(throws: BlobError.self) { _ = try await store.create("pack-1", hashing: false) }
            #expect(error?.problem.kind == .storageFull)
            #expect(try FileManager.default.contentsOfDirectory(atPath: root + "/staging").isEmpty)
        }
    }

    @Test(arguments: ["", "../x", "a/b", ".", "A", "a b", "ä", String(repeating: "a", count: 65)])
    func `an id that is no plain name is refused`(_ id: String) async throws {
        try await withFolder { root in
            let store = try DirectoryBlobStore(root: root)
            let pack = PackID(id)
            await #expect(throws: BlobError.badID(pack)) { _ = try await store.create(pack, hashing: false) }
            await #expect(throws: BlobError.badID(pack)) { _ = try await store.read(pack, 0..<1) }
            await #expect(throws: BlobError.badID(pack)) { try await store.delete(pack) }
            #expect(store.path(of: pack) == nil)
        }
    }

    @Test func `the path of a pack holds its bytes`() async throws {
        try await withFolder { root in
            let store = try DirectoryBlobStore(root: root)
            let bytes = sample(1234)
            _ = try await store.keep(bytes, as: "pack-1")
            let path = try #require(store.path(of: "pack-1"))
            #expect(try Array(Data(contentsOf: URL(filePath: path))) == bytes)
        }
    }

    @Test(arguments: [
        1 << 18, (1 << 18) + 1, 1 << 21, (1 << 21) - 1, (1 << 21) + 1, 5_000_000, 6 << 20, (4 << 20) + 4096,
    ])
    func `packs around the size of a write hold their bytes, many at once`(_ size: Int) async throws {
        try await withFolder { root in
            let store = try DirectoryBlobStore(root: root)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, chunk) in [size, 65_536, 1_000_003, 99_991].enumerated() {
                    group.addTask {
                        let bytes = sample(size, seed: UInt64(index) + 1)
                        let pack = PackID("pack-\(index)")
                        let blob = try await store.keep(bytes, as: pack, hashing: index != 3, chunk: chunk)
                        #expect(blob.size == size)
                        #expect(blob.sha256 == (index == 3 ? nil : .of(bytes)))
                        #expect(try await Array(store.read(pack, 0..<size).readableBytesView) == bytes)
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func `a pack given up in the middle leaves nothing`() async throws {
        try await withFolder { root in
            let store = try DirectoryBlobStore(root: root)
            for size in [1000, 3_000_000] {
                let writer = try await store.create("pack-1", hashing: true)
                try await writer.write(ByteBuffer(bytes: sample(size)))
                await writer.cancel()
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: root + "/staging").isEmpty)
            #expect(try await store.packs().isEmpty)
        }
    }

    @Test func `the free space is known`() async throws {
        try await withFolder { root in
            let store = try DirectoryBlobStore(root: root)
            let space = try #require(try await store.space())
            #expect(space.totalBytes > space.freeBytes)
            #expect(space.freeBytes > 0)
        }
    }
}
