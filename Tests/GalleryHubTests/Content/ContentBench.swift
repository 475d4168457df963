import Foundation
import GalleryBlobs
import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryTesting
import NIOCore

/// The content store on a fresh database and a store in memory, with two accounts.
struct ContentBench {
    let database: any Database
    let clock: TestClock
    let blobs: MemoryBlobStore
    let content: Content
    let ada = Viewer.Account(id: AccountID("ada"), name: "ada", role: .user)
    let bob = Viewer.Account(id: AccountID("bob"), name: "bob", role: .user)

    static func run(_ kind: TestDatabase, _ body: (ContentBench) async throws -> Void) async throws {
        try await kind.run { database in
            let clock = TestClock()
            let blobs = MemoryBlobStore(now: { clock.now })
            let bench = ContentBench(
                database: database,
                clock: clock,
                blobs: blobs,
                content: Content(database: database, blobs: blobs, world: .fixed(clock))
            )
            try await bench.addAccount(bench.ada, number: 1)
            try await bench.addAccount(bench.bob, number: 2)
            try await body(bench)
        }
    }

    private func addAccount(_ account: Viewer.Account, number: Int) async throws {
        try await database.write { db in
            try db.execute(
                """
                INSERT INTO accounts (id, number, kind, name, name_key, nickname, email, bio, role, is_disabled,
                    is_private_by_default, created_at, updated_at)
                VALUES (\(account.id), \(number), 'user', \(account.name), \(account.name), '', '', '', 'user', 0, 0, 0, 0)
                """
            )
        }
    }

    /// A repository with nothing in it.
    func repository(
        _ name: String,
        of owner: Viewer.Account,
        visibility: Visibility = .everyone,
        gating: Gating = .off
    ) async throws -> RepoID {
        let id = RepoID("repo-\(name)")
        try await database.write { db in
            try db.execute(
                """
                INSERT INTO repositories (id, kind, owner, name, name_key, visibility, gating, created_at, updated_at)
                VALUES (\(id), 'model', \(owner.id), \(name), \(name), \(visibility), \(gating), 0, 0)
                """
            )
        }
        return id
    }

    func keep(_ digests: SHA256Digest..., in repo: RepoID) async throws {
        try await database.write { db in try db.addContentReferences(digests, to: repo) }
    }

    func drop(_ digests: SHA256Digest..., from repo: RepoID) async throws {
        try await database.write { db in try db.removeContentReferences(digests, from: repo) }
    }

    func store(_ bytes: [UInt8], by account: Viewer.Account? = nil) async throws -> SHA256Digest {
        try await content.store(ByteBuffer(bytes: bytes), by: (account ?? ada).id).sha256
    }

    func bytes(of digest: SHA256Digest) async throws -> [UInt8] {
        try await Array(content.reader(of: digest).bytes().readableBytesView)
    }

    func packs() async throws -> Set<PackID> {
        try await Set(blobs.list(nil).blobs.map(\.pack))
    }

    func packRows() async throws -> Set<PackID> {
        try await database.read { db in try Set(db.values(PackID.self, "SELECT id FROM packs")) }
    }

    func mayUse(_ digest: SHA256Digest, _ account: Viewer.Account, in repo: RepoID? = nil) async throws -> Bool {
        try await database.read { db in
            try db.mayUse([digest], by: Viewer(account: account), in: repo).contains(digest)
        }
    }

    /// The pack that holds the only extent of a content.
    func pack(of digest: SHA256Digest) async throws -> PackID? {
        try await database.read { db in try db.extents(of: digest)?.first?.pack }
    }
}

/// A body as it arrives, in chunks of the given size.
func body(_ bytes: [UInt8], chunk: Int = 65_536) -> AsyncStream<ByteBuffer> {
    AsyncStream { continuation in
        for start in stride(from: 0, to: bytes.count, by: chunk) {
            continuation.yield(ByteBuffer(bytes: bytes[start..<min(start + chunk, bytes.count)]))
        }
        continuation.finish()
    }
}

/// Bytes that differ everywhere, so that a shift is noticed.
func sampleBytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    return (0..<count).map { _ in
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return UInt8(truncatingIfNeeded: state >> 32)
    }
}
