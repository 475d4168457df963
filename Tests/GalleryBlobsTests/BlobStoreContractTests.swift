import Foundation
import GalleryBlobs
import GalleryModel
import NIOCore
import Testing

@Suite struct BlobStoreContractTests {
    @Test(arguments: StoreKind.allCases, [1, 65_535, 65_536, 3_000_000, 9_000_001])
    func `a pack comes back byte for byte, with its size and hash`(_ kind: StoreKind, size: Int) async throws {
        try await kind.run { store in
            let bytes = sample(size)
            let blob = try await store.keep(bytes, as: "pack-1")
            #expect(blob == FinishedBlob(pack: "pack-1", size: size, sha256: .of(bytes)))
            #expect(try await store.size(of: "pack-1") == size)
            #expect(try await Array(store.read("pack-1", 0..<size).readableBytesView) == bytes)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `pieces of any size arrive in order`(_ kind: StoreKind) async throws {
        try await kind.run { store in
            let bytes = sample(5_000_000)
            let writer = try await store.create("pack-1", hashing: true)
            var position = 0
            for length in [1, 7, 16_383, 16_384, 70_000, 3_000_000, 1, 2, 3] {
                try await writer.write(ByteBuffer(bytes: bytes[position..<(position + length)]))
                position += length
            }
            for index in position..<(position + 5_000) { try await writer.write(ByteBuffer(bytes: [bytes[index]])) }
            position += 5_000
            let blob = try await writer.finish()
            #expect(blob.size == position)
            #expect(blob.sha256 == .of(bytes[..<position]))
            #expect(try await Array(store.read("pack-1", 0..<position).readableBytesView) == Array(bytes[..<position]))
        }
    }

    @Test(arguments: StoreKind.allCases, [0..<1, 10..<10, 999..<1000, 0..<1000, 500..<600])
    func `a range is read exactly`(_ kind: StoreKind, range: Range<Int>) async throws {
        try await kind.run { store in
            let bytes = sample(1000)
            _ = try await store.keep(bytes, as: "pack-1")
            #expect(try await Array(store.read("pack-1", range).readableBytesView) == Array(bytes[range]))
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `reading beyond the end or from nothing is an error, never fewer bytes`(_ kind: StoreKind) async throws {
        try await kind.run { store in
            _ = try await store.keep(sample(1000), as: "pack-1")
            await #expect(throws: BlobError.truncated("pack-1")) { _ = try await store.read("pack-1", 990..<1001) }
            await #expect(throws: BlobError.missing("pack-2")) { _ = try await store.read("pack-2", 0..<1) }
            #expect(try await store.size(of: "pack-2") == nil)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a pack is invisible until it is finished`(_ kind: StoreKind) async throws {
        try await kind.run { store in
            let writer = try await store.create("pack-1", hashing: true)
            try await writer.write(ByteBuffer(bytes: sample(3_000_000)))
            _ = try await writer.seal()
            #expect(try await store.size(of: "pack-1") == nil)
            #expect(try await store.packs().isEmpty)
            _ = try await writer.finish()
            #expect(try await store.packs() == ["pack-1": 3_000_000])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `sealing tells size and hash and takes no more bytes`(_ kind: StoreKind) async throws {
        try await kind.run { store in
            let writer = try await store.create("pack-1", hashing: true)
            try await writer.write(ByteBuffer(bytes: [1, 2, 3]))
            let sealed = try await writer.seal()
            #expect(sealed == FinishedBlob(pack: "pack-1", size: 3, sha256: .of([1, 2, 3])))
            await #expect(throws: BlobError.closed("pack-1")) { try await writer.write(ByteBuffer(bytes: [4])) }
            #expect(try await writer.finish() == sealed)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a cancelled or dropped writer leaves nothing`(_ kind: StoreKind) async throws {
        try await kind.run { store in
            let writer = try await store.create("pack-1", hashing: false)
            try await writer.write(ByteBuffer(bytes: sample(3_000_000)))
            await writer.cancel()
            await writer.cancel()
            await #expect(throws: BlobError.closed("pack-1")) { try await writer.write(ByteBuffer(bytes: [4])) }
            await #expect(throws: BlobError.closed("pack-1")) { _ = try await writer.finish() }
            do {
                let dropped = try await store.create("pack-2", hashing: false)
                try await dropped.write(ByteBuffer(bytes: sample(3_000_000)))
            }
            #expect(try await store.packs().isEmpty)
            _ = try await store.keep([1], as: "pack-1")
            #expect(try await store.packs() == ["pack-1": 1])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `without hashing there is no hash`(_ kind: StoreKind) async throws {
        try await kind.run { store in
            let blob = try await store.keep(sample(100), as: "pack-1", hashing: false)
            #expect(blob.sha256 == nil)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `an id is used once`(_ kind: StoreKind) async throws {
        try await kind.run { store in
            _ = try await store.keep([1], as: "pack-1")
            await #expect(throws: BlobError.exists("pack-1")) { _ = try await store.create("pack-1", hashing: false) }
            #expect(try await Array(store.read("pack-1", 0..<1).readableBytesView) == [1])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a deleted pack is gone, and may be deleted again`(_ kind: StoreKind) async throws {
        try await kind.run { store in
            _ = try await store.keep([1], as: "pack-1")
            try await store.delete("pack-1")
            try await store.delete("pack-1")
            #expect(try await store.packs().isEmpty)
            await #expect(throws: BlobError.missing("pack-1")) { _ = try await store.read("pack-1", 0..<1) }
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `all packs are listed with size and age`(_ kind: StoreKind) async throws {
        try await kind.run { store in
            let before = Date().addingTimeInterval(-5)
            for index in 1...40 { _ = try await store.keep(sample(index), as: PackID("pack-\(index)")) }
            let expected = Dictionary(uniqueKeysWithValues: (1...40).map { (PackID("pack-\($0)"), $0) })
            #expect(try await store.packs() == expected)
            var page: String?
            repeat {
                let listing = try await store.list(page)
                #expect(listing.blobs.allSatisfy { $0.createdAt > before })
                page = listing.next
            } while page != nil
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `many writers do not mix`(_ kind: StoreKind) async throws {
        try await kind.run { store in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<16 {
                    group.addTask {
                        let bytes = sample(1_500_000 + index, seed: UInt64(index + 1))
                        let blob = try await store.keep(bytes, as: PackID("pack-\(index)"), chunk: 100_000)
                        #expect(blob.sha256 == .of(bytes))
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await store.packs().count == 16)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a sweep leaves writers at work alone`(_ kind: StoreKind) async throws {
        try await kind.run { store in
            let writer = try await store.create("pack-1", hashing: true)
            try await writer.write(ByteBuffer(bytes: sample(3_000_000)))
            #expect(try await store.sweepStaging() == 0)
            #expect(try await writer.finish().size == 3_000_000)
            #expect(try await store.size(of: "pack-1") == 3_000_000)
        }
    }
}

extension PackID: ExpressibleByStringLiteral {
    package init(stringLiteral text: String) { self.init(rawValue: text) }
}
