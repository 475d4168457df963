import Foundation
import GalleryModel
import GalleryServing
import GalleryTesting
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

/// What happens on connections whose other end does not behave.
struct ConnectionTests {
    private func answer(
        to text: String,
        finishing: Bool = false,
        idleSeconds: Int = 75,
        reading count: Int = 100_000
    ) async throws -> String {
        var settings = Settings()
        settings.logging.level = .error
        settings.server.idleSeconds = idleSeconds
        let edge = Edge(settings: settings, world: .fixed())
        let router = edge.router { router in
            router.post("count") { request, context in
                let bytes = try await request.bytes(upTo: 1000)
                return "counted \(bytes.readableBytes)"
            }
            router.get("place/**") { _, context in context.channel.eventLoop.inEventLoop ? "[loop]" : "[threads]" }
        }
        let server = edge.server { $0.path?.hasPrefix("/place/brief") == true }
        return try await Application(router: router, server: server).test(.live) { client in
            let connection = try RawConnection(port: try #require(client.port))
            defer { connection.close() }
            connection.send(text)
            if finishing { connection.finishSending() }
            return try await String(decoding: connection.receive(count), as: UTF8.self)
        }
    }

    @Test(arguments: [
        "NONSENSE\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nBad Header: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "x", count: 100_000))\r\n\r\n",
        "POST /count HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nnot a size\r\n",
    ])
    func `what is no HTTP is refused under a request id, and the connection ends`(text: String) async throws {
        let answer = try await answer(to: text)
        #expect(answer.hasPrefix("HTTP/1.1 400"))
        #expect(answer.contains("X-Request-Id: id-"))
        #expect(answer.contains("\"error\""))
    }

    @Test func `an address without end is refused`() async throws {
        let path = String(repeating: "x", count: 10_000)
        let answer = try await answer(to: "GET /\(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 414"))
        #expect(answer.contains("X-Request-Id: id-"))
    }

    @Test(arguments: [
        "POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf",
        "POST /count HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
    ])
    func `half a body is never taken for a whole one`(text: String) async throws {
        #expect(try await !answer(to: text, finishing: true).contains("counted"))
        #expect(try await !answer(to: text, idleSeconds: 1).contains("counted"))
    }

    @Test func `a body that is announced too large is refused before it is sent`() async throws {
        let answer = try await answer(
            to:
                "POST /count HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 5000\r\n\r\n"
        )
        #expect(answer.hasPrefix("HTTP/1.1 413"))
    }

    @Test func `a client that asks first is told to go on`() async throws {
        let answer = try await answer(
            to:
                "POST /count HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\nConnection: close\r\n\r\nfour"
        )
        #expect(answer.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK"))
        #expect(answer.hasSuffix("counted 4"))
    }

    // The answer ends when the server closes; a connection that is never closed runs into the limit.
    @Test(.timeLimit(.minutes(2)), arguments: ["", "GET / HT", "GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "])
    func `a connection that stands still is closed`(text: String) async throws {
        let answer = try await answer(to: text, idleSeconds: 1)
        #expect(!answer.hasPrefix("HTTP/1.1 200"))
    }

    @Test func `brief requests are answered on the loop of their connection, all others on threads, in order`()
        async throws
    {
        let paths = ["brief/1", "other", "brief/2", "brief/3", "other", "brief/4"]
        let requests = paths.map { "GET /place/\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined()
        let answer = try await answer(
            to: requests + "GET /place/other HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        )
        let places = answer.split(separator: "\r\n\r\n").dropFirst().compactMap { $0.split(separator: "]").first }
        #expect(places == ["[loop", "[threads", "[loop", "[loop", "[threads", "[loop", "[threads"])
    }
}
