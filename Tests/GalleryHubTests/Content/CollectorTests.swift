import Foundation
import GalleryBlobs
import GalleryDatabase
import GalleryModel
import GalleryTesting
import Logging
import NIOCore
import Testing

@testable import GalleryHub

@Suite struct CollectorTests {
    private static let week: Duration = .seconds(7 * 24 * 3600)
    private static let hours2: Duration = .seconds(2 * 3600)

    @Test(arguments: TestDatabase.all)
    func `what no repository holds frees its pack once its grace and downloads are over`(
        _ kind: TestDatabase
    ) async throws {
        try await ContentBench.run(kind) { bench in
            let repo = try await bench.repository("m", of: bench.ada)
            let kept = try await bench.store(sampleBytes(1000))
            let dead = try await bench.store(sampleBytes(2000, seed: 2))
            try await bench.keep(kept, dead, in: repo)
            bench.clock.advance(by: Self.week)
            #expect(try await bench.collect() == CollectionReport())

            try await bench.drop(dead, from: repo)
            let reader = try await bench.content.reader(of: dead)
            var report = try await bench.collect()
            #expect(report.deletedContents == 1)
            #expect(report.doomedBytes == 2000)
            #expect(report.deletedPacks == 0)
            // A download that has begun ends.
            #expect(try await Array(reader.bytes().readableBytesView) == sampleBytes(2000, seed: 2))
            await #expect(throws: ContentError.unknown(dead)) { _ = try await bench.content.reader(of: dead) }

            bench.clock.advance(by: Self.hours2)
            report = try await bench.collect()
            #expect(report.deletedPacks == 1)
            #expect(report.freedBytes == 2000)
            #expect(report.doomedBytes == 0)
            #expect(try await bench.packs().count == 1)
            #expect(try await bench.packRows() == bench.packs())
            #expect(try await bench.bytes(of: kept) == sampleBytes(1000))
        }
    }

    @Test(arguments: TestDatabase.all)
    func `what was sent or promised lately is kept though no repository holds it`(_ kind: TestDatabase) async throws {
        try await ContentBench.run(kind) { bench in
            let digest = try await bench.store(sampleBytes(1000))
            for _ in 0..<5 {
                bench.clock.advance(by: .seconds(2 * 24 * 3600))
                let now = bench.clock.now
                try await bench.database.write { db in try db.promiseContents([digest], at: now) }
                bench.clock.advance(by: .seconds(24 * 3600))
                #expect(try await bench.collect() == CollectionReport())
            }
            // Sending it again is as good.
            bench.clock.advance(by: .seconds(2 * 24 * 3600 - 1))
            _ = try await bench.store(sampleBytes(1000), by: bench.bob)
            bench.clock.advance(by: .seconds(2 * 24 * 3600))
            #expect(try await bench.collect() == CollectionReport())
            #expect(try await bench.bytes(of: digest) == sampleBytes(1000))
        }
    }

