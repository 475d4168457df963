import Foundation
import GalleryBlobs
import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryTesting
import NIOCore
import Testing

@Suite struct PartUploadTests {
    private static let bytes = sampleBytes(350_000)
    private static let digest = SHA256Digest.of(bytes)

    private static func part(_ number: Int) -> [UInt8] {
        Array(bytes[((number - 1) * 100_000)..<min(number * 100_000, bytes.count)])
    }

    private func start(_ bench: ContentBench) async throws -> PartUpload {
        try await bench.content.startUpload(of: Self.digest, size: 350_000, partSize: 100_000, by: bench.ada.id)
    }

    @Test(arguments: TestDatabase.all, [[1, 2, 3, 4], [4, 3, 2, 1], [2, 2, 1, 4, 3, 1, 4], [3, 1, 4, 2]])
    func `parts may come in any order and more than once`(_ kind: TestDatabase, order: [Int]) async throws {
        try await ContentBench.run(kind) { bench in
            let upload = try await start(bench)
            #expect(upload.partCount == 4)
            for number in order {
                _ = try await bench.content.receivePart(number, of: upload.id, body: body(Self.part(number)))
            }
            let stored = try await bench.content.completeUpload(upload.id)
            #expect(stored == StoredContent(sha256: Self.digest, size: 350_000, isNew: true))
            #expect(try await bench.bytes(of: Self.digest) == Self.bytes)
            #expect(try await bench.packs().count == 4)
            #expect(try await bench.packRows() == bench.packs())
            #expect(try await bench.mayUse(Self.digest, bench.ada))
            let reader = try await bench.content.reader(of: Self.digest)
            let middle = try await reader.bytes(99_999..<200_001)
            #expect(Array(middle.readableBytesView) == Array(Self.bytes[99_999..<200_001]))
        }
    }

