import Foundation
import GalleryClient
import GalleryModel
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// What a request to the stub looked like.
struct SeenRequest: Sendable {
    var method: String
    var path: String
    var range: String?
    var authorization: String?
}

/// A hub on a port of this machine that answers as a test tells it to.
struct StubHub: Sendable {
    typealias Answer = @Sendable (Request, [UInt8], Int) async throws -> Response

    let address: HubAddress
    let seen: Mutexed<[SeenRequest]>

    /// Runs `body` against a hub; `answer` gets the request, its body, and how many came before it.
    static func run(
        _ answer: @escaping Answer,
        _ body: @escaping @Sendable (StubHub) async throws -> Void
    ) async throws {
        let seen = Mutexed<[SeenRequest]>([])
        let router = Router()
        router.middlewares.add(Answering(seen: seen, answer: answer))
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "stub")
        logger.logLevel = .critical
        let application = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { port.yield($0.localAddress?.port ?? 0) },
            logger: logger
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            guard let port = await ports.first(where: { _ in true }) else { return }
            try await body(StubHub(address: HubAddress("http://127.0.0.1:\(port)"), seen: seen))
            group.cancelAll()
        }
    }

    /// A client that does not really wait.
    func withClient(token: String? = "hf_test", _ body: (HubClient) async throws -> Void) async throws {
        let retry = RetryPolicy(sleep: { _ in })
        let transport = HubTransport(address: address, token: token, retry: retry)
        do {
            try await body(HubClient(transport))
            try await transport.close()
        } catch {
            try await transport.close()
            throw error
        }
    }
}

private struct Answering: RouterMiddleware {
    let seen: Mutexed<[SeenRequest]>
    let answer: StubHub.Answer

    func handle(
        _ request: Request,
        context: BasicRequestContext,
        next: (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        let index = seen.withLock { seen in
            seen.append(
                SeenRequest(
                    method: request.method.rawValue,
                    path: request.uri.description,
                    range: request.headers[.range],
                    authorization: request.headers[.authorization]
                )
            )
            return seen.count - 1
        }
        let body = try await request.body.collect(upTo: 64 << 20)
        return try await answer(request, Array(body.readableBytesView), index)
    }
}

/// A value shared between tasks.
final class Mutexed<Value: Sendable>: Sendable {
    private let mutex: Mutex<Value>

    init(_ value: Value) { mutex = Mutex(value) }

    var value: Value { mutex.withLock { $0 } }

    func withLock<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
        mutex.withLock { value in body(&value) }
    }
}

extension Response {
    static func text(_ status: HTTPResponse.Status, _ text: String, _ headers: HTTPFields = [:]) -> Response {
        Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    /// Bytes with ranges, as the hub sends a file.
    static func file(_ bytes: [UInt8], for request: Request) -> Response {
        guard
            let range = request.headers[.range]?.dropFirst("bytes=".count).split(separator: "-").compactMap({ Int($0) }
            ),
            let start = range.first
        else { return Response(status: .ok, body: .init(byteBuffer: ByteBuffer(bytes: bytes))) }
        let end = min(range.count > 1 ? range[1] : bytes.count - 1, bytes.count - 1)
        return Response(
            status: .partialContent,
            headers: [.contentRange: "bytes \(start)-\(end)/\(bytes.count)"],
            body: .init(byteBuffer: ByteBuffer(bytes: bytes[start...end]))
        )
    }
}