    @Test(arguments: TestDatabase.all)
    func `an upload in parts lives as long as parts come`(_ kind: TestDatabase) async throws {
        try await ContentBench.run(kind) { bench in
            let bytes = sampleBytes(300)
            let upload = try await bench.content.startUpload(of: .of(bytes), size: 300, partSize: 100, by: bench.ada.id)
            for number in 1...2 {
                bench.clock.advance(by: .seconds(6 * 24 * 3600))
                let part = Array(bytes[((number - 1) * 100)..<(number * 100)])
                _ = try await bench.content.receivePart(number, of: upload.id, body: body(part))
                #expect(try await bench.collect() == CollectionReport())
            }
            // It goes on between the collector's look and its hand.
            #expect(try await !bench.content.abandonUpload(upload.id, unchangedSince: bench.clock.now - Self.week))
            #expect(try await bench.content.arrivedParts(of: upload.id).count == 2)

            bench.clock.advance(by: Self.week + .seconds(1))
            #expect(try await bench.collect().abandonedUploads == 1)
            let packs = try await bench.packs()
            #expect(packs.isEmpty)
            #expect(try await bench.packRows().isEmpty)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a xorb that files use stays, whatever its age`(_ kind: TestDatabase) async throws {
        try await ContentBench.run(kind) { bench in
            let xorb = try await bench.xorb(sampleBytes(1000))
            _ = try await bench.file(in: xorb, 0..<600, of: sampleBytes(1000))
            bench.clock.advance(by: .seconds(3600))
            #expect(try await bench.collect() == CollectionReport())
            let repo = try await bench.repository("m", of: bench.ada)
            try await bench.keep(.of(sampleBytes(1000)[..<600]), in: repo)
            bench.clock.advance(by: Self.week)
            #expect(try await bench.collect() == CollectionReport())
            #expect(try await bench.generation() == 1)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `an unused xorb goes, and clients that believe in it are told before`(_ kind: TestDatabase) async throws {
        try await ContentBench.run(kind) { bench in
            let xorb = try await bench.xorb(sampleBytes(1000))
            #expect(try await bench.collect() == CollectionReport())
            bench.clock.advance(by: Self.week)
            #expect(try await bench.collect().condemnedXorbs == 1)
            #expect(try await bench.generation() == 2)
            #expect(try await bench.hasXorbRow())
            // A token with the old generation still finds it.
            bench.clock.advance(by: .seconds(1800))
            #expect(try await bench.collect() == CollectionReport())
            #expect(try await bench.packs() == [xorb])
            bench.clock.advance(by: .seconds(1801))
            #expect(try await bench.collect().deletedXorbs == 1)
            #expect(try await !bench.hasXorbRow())
            bench.clock.advance(by: Self.hours2)
            #expect(try await bench.collect().deletedPacks == 1)
            #expect(try await bench.generation() == 2)
            let packs = try await bench.packs()
            #expect(packs.isEmpty)
            #expect(try await bench.packRows().isEmpty)
        }
    }

    @Test(arguments: TestDatabase.all, [true, false])
    func `a condemned xorb that comes to use is warned of again before it goes`(
        _ kind: TestDatabase,
        isSentAgain: Bool
    ) async throws {
        try await ContentBench.run(kind) { bench in
            let bytes = sampleBytes(1000)
            let xorb = try await bench.xorb(bytes)
            bench.clock.advance(by: Self.week)
            _ = try await bench.collect()
            if isSentAgain {
                #expect(try await bench.sendXorb(bytes) == false)
                bench.clock.advance(by: Self.hours2)
                #expect(try await bench.collect() == CollectionReport())
            } else {
                let digest = try await bench.file(in: xorb, 0..<1000, of: bytes)
                bench.clock.advance(by: Self.hours2)
                #expect(try await bench.collect() == CollectionReport())
                #expect(try await bench.bytes(of: digest) == bytes)
            }
            bench.clock.advance(by: Self.week)
            let report = try await bench.collect()
            #expect(report.deletedXorbs == 0)
            #expect(report.condemnedXorbs == 1)
            #expect(try await bench.generation() == 3)
            #expect(try await bench.hasXorbRow())
        }
    }

    @Test(arguments: TestDatabase.all)
    func `the living bytes of a mostly dead xorb move, and the rest is freed`(_ kind: TestDatabase) async throws {
        try await ContentBench.run(kind) { bench in
            let bytes = sampleBytes(10_000)
            let xorb = try await bench.xorb(bytes)
            let repo = try await bench.repository("m", of: bench.ada)
            var kept: [SHA256Digest: [UInt8]] = [:]
            for range in [100..<600, 300..<900, 5000..<5100] {
                let digest = try await bench.file(in: xorb, range, of: bytes)
                try await bench.keep(digest, in: repo)
                kept[digest] = Array(bytes[range])
            }
            bench.clock.advance(by: Self.week)
            for _ in 0..<5 {
                _ = try await bench.collect()
                for (digest, bytes) in kept { #expect(try await bench.bytes(of: digest) == bytes) }
                bench.clock.advance(by: Self.hours2)
            }
            #expect(try await !bench.hasXorbRow())
            let blobs = try await bench.blobs.list(nil).blobs
            #expect(blobs.map(\.size) == [900])
            #expect(try await bench.packRows() == bench.packs())
            #expect(try await bench.collect() == CollectionReport())
            #expect(try await ContentVerifier(content: bench.content).verify().isSound)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a file in many short parts becomes one piece`(_ kind: TestDatabase) async throws {
        try await ContentBench.run(kind) { bench in
            let digest = try await bench.fileInParts(sampleBytes(500), partSize: 100)
            #expect(try await bench.packs().count == 5)
            #expect(try await bench.collect().joinedContents == 1)
            bench.clock.advance(by: Self.hours2)
            #expect(try await bench.collect().deletedPacks == 5)
            #expect(try await bench.packs().count == 1)
            #expect(try await bench.packRows() == bench.packs())
            #expect(try await bench.bytes(of: digest) == sampleBytes(500))
        }
    }

    @Test(arguments: TestDatabase.all)
    func `files that no row knows go after a day, unless they are older than the database`(
        _ kind: TestDatabase
    ) async throws {
        try await ContentBench.run(kind) { bench in
            let digest = try await bench.store(sampleBytes(1000))
            let known = try await bench.packs()
            _ = try await bench.stray(sampleBytes(10))
            bench.clock.advance(by: .seconds(23 * 3600))
            #expect(try await bench.collect() == CollectionReport())
            bench.clock.advance(by: .seconds(2 * 3600))
            #expect(try await bench.collect().deletedStrays == 1)
            #expect(try await bench.packs() == known)
            #expect(try await bench.bytes(of: digest) == sampleBytes(1000))

            // As when the settings name a new database beside old files.
            try await bench.database.write { db in
                try db.execute("UPDATE schema_migrations SET applied_at = \(bench.clock.now)")
            }
            let old = MemoryBlobStore(now: { TestClock.start })
            _ = try await Self.write(sampleBytes(10), to: old)
            let content = Content(database: bench.database, blobs: old, world: .fixed(bench.clock))
            bench.clock.advance(by: Self.week)
            #expect(try await ContentCollector(content: content).deleteStrays(olderThan: bench.clock.now) == 0)
        }
    }

    static func write(_ bytes: [UInt8], to blobs: any BlobStore) async throws -> PackID {
        let writer = try await blobs.create(PackID("stray"), hashing: false)
        try await writer.write(ByteBuffer(bytes: bytes))
        return try await writer.finish().pack
    }

    @Test(arguments: TestDatabase.all, [true, false])
    func `at its start the only server sweeps what a crash left, and nothing newer`(
        _ kind: TestDatabase,
        isAlone: Bool
    ) async throws {
        try await ContentBench.run(kind) { bench in
            let digest = try await bench.store(sampleBytes(1000))
            let stray = try await bench.stray(sampleBytes(10))
            bench.clock.advance(by: .seconds(5))
            let start = bench.clock.now
            let newer = try await bench.content.startPack()
            try await newer.write(ByteBuffer(bytes: [1]))
            let fresh = try await newer.finish().pack

            let lock = FileManager.default.temporaryDirectory.appending(path: "gallery-lock-\(UUID().uuidString)").path
            defer { try? FileManager.default.removeItem(atPath: lock) }
            let caretaker = ContentCaretaker(
                content: bench.content,
                lockPath: lock,
                isAlone: isAlone,
                logger: .init(label: "test")
            )
            try await caretaker.recover(since: start)
            let packs = try await bench.packs()
            #expect(packs.contains(stray) == !isAlone)
            #expect(packs.contains(fresh))
            #expect(try await bench.bytes(of: digest) == sampleBytes(1000))
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a damaged xorb is sent again by clients that believe it to be here`(_ kind: TestDatabase) async throws {
        try await ContentBench.run(kind) { bench in
            let bytes = sampleBytes(1000)
            let xorb = try await bench.xorb(bytes)
            let digest = try await bench.file(in: xorb, 0..<1000, of: bytes)
            bench.blobs.damage(xorb, with: nil)
            #expect(try await !ContentVerifier(content: bench.content).verify().isSound)
            #expect(try await bench.generation() == 2)
            #expect(try await bench.sendXorb(bytes))
            #expect(try await ContentVerifier(content: bench.content).verify().damages.isEmpty)
            #expect(try await bench.bytes(of: digest) == bytes)
        }
    }

    /// How many steps of the first run are done before the collector is killed.
    @Test(arguments: TestDatabase.all, 0...8)
    func `killed between any two steps, nothing is lost and nothing stays for ever`(
        _ kind: TestDatabase,
        steps: Int
    ) async throws {
        try await ContentBench.run(kind) { bench in
            let repo = try await bench.repository("m", of: bench.ada)
            let bytes = sampleBytes(10_000)
            let xorb = try await bench.xorb(bytes)
            let part = try await bench.file(in: xorb, 1000..<2000, of: bytes)
            let scattered = try await bench.fileInParts(sampleBytes(500, seed: 3), partSize: 100)
            let whole = try await bench.store(sampleBytes(700, seed: 4))
            _ = try await bench.store(sampleBytes(800, seed: 5))
            let idle = try await bench.content.startUpload(of: .of([1, 2]), size: 2, partSize: 1, by: bench.ada.id)
            _ = try await bench.content.receivePart(1, of: idle.id, body: body([1]))
            try await bench.keep(part, scattered, whole, in: repo)
            bench.clock.advance(by: Self.week + .seconds(1))

            func expectAll() async throws {
                #expect(try await bench.bytes(of: part) == Array(bytes[1000..<2000]))
                #expect(try await bench.bytes(of: scattered) == sampleBytes(500, seed: 3))
                #expect(try await bench.bytes(of: whole) == sampleBytes(700, seed: 4))
            }
            for _ in 0..<6 {
                var report = CollectionReport()
                let unlucky = ContentCollector(content: bench.neverDeletingContent())
                try await unlucky.run(steps, &report)
                try await expectAll()
                bench.clock.advance(by: Self.hours2)
            }
            for _ in 0..<6 {
                _ = try await bench.collect()
                try await expectAll()
                bench.clock.advance(by: .seconds(13 * 3600))
            }
            #expect(try await bench.collect() == CollectionReport())
            #expect(try await bench.packs().count == 3)
            #expect(try await bench.packRows() == bench.packs())
            #expect(try await ContentVerifier(content: bench.content).verify().isSound)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `uploads and commits beside the collector lose nothing`(_ kind: TestDatabase) async throws {
        try await ContentBench.run(kind) { bench in
            let repo = try await bench.repository("m", of: bench.ada)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<4 {
                    group.addTask {
                        for round in 0..<8 {
                            let bytes = sampleBytes(200, seed: UInt64(worker % 2 * 100 + round + 1))
                            let digest = try await bench.store(bytes)
                            try await bench.keep(digest, in: repo)
                            if worker < 2 { try await bench.drop(digest, from: repo) }
                            _ = try await bench.store(bytes)
                            try await bench.keep(digest, in: repo)
                        }
                    }
                }
                group.addTask {
                    let policy = CollectionPolicy(grace: .seconds(3600), drain: .zero)
                    for _ in 0..<20 { _ = try await ContentCollector(content: bench.content, policy: policy).collect() }
                }
                try await group.waitForAll()
            }
            for worker in 0..<2 {
                for round in 0..<8 {
                    let bytes = sampleBytes(200, seed: UInt64(worker * 100 + round + 1))
                    #expect(try await bench.bytes(of: .of(bytes)) == bytes)
                }
            }
            #expect(try await bench.packRows() == bench.packs())
        }
    }

    @Test(arguments: TestDatabase.all)
    func `thousands of digests are judged at once`(_ kind: TestDatabase) async throws {
        try await ContentBench.run(kind) { bench in
            let open = try await bench.repository("open", of: bench.ada)
            let secret = try await bench.repository("secret", of: bench.ada, visibility: .owner)
            let digests = (0..<1300).map { SHA256Digest.of("\($0)".utf8) }
            try await bench.database.write { db in
                for digest in digests { _ = try db.insertContent(digest, size: 0, extents: [], at: bench.clock.now) }
                try db.addContentReferences(digests, to: secret)
                try db.addContentReferences(digests.prefix(900), to: open)
                try db.setState(ContentState.damaged, of: digests[0])
            }
            let (ada, bob) = try await bench.database.read { db in
                (
                    try db.mayUse(digests, by: Viewer(account: bench.ada)),
                    try db.mayUse(digests, by: Viewer(account: bench.bob))
                )
            }
            #expect(ada == Set(digests.dropFirst()))
            #expect(bob == Set(digests[1..<900]))
        }
    }
}