    @Test(arguments: TestDatabase.all)
    func `parts may come at the same time`(_ kind: TestDatabase) async throws {
        try await ContentBench.run(kind) { bench in
            let upload = try await start(bench)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in [1, 2, 3, 4, 4, 3, 2, 1] {
                    group.addTask {
                        _ = try await bench.content.receivePart(
                            number,
                            of: upload.id,
                            body: body(Self.part(number), chunk: 10_000)
                        )
                    }
                }
                try await group.waitForAll()
            }
            _ = try await bench.content.completeUpload(upload.id)
            #expect(try await bench.bytes(of: Self.digest) == Self.bytes)
            #expect(try await bench.packRows() == bench.packs())
        }
    }

    @Test(arguments: TestDatabase.all)
    func `an upload goes on after a restart`(_ kind: TestDatabase) async throws {
        try await ContentBench.run(kind) { bench in
            let upload = try await start(bench)
            for number in [1, 3] {
                _ = try await bench.content.receivePart(number, of: upload.id, body: body(Self.part(number)))
            }
            let restarted = Content(database: bench.database, blobs: bench.blobs, world: .fixed(bench.clock))
            let same = try await restarted.startUpload(
                of: Self.digest,
                size: 350_000,
                partSize: 100_000,
                by: bench.ada.id
            )
            #expect(same == upload)
            #expect(try await restarted.arrivedParts(of: upload.id).map(\.number) == [1, 3])
            await #expect(throws: ContentError.partsMissing([2, 4])) {
                _ = try await restarted.completeUpload(upload.id)
            }
            let other = Content(
                database: bench.database,
                blobs: bench.blobs,
                world: .live
            )
            for number in [2, 4] {
                _ = try await other.receivePart(number, of: upload.id, body: body(Self.part(number)))
            }
            _ = try await other.completeUpload(upload.id)
            #expect(try await bench.bytes(of: Self.digest) == Self.bytes)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `wrong bytes end the upload and leave nothing`(_ kind: TestDatabase) async throws {
        try await ContentBench.run(kind) { bench in
            let upload = try await start(bench)
            for number in [1, 2, 3] {
                _ = try await bench.content.receivePart(number, of: upload.id, body: body(Self.part(number)))
            }
            let wrong = sampleBytes(50_000, seed: 7)
            _ = try await bench.content.receivePart(4, of: upload.id, body: body(wrong))
            let received = SHA256Digest.of(Self.bytes[..<300_000] + wrong)
            await #expect(throws: ContentError.wrongDigest(expected: Self.digest, received: received)) {
                _ = try await bench.content.completeUpload(upload.id)
            }
            #expect(try await bench.packs().isEmpty)
            #expect(try await bench.packRows().isEmpty)
            await #expect(throws: ContentError.unknownUpload) { _ = try await bench.content.completeUpload(upload.id) }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a part replaced after it was hashed counts as it is now`(_ kind: TestDatabase) async throws {
        try await ContentBench.run(kind) { bench in
            let upload = try await start(bench)
            _ = try await bench.content.receivePart(1, of: upload.id, body: body(sampleBytes(100_000, seed: 9)))
            for number in [2, 3, 4, 1] {
                _ = try await bench.content.receivePart(number, of: upload.id, body: body(Self.part(number)))
            }
            _ = try await bench.content.completeUpload(upload.id)
            #expect(try await bench.bytes(of: Self.digest) == Self.bytes)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `parts of the wrong number or length are refused`(_ kind: TestDatabase) async throws {
        try await ContentBench.run(kind) { bench in
            let upload = try await start(bench)
            for number in [0, 5, -1, Int.max, Int.min] {
                await #expect(throws: ContentError.badPart(number: number, count: 4)) {
                    _ = try await bench.content.receivePart(number, of: upload.id, body: body([1]))
                }
            }
            await #expect(throws: ContentError.wrongPartSize(number: 4, expected: 50_000, received: 100_000)) {
                _ = try await bench.content.receivePart(
                    4,
                    of: upload.id,
                    body: body(Self.part(1)),
                    announcedLength: 100_000
                )
            }
            await #expect(throws: ContentError.wrongPartSize(number: 1, expected: 100_000, received: 50_000)) {
                _ = try await bench.content.receivePart(1, of: upload.id, body: body(Self.part(4)))
            }
            await #expect(throws: ContentError.self) {
                _ = try await bench.content.receivePart(4, of: upload.id, body: body(Self.part(1)))
            }
            await #expect(throws: ContentError.unknownUpload) {
                _ = try await bench.content.receivePart(1, of: "nothing", body: body([1]))
            }
            #expect(try await bench.packs().isEmpty)
        }
    }

    @Test(arguments: [(0, 1), (1, 0), (-1, 1), (Int.max, 1), (10_001, 1)])
    func `an upload of senseless size is refused`(_ size: Int, partSize: Int) async throws {
        try await ContentBench.run(.sqlite) { bench in
            await #expect(throws: ContentError.self) {
                _ = try await bench.content.startUpload(of: .of([1]), size: size, partSize: partSize, by: bench.ada.id)
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `completing twice at once makes one file`(_ kind: TestDatabase) async throws {
        try await ContentBench.run(kind) { bench in
            let upload = try await start(bench)
            for number in 1...4 {
                _ = try await bench.content.receivePart(number, of: upload.id, body: body(Self.part(number)))
            }
            let done = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<4 {
                    group.addTask { (try? await bench.content.completeUpload(upload.id)) != nil }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(done == 1)
            #expect(try await bench.bytes(of: Self.digest) == Self.bytes)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `an upload of what is here already keeps one copy`(_ kind: TestDatabase) async throws {
        try await ContentBench.run(kind) { bench in
            _ = try await bench.store(Self.bytes, by: bench.bob)
            let upload = try await start(bench)
            for number in 1...4 {
                _ = try await bench.content.receivePart(number, of: upload.id, body: body(Self.part(number)))
            }
            #expect(try await !bench.content.completeUpload(upload.id).isNew)
            #expect(try await bench.packs().count == 1)
            #expect(try await bench.packRows() == bench.packs())
            #expect(try await bench.mayUse(Self.digest, bench.ada))
        }
    }
}
