import Foundation
import GalleryBlobs
import GalleryDatabase
import GalleryModel
import GalleryServing
import GalleryTesting
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing
import XetFormat

@testable import GalleryHub

/// A content server with the accounts ada, bob and the organisation acme, and what clients do with it.
struct XetGround: Sendable {
    let database: any Database
    let clock = TestClock()
    let world: World
    let blobs = MemoryBlobStore()
    let content: Content
    let xet: Xet

    init(_ database: any Database) async throws {
        self.database = database
        world = .fixed(clock)
        content = Content(database: database, blobs: blobs, world: world, largestFile: 100_000_000)
        xet = Xet(database: database, content: content, signingKey: Array("a key".utf8), world: world)
        let now = world.now()
        try await database.write { db in
            for (name, kind) in [("ada", AccountKind.user), ("bob", .user), ("acme", .organization)] {
                try db.insertAccount(NewAccount(kind: kind, name: name, nickname: ""), id: AccountID(name), at: now)
            }
        }
    }

    static func run(_ kind: TestDatabase, _ body: @Sendable (XetGround) async throws -> Void) async throws {
        try await kind.run { try await body(XetGround($0)) }
    }

    func viewer(_ name: String) -> Viewer {
        Viewer(account: Viewer.Account(id: AccountID(name), name: name, role: .user))
    }

    func token(
        _ account: String,
        in namespace: String? = nil,
        isForWriting: Bool = true
    ) throws -> String {
        try xet.tickets.token(
            for: XetTicket(
                account: AccountID(account),
                namespace: AccountID(namespace ?? account),
                repo: RepoID("r"),
                isForWriting: isForWriting,
                expiry: Int(world.now().timeIntervalSince1970) + 900
            )
        )
    }

    /// Sends one request to the content server as the account, below its namespace's address.
    func ask(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ body: [UInt8] = [],
        as account: String = "ada",
        in namespace: String? = nil,
        token: String? = nil
    ) async throws -> TestResponse {
        let router = Router(context: GalleryContext.self)
        router.add(middleware: ProblemMiddleware())
        XetRoutes(xet: xet).add(to: router)
        let token = try token ?? self.token(account, in: namespace)
        return try await Application(router: router).test(.router) { client in
            try await client.execute(
                uri: "/cas/\(namespace ?? account)-1/\(path)",
                method: method,
                headers: [.authorization: "Bearer \(token)"],
                body: ByteBuffer(bytes: body)
            )
        }
    }

    func send(_ xorb: TestXorb, as account: String = "ada", in namespace: String? = nil) async throws -> TestResponse {
        try await ask(.post, "v1/xorbs/default/\(xorb.hash)", xorb.bytes, as: account, in: namespace)
    }

    func send(
        _ files: [ShardFile],
        version: Int = 1,
        as account: String = "ada",
        in namespace: String? = nil
    ) async throws -> TestResponse {
        try await ask(.post, "v\(version)/shards", TestShard.bytes(files), as: account, in: namespace)
    }

    func bytes(_ digest: SHA256Digest) async throws -> [UInt8] {
        try await Array(content.reader(of: digest).bytes().readableBytesView)
    }

    func mayUse(_ digest: SHA256Digest, _ account: String) async throws -> Bool {
        let viewer = viewer(account)
        return try await database.read { db in try db.mayUse([digest], by: viewer).contains(digest) }
    }
}
