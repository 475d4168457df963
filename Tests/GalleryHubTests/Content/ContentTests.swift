import Foundation
import GalleryBlobs
import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryTesting
import NIOCore
import Testing

@Suite struct ContentTests {
    @Test(arguments: TestDatabase.all, [0, 1, 65_536, 200_001])
    func `a file comes back byte for byte under its hash`(_ kind: TestDatabase, size: Int) async throws {
        try await ContentBench.run(kind) { bench in
            let bytes = sampleBytes(size)
            let stored = try await bench.content.receive(
                body(bytes),
                expecting: .of(bytes),
                size: size,
                by: bench.ada.id
            )
            #expect(stored == StoredContent(sha256: .of(bytes), size: size, isNew: true))
            #expect(try await bench.bytes(of: stored.sha256) == bytes)
            #expect(try await bench.content.reader(of: stored.sha256).size == size)
            let sizes = try await bench.database.read { db in try db.contentSizes(of: [stored.sha256, .of([9])]) }
            #expect(sizes == [stored.sha256: size])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `the same bytes are stored once`(_ kind: TestDatabase) async throws {
        try await ContentBench.run(kind) { bench in
            let first = try await bench.store(sampleBytes(1000))
            let again = try await bench.content.store(ByteBuffer(bytes: sampleBytes(1000)), by: bench.bob.id)
            #expect(again == StoredContent(sha256: first, size: 1000, isNew: false))
            #expect(try await bench.packs().count == 1)
            #expect(try await bench.packRows() == bench.packs())
        }
    }

    @Test(arguments: TestDatabase.all)
    func `the same bytes sent many times at once are stored once`(_ kind: TestDatabase) async throws {
        try await ContentBench.run(kind) { bench in
            let bytes = sampleBytes(100_000)
            try await withThrowingTaskGroup(of: StoredContent.self) { group in
                for index in 0..<12 {
                    let account = index.isMultiple(of: 2) ? bench.ada : bench.bob
                    group.addTask {
                        let stored = try await bench.content.receive(body(bytes), by: account.id)
                        return stored
                    }
                }
                var new = 0
                for try await stored in group where stored.isNew { new += 1 }
                #expect(new == 1)
            }
            #expect(try await bench.packs().count == 1)
            #expect(try await bench.packRows() == bench.packs())
            #expect(try await bench.bytes(of: .of(bytes)) == bytes)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `bytes with another hash or length are refused and leave nothing`(_ kind: TestDatabase) async throws {
        try await ContentBench.run(kind) { bench in
            let bytes = sampleBytes(1000)
            let other = SHA256Digest.of([1])
            await #expect(throws: ContentError.wrongDigest(expected: other, received: .of(bytes))) {
                _ = try await bench.content.receive(body(bytes), expecting: other, by: bench.ada.id)
            }
            await #expect(throws: ContentError.wrongSize(expected: 1001, received: 1000)) {
                _ = try await bench.content.receive(body(bytes), expecting: .of(bytes), size: 1001, by: bench.ada.id)
            }
            await #expect(throws: ContentError.tooLarge(limit: 999)) {
                _ = try await bench.content.receive(body(bytes), expecting: .of(bytes), size: 999, by: bench.ada.id)
            }
            await #expect(throws: ContentError.wrongDigest(expected: other, received: .of([UInt8]()))) {
                _ = try await bench.content.receive(body([]), expecting: other, by: bench.ada.id)
            }
            let packs = try await bench.packs()
            #expect(packs.isEmpty)
            #expect(try await bench.packRows().isEmpty)
            await #expect(throws: ContentError.unknown(.of(bytes))) {
                _ = try await bench.content.reader(of: .of(bytes))
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a connection that breaks leaves nothing`(_ kind: TestDatabase) async throws {
        struct Broken: Error {}
        try await ContentBench.run(kind) { bench in
            let stream = AsyncThrowingStream<ByteBuffer, any Error> { continuation in
                continuation.yield(ByteBuffer(bytes: sampleBytes(1000)))
                continuation.finish(throwing: Broken())
            }
            await #expect(throws: Broken.self) { _ = try await bench.content.receive(stream, by: bench.ada.id) }
            let packs = try await bench.packs()
            #expect(packs.isEmpty)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `knowing a hash is not having the content`(_ kind: TestDatabase) async throws {
        try await ContentBench.run(kind) { bench in
            let digest = try await bench.store(sampleBytes(1000))
            #expect(try await bench.mayUse(digest, bench.ada))
            #expect(try await !bench.mayUse(digest, bench.bob))

            let secret = try await bench.repository("secret", of: bench.ada, visibility: .owner)
            let gated = try await bench.repository("gated", of: bench.ada, gating: .manual)
            try await bench.keep(digest, in: secret)
            try await bench.keep(digest, in: gated)
            #expect(try await !bench.mayUse(digest, bench.bob))

            // Reading the bytes is what gives the right, not sending the hash; sending the bytes does too.
            let open = try await bench.repository("open", of: bench.ada)
            try await bench.keep(digest, in: open)
            #expect(try await bench.mayUse(digest, bench.bob))
            try await bench.drop(digest, from: open)
            #expect(try await !bench.mayUse(digest, bench.bob))
            _ = try await bench.store(sampleBytes(1000), by: bench.bob)
            #expect(try await bench.mayUse(digest, bench.bob))
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a repository's own content may be used in it again`(_ kind: TestDatabase) async throws {
        try await ContentBench.run(kind) { bench in
            let digest = try await bench.store([1, 2, 3])
            let gated = try await bench.repository("gated", of: bench.ada, gating: .manual)
            try await bench.keep(digest, in: gated)
            #expect(try await bench.mayUse(digest, bench.bob, in: gated))
            let none = try await bench.database.read { db in try db.mayUse([digest], by: .visitor, in: gated) }
            #expect(none.isEmpty)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `what is not stored cannot be referred to`(_ kind: TestDatabase) async throws {
        try await ContentBench.run(kind) { bench in
            let repo = try await bench.repository("m", of: bench.ada)
            await #expect(throws: DatabaseError.self) { try await bench.keep(.of([1]), in: repo) }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a damaged content is not served, and healed by sending it again`(_ kind: TestDatabase) async throws {
        try await ContentBench.run(kind) { bench in
            let bytes = sampleBytes(1000)
            let digest = try await bench.store(bytes)
            let repo = try await bench.repository("m", of: bench.ada)
            try await bench.keep(digest, in: repo)
            let pack = try #require(try await bench.pack(of: digest))
            bench.blobs.damage(pack, with: ByteBuffer(bytes: sampleBytes(1000, seed: 2)))
            let report = try await ContentVerifier(content: bench.content).verify()
            #expect(!report.isSound)
            #expect(report.damages.map(\.sha256) == [digest])
            #expect(report.damages.first?.repositories == ["model ada/m"])
            await #expect(throws: ContentError.damaged(digest)) { _ = try await bench.content.reader(of: digest) }
            #expect(try await !bench.mayUse(digest, bench.ada))

            let again = try await bench.content.receive(body(bytes), by: bench.ada.id)
            #expect(again.isNew)
            #expect(try await bench.bytes(of: digest) == bytes)
            #expect(try await bench.mayUse(digest, bench.ada))
        }
    }
}
