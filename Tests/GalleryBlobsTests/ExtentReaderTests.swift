import Foundation
import GalleryBlobs
import GalleryModel
import NIOCore
import Testing

@Suite struct ExtentReaderTests {
    /// A file that lies in pieces of two packs, and its bytes.
    private func scattered(in store: any BlobStore) async throws -> (reader: ExtentReader, bytes: [UInt8]) {
        let first = sample(200_000, seed: 1)
        let second = sample(300_000, seed: 2)
        _ = try await store.keep(first, as: "pack-1")
        _ = try await store.keep(second, as: "pack-2")
        let extents = [
            Extent(pack: "pack-1", offset: 1000, length: 50_000), Extent(pack: "pack-2", offset: 0, length: 300_000),
            Extent(pack: "pack-1", offset: 0, length: 1), Extent(pack: "pack-1", offset: 199_999, length: 1),
        ]
        let bytes = first[1000..<51_000] + second + first[..<1] + first[199_999...]
        return (ExtentReader(extents: extents, in: store), Array(bytes))
    }

    private static let ranges = [
        0..<350_002, 0..<1, 0..<0, 49_999..<50_001, 50_000..<350_000, 350_000..<350_001, 350_001..<350_002,
        100..<350_002, 10..<20, 349_999..<350_002,
    ]

    @Test(arguments: StoreKind.allCases, ranges)
    func `a range over extents is streamed exactly`(_ kind: StoreKind, range: Range<Int>) async throws {
        try await kind.run { store in
            let (reader, bytes) = try await scattered(in: store)
            for chunkSize in [7_000, 65_536, 1 << 20] {
                var received: [UInt8] = []
                for try await chunk in reader.stream(range, chunkSize: chunkSize) {
                    #expect((1...chunkSize).contains(chunk.readableBytes))
                    received += chunk.readableBytesView
                }
                #expect(received == Array(bytes[range]))
            }
            #expect(try await Array(reader.bytes(range).readableBytesView) == Array(bytes[range]))
        }
    }

    @Test(arguments: ranges)
    func `the pieces for sendfile hold exactly the range`(_ range: Range<Int>) async throws {
        try await StoreKind.directory.run { store in
            let (reader, bytes) = try await scattered(in: store)
            var received: [UInt8] = []
            for piece in try #require(reader.pieces(range)) {
                let data = try Data(contentsOf: URL(filePath: piece.path))
                received += data[piece.offset..<(piece.offset + piece.length)]
            }
            #expect(received == Array(bytes[range]))
        }
    }

    @Test func `a store elsewhere has no pieces`() async throws {
        try await StoreKind.memory.run { store in
            let reader = try await scattered(in: store).reader
            #expect(reader.pieces() == nil)
        }
    }

    @Test func `a range beyond the file is cut to it`() async throws {
        try await StoreKind.memory.run { store in
            let (reader, bytes) = try await scattered(in: store)
            #expect(try await Array(reader.bytes(350_000..<1_000_000).readableBytesView) == Array(bytes[350_000...]))
            #expect(try await reader.bytes(400_000..<500_000).readableBytes == 0)
        }
    }

    @Test func `the hash is that of the whole file`() async throws {
        try await StoreKind.memory.run { store in
            let (reader, bytes) = try await scattered(in: store)
            let digest = try await reader.sha256()
            #expect(reader.size == bytes.count)
            #expect(digest == .of(bytes))
        }
    }

    @Test func `an empty file has no bytes`() async throws {
        try await StoreKind.memory.run { store in
            let reader = ExtentReader(extents: [], in: store)
            let digest = try await reader.sha256()
            #expect(reader.size == 0)
            #expect(digest == .of([UInt8]()))
        }
    }

    @Test func `a stream over a missing pack fails instead of ending early`() async throws {
        try await StoreKind.memory.run { store in
            let reader = try await scattered(in: store).reader
            try await store.delete("pack-2")
            await #expect(throws: BlobError.missing("pack-2")) { for try await _ in reader.stream() {} }
        }
    }

    @Test func `adjoining runs merge`() {
        let merged = [
            Extent(pack: "a", offset: 0, length: 10), Extent(pack: "a", offset: 10, length: 5),
            Extent(pack: "b", offset: 15, length: 5), Extent(pack: "b", offset: 20, length: 0),
            Extent(pack: "a", offset: 20, length: 1), Extent(pack: "a", offset: 22, length: 1),
        ].merged()
        #expect(
            merged == [
                Extent(pack: "a", offset: 0, length: 15), Extent(pack: "b", offset: 15, length: 5),
                Extent(pack: "a", offset: 20, length: 1), Extent(pack: "a", offset: 22, length: 1),
            ]
        )
    }
}
