import Foundation
import GalleryDatabase
import GalleryModel
import GalleryServing
import GalleryTesting
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import GalleryHub

/// The LFS addresses over a fresh store; whoever asks is named in the request.
struct LargeFilesGround: Sendable {
    let bench: ContentBench
    let largeFiles: LargeFiles

    static func run(_ kind: TestDatabase, _ body: @Sendable (LargeFilesGround) async throws -> Void) async throws {
        try await ContentBench.run(kind) { bench in
            let largeFiles = LargeFiles(
                database: bench.database,
                content: bench.content,
                limits: RepositoryLimits(fileBytes: 200_000_000),
                signingKey: Array("a key".utf8),
                world: .fixed(bench.clock)
            )
            try await body(LargeFilesGround(bench: bench, largeFiles: largeFiles))
        }
    }

    private var viewers: [String: Viewer] {
        var bound = Viewer(account: bench.ada, scope: .write)
        bound.onlyRepo = RepoID("repo-elsewhere")
        return [
            "ada": Viewer(account: bench.ada), "bob": Viewer(account: bench.bob), "bound": bound,
            "reader": Viewer(account: bench.ada, scope: .read),
        ]
    }

    func ask(
        _ method: HTTPRequest.Method,
        _ uri: String,
        _ bytes: ByteBuffer? = nil,
        as viewer: String = "",
        headers: HTTPFields = [:]
    ) async throws -> TestResponse {
        let router = Router(context: GalleryContext.self)
        router.add(middleware: ProblemMiddleware())
        router.add(middleware: NamedViewer(viewers: viewers))
        LargeFilesRoutes(largeFiles: largeFiles).add(to: router)
        var headers = headers
        headers[.authorization] = viewer
        let fields = headers
        return try await Application(router: router).test(.router) { client in
            try await client.execute(uri: uri, method: method, headers: fields, body: bytes)
        }
    }

    func batch(
        _ operation: String,
        _ objects: [(oid: String, size: Int)],
        in repo: String = "ada/m",
        as viewer: String = "ada",
        transfers: [String] = ["basic", "multipart"],
        userAgent: String = "python"
    ) async throws -> TestResponse {
        let list = objects.map { #"{"oid":"\#($0.oid)","size":\#($0.size)}"# }.joined(separator: ",")
        let words = transfers.map { "\"\($0)\"" }.joined(separator: ",")
        let text = #"{"operation":"\#(operation)","transfers":[\#(words)],"hash_algo":"sha256","objects":[\#(list)]}"#
        return try await ask(
            .post,
            "/\(repo).git/info/lfs/objects/batch",
            ByteBuffer(string: text),
            as: viewer,
            headers: [.userAgent: userAgent]
        )
    }

    /// The one object of a batch's answer.
    func object(_ response: TestResponse) throws -> BatchAnswer.Object {
        #expect(response.status == .ok, "\(String(buffer: response.body))")
        return try #require(Self.answer(response).objects.first)
    }

    static func answer(_ response: TestResponse) throws -> BatchAnswer {
        try JSONDecoder().decode(BatchAnswer.self, from: Data(response.body.readableBytesView))
    }

    /// The part of an address that a router sees.
    static func path(_ href: String) throws -> String {
        let start = try #require(href.range(of: "/api/lfs/"))
        return String(href[start.lowerBound...])
    }

    func uploadPath(_ bytes: [UInt8]) async throws -> String {
        let object = try object(await batch("upload", [(SHA256Digest.of(bytes).hex, bytes.count)]))
        return try Self.path(try #require(object.actions?["upload"]).href)
    }
}

struct BatchAnswer: Decodable {
    struct Action: Decodable {
        var href: String
        var header: [String: String]?
    }
    struct Failure: Decodable {
        var code: Int
        var message: String
    }
    struct Object: Decodable {
        var oid: String
        var size: Int
        var actions: [String: Action]?
        var error: Failure?
    }
    var transfer: String
    var objects: [Object]
}

private struct NamedViewer: RouterMiddleware {
    let viewers: [String: Viewer]

    func handle(
        _ request: Request,
        context: GalleryContext,
        next: (Request, GalleryContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.viewer = viewers[request.headers[.authorization] ?? ""] ?? .visitor
        return try await next(request, context)
    }
}
