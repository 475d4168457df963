import GalleryBlobs
import GalleryDatabase
import GalleryModel
import GalleryTesting
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing
import XetFormat

@testable import GalleryHub

@Suite struct `Xet uploads` {
    @Test(arguments: TestDatabase.all)
    func `what the real client sends becomes its files`(_ kind: TestDatabase) async throws {
        try await XetGround.run(kind) { ground in
            let xorb = try await ground.ask(.post, "v1/xorbs/default/\(XetCapture.xorb)", XetCapture.read("xorb"))
            #expect(xorb.status == .ok)
            #expect(String(buffer: xorb.body) == #"{"was_inserted":true}"#)
            let shard = try await ground.ask(.post, "v1/shards", XetCapture.read("shard"))
            #expect(String(buffer: shard.body) == #"{"result":1}"#)
            let digest = try #require(SHA256Digest(XetCapture.sha256))
            #expect(try await SHA256Digest.of(ground.bytes(digest)) == digest)
            #expect(try await ground.mayUse(digest, "ada"))
            #expect(try await !ground.mayUse(digest, "bob"))
        }
    }

    @Test(arguments: TestDatabase.all)
    func `the second way to send a shard reports progress and ends with the result`(_ kind: TestDatabase) async throws {
        try await XetGround.run(kind) { ground in
            let xorb = TestXorb.random(3, seed: 1)
            let file = TestFile((xorb, 0..<3))
            _ = try await ground.send(xorb)
            let answer = try await ground.send([file.described], version: 2)
            #expect(answer.status == .ok)
            #expect(answer.headers[.contentType] == "application/x-ndjson")
            let lines = String(buffer: answer.body).split(separator: "\n")
            #expect(lines.first == #"{"type":"validating","verified":3000,"total":3000}"#)
            #expect(lines.last == #"{"type":"result"}"#)
            #expect(try await ground.bytes(file.sha256) == file.content)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `sending everything again changes nothing`(_ kind: TestDatabase) async throws {
        try await XetGround.run(kind) { ground in
            let xorb = TestXorb.random(4, seed: 2)
            let file = TestFile((xorb, 0..<4))
            for isFirst in [true, false, false] {
                let answer = try await ground.send(xorb)
                #expect(String(buffer: answer.body) == "{\"was_inserted\":\(isFirst)}")
                #expect(try await ground.send([file.described, file.described]).status == .ok)
            }
            #expect(try await ground.blobs.list(nil).blobs.count == 1)
            #expect(try await ground.bytes(file.sha256) == file.content)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a changed file shares what did not change`(_ kind: TestDatabase) async throws {
        try await XetGround.run(kind) { ground in
            let old = TestXorb.random(10, seed: 3)
            let new = TestXorb.random(1, seed: 4)
            let before = TestFile((old, 0..<10))
            // Two adjoining runs, a new chunk instead of the fifth, the rest.
            let after = TestFile((old, 0..<2), (old, 2..<4), (new, 0..<1), (old, 5..<10))
            _ = try await ground.send(old)
            #expect(try await ground.send([before.described]).status == .ok)
            _ = try await ground.send(new)
            #expect(try await ground.send([after.described]).status == .ok)
            #expect(try await ground.bytes(after.sha256) == after.content)
            #expect(try await ground.content.reader(of: after.sha256).extents.count == 3)
            #expect(try await ground.content.reader(of: before.sha256).extents.count == 1)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a file that the namespace knows needs no bytes and is not read again`(_ kind: TestDatabase) async throws {
        try await XetGround.run(kind) { ground in
            let xorb = TestXorb.random(2, seed: 5)
            let file = TestFile((xorb, 0..<2))
            _ = try await ground.send(xorb, as: "ada", in: "acme")
            #expect(try await ground.send([file.described], as: "ada", in: "acme").status == .ok)
            #expect(try await !ground.mayUse(file.sha256, "bob"))
            for blob in try await ground.blobs.list(nil).blobs { try await ground.blobs.delete(blob.pack) }
            #expect(try await ground.send([file.described], as: "bob", in: "acme").status == .ok)
            #expect(try await ground.mayUse(file.sha256, "bob"))
        }
    }

    @Test(arguments: TestDatabase.all)
    func `another namespace's xorbs are as good as none`(_ kind: TestDatabase) async throws {
        try await XetGround.run(kind) { ground in
            let xorb = TestXorb.random(2, seed: 6)
            let file = TestFile((xorb, 0..<2))
            _ = try await ground.send(xorb)
            #expect(try await ground.send([file.described]).status == .ok)
            let answer = try await ground.send([file.described], as: "bob")
            #expect(answer.status == .badRequest)
            #expect(String(buffer: answer.body).contains("xet-unknown-xorb"))
            #expect(try await !ground.mayUse(file.sha256, "bob"))
            #expect(try await ground.ask(.post, "v1/xorb-grants/default/\(xorb.hash)", as: "bob").status == .notFound)
            // With the bytes bob has them, in a pack of his own.
            #expect(try await String(buffer: ground.send(xorb, as: "bob").body) == #"{"was_inserted":true}"#)
            #expect(try await ground.send([file.described], as: "bob").status == .ok)
            #expect(try await ground.mayUse(file.sha256, "bob"))
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a xorb that is not what its address says is refused and leaves nothing`(_ kind: TestDatabase) async throws {
        try await XetGround.run(kind) { ground in
            let xorb = TestXorb.random(2, seed: 7)
            let other = TestXorb.random(2, seed: 8)
            for (path, bytes) in [
                ("\(other.hash)", xorb.bytes), ("\(xorb.hash)", Array(xorb.bytes.dropLast())), ("\(xorb.hash)", []),
                ("\(xorb.hash)", [9] + xorb.bytes), ("xyz", xorb.bytes),
            ] {
                let answer = try await ground.ask(.post, "v1/xorbs/default/\(path)", bytes)
                #expect(answer.status == .badRequest)
            }
            #expect(try await ground.blobs.list(nil).blobs.isEmpty)
            #expect(try await ground.ask(.head, "v1/xorbs/default/\(xorb.hash)").status == .notFound)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a shard that does not fit is refused and nothing of it exists`(_ kind: TestDatabase) async throws {
        try await XetGround.run(kind) { ground in
            let xorb = TestXorb.random(4, seed: 9)
            _ = try await ground.send(xorb)
            let good = TestFile((xorb, 0..<4)).described
            let other = TestFile((xorb, 1..<3)).described
            func bad(_ code: String, _ change: (inout ShardFile) -> Void) async throws {
                var file = good
                change(&file)
                let answer = try await ground.send([file])
                #expect(answer.status == .badRequest)
                #expect(String(buffer: answer.body).contains(code))
                let stream = try await ground.send([file], version: 2)
                #expect(stream.status == .ok)
                let last = try #require(String(buffer: stream.body).split(separator: "\n").last)
                #expect(last.contains(#""type":"error""#) && last.contains(#""retryable":false"#))
            }
            try await bad("xet-wrong-sha256") { $0.sha256 = other.sha256 }
            try await bad("xet-without-sha256") { $0.sha256 = nil }
            try await bad("xet-wrong-file-hash") { $0.hash = other.hash }
            try await bad("xet-bad-segment") { $0.rangeHashes = other.rangeHashes }
            try await bad("xet-bad-segment") { $0.segments[0].length -= 1 }
            try await bad("xet-bad-segment") { $0.segments[0].chunks = 3..<5 }
            try await bad("xet-unknown-xorb") { $0.segments[0].xorb = other.hash }
            #expect(try await ground.ask(.post, "v1/shards", [1, 2, 3]).status == .badRequest)
            let count = try await ground.database.read { db in try db.value(Int.self, "SELECT count(*) FROM contents") }
            #expect(count == 0)
            #expect(try await ground.send([good]).status == .ok)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `what is there need not be sent`(_ kind: TestDatabase) async throws {
        try await XetGround.run(kind) { ground in
            let xorb = TestXorb.random(1, seed: 10)
            let grant = "v1/xorb-grants/default/\(xorb.hash)"
            #expect(try await ground.ask(.post, grant).status == .notFound)
            #expect(try await ground.ask(.head, "v1/xorbs/default/\(xorb.hash)").status == .notFound)
            #expect(try await ground.ask(.get, "v1/chunks/default/\(xorb.chunks[0].hash)").status == .notFound)
            _ = try await ground.send(xorb)
            let answer = try await ground.ask(.post, grant)
            #expect(answer.status == .ok && answer.body.readableBytes == 0)
            #expect(try await ground.ask(.head, "v1/xorbs/default/\(xorb.hash)").status == .ok)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a xorb that arrives twice at once is kept once`(_ kind: TestDatabase) async throws {
        try await XetGround.run(kind) { ground in
            let xorb = TestXorb.random(200, size: 30_000, seed: 11)
            let results = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<4 { group.addTask { String(buffer: try await ground.send(xorb).body) } }
                return try await group.reduce(into: [String]()) { $0.append($1) }
            }
            #expect(results.filter { $0.contains("true") }.count == 1)
            #expect(try await ground.blobs.list(nil).blobs.count == 1)
            let file = TestFile((xorb, 0..<200))
            #expect(try await ground.send([file.described]).status == .ok)
            #expect(try await ground.bytes(file.sha256) == file.content)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `many files come in one shard`(_ kind: TestDatabase) async throws {
        try await XetGround.run(kind) { ground in
            let xorb = TestXorb.random(450, size: 64, seed: 12)
            let files = (0..<450).map { TestFile((xorb, $0..<($0 + 1))) }
            _ = try await ground.send(xorb)
            #expect(try await ground.send(files.map(\.described)).status == .ok)
            #expect(try await ground.bytes(files[449].sha256) == files[449].content)
        }
    }
}
