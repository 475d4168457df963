import Foundation
import GalleryBlobs
import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryServing
import GalleryTesting
import GitObjects
import NIOCore
import Testing

@testable import GalleryMarket

struct UploadsTests {
    private static let size = Uploads.partSize * 2 + 5

    private static func bytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) } }

    private static func send(
        _ uploads: Uploads,
        _ number: Int,
        of id: String,
        _ all: [UInt8],
        by viewer: Viewer
    )
        async throws
    {
        let start = (number - 1) * Uploads.partSize
        let part = Array(all[start..<min(start + Uploads.partSize, all.count)])
        try await uploads.receive(
            number,
            of: id,
            body: [ByteBuffer(bytes: part)].async,
            announced: part.count,
            by: viewer
        )
    }

    @Test(arguments: TestDatabase.all)
    func `parts arrive in any order and again, and the file is committed with its hash`(
        _ kind: TestDatabase
    ) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database, policy: .automatic)
            let ada = try await house.person("ada")
            let repo = try await house.asset(of: ada)
            let uploads = house.market.uploads
            let all = Self.bytes(Self.size)
            let wish = NewUpload(repo: repo, path: "data/big.bin", size: Int64(all.count), fingerprint: "big")
            let id = try await uploads.begin(wish, by: ada).upload.id
            try await Self.send(uploads, 3, of: id, all, by: ada)
            await #expect(throws: ContentError.self) { _ = try await uploads.complete(id, by: ada) }
            await #expect(throws: UploadsError.incomplete(["data/big.bin"])) {
                _ = try await uploads.commit(UploadedCommit(uploads: [id]), to: repo, by: ada)
            }
            try await Self.send(uploads, 1, of: id, all, by: ada)
            try await Self.send(uploads, 1, of: id, all, by: ada)
            await #expect(throws: ContentError.self) {
                try await uploads.receive(
                    2,
                    of: id,
                    body: [ByteBuffer(bytes: [1, 2, 3])].async,
                    announced: 3,
                    by: ada
                )
            }
            // The page was closed: the same file goes on where it was.
            let again = try await uploads.begin(wish, by: ada)
            #expect(again.upload.id == id)
            #expect(again.arrived == [1, 3])
            try await Self.send(uploads, 2, of: id, all, by: ada)
            let digest = SHA256Digest.of(all)
            #expect(try await uploads.complete(id, by: ada).sha256 == digest)
            #expect(try await uploads.complete(id, by: ada).sha256 == digest)
            await #expect(throws: UploadsError.alreadyComplete) {
                try await Self.send(uploads, 1, of: id, all, by: ada)
            }
            #expect(try await uploads.list(on: "main", of: repo, by: ada).map(\.arrived) == [[1, 2, 3]])

            let small = NewUpload(repo: repo, path: "notes.txt", size: 5, fingerprint: "notes")
            let text = try await uploads.begin(small, by: ada).upload.id
            try await uploads.receive(1, of: text, body: [ByteBuffer(string: "hello")].async, announced: 5, by: ada)
            _ = try await uploads.complete(text, by: ada)
            let empty = NewUpload(repo: repo, path: "empty", size: 0, fingerprint: "empty")
            let nothing = try await uploads.begin(empty, by: ada).upload.id
            _ = try await uploads.complete(nothing, by: ada)

            let commit = UploadedCommit(title: "Bring", uploads: [id, text, nothing], deletions: ["README.md"])
            #expect(try await uploads.commit(commit, to: repo, by: ada).title == "Bring")
            #expect(try await uploads.list(on: "main", of: repo, by: ada).isEmpty)
            let files = house.hub.files
            func entry(_ path: String) async throws -> FileEntry? {
                try await files.entry(at: path, revision: "main", of: repo, by: ada).entry
            }
            #expect(try await entry("data/big.bin")?.lfs?.oid == digest)
            #expect(try await entry("notes.txt")?.lfs == nil)
            #expect(try await files.text(at: "notes.txt", revision: "main", of: repo, by: ada) == "hello")
            #expect(try await entry("empty")?.size == 0)
            #expect(try await entry("README.md") == nil)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `only those who may write upload, and only their own goes on`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database, policy: .automatic)
            let ada = try await house.person("ada")
            let (bob, wes) = (try await house.person("bob"), try await house.person("wes"))
            let others: [Viewer] = [.visitor, bob, wes]
            let reader = try await house.person("rea")
            try await house.organization("acme", of: "ada", members: ["wes": .write, "rea": .read])
            let repo = try await house.asset("shared", owner: "acme", of: ada)
            let uploads = house.market.uploads
            let wish = NewUpload(repo: repo, path: "a.txt", size: 1, fingerprint: "a")
            let id = try await uploads.begin(wish, by: ada).upload.id
            #expect(try await uploads.begin(wish, by: others[2]).upload.id != id)
            for viewer in [others[0], others[1], reader] {
                await #expect(throws: (any Error).self) { _ = try await uploads.begin(wish, by: viewer) }
                await #expect(throws: (any Error).self) { _ = try await uploads.list(on: "main", of: repo, by: viewer) }
                await #expect(throws: (any Error).self) {
                    _ = try await uploads.commit(UploadedCommit(deletions: ["README.md"]), to: repo, by: viewer)
                }
            }
            for viewer in others + [reader] {
                await #expect(throws: (any Error).self) {
                    try await uploads.receive(
                        1,
                        of: id,
                        body: [ByteBuffer(string: "x")].async,
                        announced: 1,
                        by: viewer
                    )
                }
                await #expect(throws: (any Error).self) { _ = try await uploads.complete(id, by: viewer) }
                await #expect(throws: (any Error).self) { try await uploads.remove(id, by: viewer) }
            }
            try await uploads.remove(id, by: ada)
            await #expect(throws: UploadsError.unknown) { _ = try await uploads.complete(id, by: ada) }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `what cannot be kept is refused before a byte is sent`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database, policy: .automatic)
            let ada = try await house.person("ada")
            let repo = try await house.asset(of: ada)
            let uploads = house.market.uploads
            func begin(_ path: String, _ size: Int64) async throws {
                _ = try await uploads.begin(
                    NewUpload(repo: repo, path: path, size: size, fingerprint: path + "."),
                    by: ada
                )
            }
            for path in ["", "/a", "../a", "a//b", ".git/config"] {
                await #expect(throws: FilesError.self) { try await begin(path, 1) }
            }
            await #expect(throws: UploadsError.badSize) { try await begin("a", -1) }
            await #expect(throws: FilesError.fileTooLarge(path: "a", limit: 5_000_000_000)) {
                try await begin("a", 5_000_000_001)
            }
            try await database.write { db in
                try db.execute("UPDATE repositories SET byte_limit = 1000000 WHERE id = \(repo)")
            }
            try await begin("half", 600_000)
            try await begin("half", 650_000)
            await #expect(throws: UploadsError.self) { try await begin("other", 600_000) }
            house.clock.advance(by: .seconds(8 * 24 * 3600))
            try await uploads.sweep()
            try await begin("other", 600_000)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `what would be refused or replaced is told before a byte is sent`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database, policy: .automatic)
            let (ada, bob) = (try await house.person("ada"), try await house.person("bob"))
            let repo = try await house.asset(of: ada)
            let uploads = house.market.uploads
            try await database.write { db in
                try db.execute("UPDATE repositories SET byte_limit = 1000000 WHERE id = \(repo)")
            }
            _ = try await uploads.begin(NewUpload(repo: repo, path: "half", size: 500_000, fingerprint: "h"), by: ada)
            let intents = [
                UploadIntent(path: ".gitattributes", size: 10), UploadIntent(path: "half", size: 600_000),
                UploadIntent(path: "rest", size: 300_000), UploadIntent(path: "more", size: 300_000),
                UploadIntent(path: "a/../b", size: 1), UploadIntent(path: "huge", size: 5_000_000_001),
            ]
            let (room, files) = try await uploads.check(intents, on: "main", of: repo, by: ada)
            #expect(room.leftBytes < 500_000)
            #expect(files.map(\.replaces) == [true, false, false, false, false, false])
            #expect(
                files.map { $0.problem?.kind } == [nil, nil, nil, .tooLarge, files[4].problem?.kind, .tooLarge]
            )
            #expect(files[4].problem != nil)
            await #expect(throws: (any Error).self) {
                _ = try await uploads.check(intents, on: "main", of: repo, by: bob)
            }
        }
    }
}

extension Array where Element: Sendable {
    fileprivate var async: AsyncStream<Element> {
        AsyncStream { continuation in
            for element in self { continuation.yield(element) }
            continuation.finish()
        }
    }
}
