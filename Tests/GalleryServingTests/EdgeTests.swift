import Foundation
import GalleryModel
import GalleryServing
import GalleryTesting
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Synchronization
import Testing

/// The edge with a few routes that show what arrives.
struct EdgeTests {
    private let lines = Lines()

    private func application(_ change: (inout Settings) -> Void = { _ in }) -> some ApplicationProtocol {
        var settings = Settings()
        change(&settings)
        let lines = lines
        let log = AccessLog(settings: settings.logging, world: .fixed()) { lines.add($0) }
        let edge = Edge(settings: settings, world: .fixed(), checks: [], log: log)
        let router = edge.router { router in
            router.get("revision/:rev/tail/**") { _, context in
                "\(try context.segment("rev"))|\(try context.remainingPath())"
            }
            router.get("origin") { request, context in request.origin(context) }
            router.get("query") { request, _ in
                let query = try request.query()
                return
                    "\(query.values("expand").joined(separator: ",")) \(try query.truth("full")) \(try query.limit(standard: 7, maximum: 100))"
            }
            router.get("link") { request, context in
                Response(status: .ok, headers: [.link: try request.nextLink(context, replacing: ["cursor": "a b"])])
            }
            router.get("fails") { _, _ -> String in throw Surprise() }
            router.get("refuses") { _, _ -> String in
                throw Problem(
                    .missing,
                    "entry-not-found",
                    "No file 模型.",
                    hubCode: .entryNotFound,
                    headers: ["X-Repo-Commit": "abc"]
                )
            }
            router.post("json") { request, context in
                try await request.json(Body.self, context: context, upTo: 100).name
            }
            router.get("breaks") { _, context in
                context.trace.startStreaming()
                return Response(
                    status: .ok,
                    body: .init(contentLength: 100) { writer in
                        try await writer.write(ByteBuffer(string: "half"))
                        throw Surprise()
                    }
                )
            }
        }
        return Application(router: router, server: edge.server())
    }

    private struct Body: Decodable { var name: String }
    private struct Surprise: Error {}

    @Test(arguments: [
        ("/revision/main/tail/a/b", "main|a/b"), ("/revision/refs%2Fpr%2F1/tail/data%2Fx", "refs/pr/1|data/x"),
        ("/revision/a%252Fb/tail/%E6%A8%A1%E5%9E%8B%20x.bin", "a%2Fb|模型 x.bin"),
        ("/revision/v1.0/tail/%2e%2e/x", "v1.0|../x"),
        ("/revision/main/tail/a+b", "main|a+b"),
    ])
    func `a segment arrives decoded exactly once`(uri: String, expected: String) async throws {
        try await application().test(.router) { client in
            try await client.execute(uri: uri, method: .get) { #expect(String(buffer: $0.body) == expected) }
        }
    }

    @Test(arguments: [
        "/revision/%zz/tail/x", "/revision/a%/tail/x", "/revision/%ff/tail/x", "/revision/a%00b/tail/x",
        "/query?full=maybe",
        "/query?limit=0", "/query?limit=99999999999999999999", "/query?a=%",
    ])
    func `a malformed address is the client's fault`(uri: String) async throws {
        try await application().test(.router) { client in
            try await client.execute(uri: uri, method: .get) { #expect($0.status == .badRequest) }
        }
    }

    @Test(arguments: [
        ("expand=a&expand=b", "a,b false 7"), ("expand[]=a&expand%5B%5D=b&full=True&limit=5", "a,b true 5"),
        ("full=1&limit=1000", " true 100"), ("full=false", " false 7"), ("expand=a+b%2Bc&full", "a b+c true 7"),
    ])
    func `parameters come repeated, as arrays and in all spellings of truth`(
        query: String,
        expected: String
    ) async throws {
        try await application().test(.router) { client in
            try await client.execute(uri: "/query?\(query)", method: .get) {
                #expect(String(buffer: $0.body) == expected)
            }
        }
    }

    @Test func `a problem has the body and headers that hub clients read`() async throws {
        try await application().test(.router) { client in
            try await client.execute(uri: "/refuses", method: .get) { response in
                #expect(response.status == .notFound)
                #expect(response.headers[.contentType] == "application/problem+json")
                #expect(response.headers[.errorCode] == "EntryNotFound")
                #expect(response.headers[.errorMessage] == "No file ??.")
                #expect(response.headers[HTTPField.Name("X-Repo-Commit")!] == "abc")
                #expect(String(buffer: response.body).contains("\"error\":\"No file 模型.\""))
            }
        }
    }

    @Test func `an unknown address answers JSON under a request id`() async throws {
        try await application().test(.router) { client in
            try await client.execute(uri: "/nowhere", method: .get) { response in
                #expect(response.status == .notFound)
                #expect(response.headers[.contentType] == "application/problem+json")
                #expect(response.headers[.requestID] == "id-1-1")
            }
        }
    }

    @Test(arguments: [
        ("X-Amzn-Trace-Id", "0f6e-uuid", "0f6e-uuid"), ("X-Request-Id", "mine", "mine"),
        ("X-Request-Id", "a b\"c", "id-1-1"),
        ("X-Request-Id", String(repeating: "x", count: 200), "id-1-1"),
    ])
    func `a well-formed request id is echoed, another is not`(name: String, sent: String, echoed: String) async throws {
        try await application().test(.router) { client in
            try await client.execute(uri: "/origin", method: .get, headers: [HTTPField.Name(name)!: sent]) {
                #expect($0.headers[.requestID] == echoed)
            }
        }
    }

    @Test func `an unexpected error tells its id and nothing else`() async throws {
        try await application().test(.router) { client in
            try await client.execute(uri: "/fails", method: .get) { response in
                #expect(response.status == .internalServerError)
                let body = String(buffer: response.body)
                #expect(body.contains("id-1-1") && !body.contains("Surprise"))
            }
        }
    }

    @Test(arguments: [
        ("", HTTPResponse.Status.badRequest), ("{}", .badRequest), ("{\"name\":1}", .badRequest), ("{", .badRequest),
        ("{\"name\":\"x\"}", .ok), ("{\"name\":\"\(String(repeating: "x", count: 200))\"}", .contentTooLarge),
    ])
    func `a body is read within its limit`(body: String, status: HTTPResponse.Status) async throws {
        try await application().test(.router) { client in
            try await client.execute(uri: "/json", method: .post, body: ByteBuffer(string: body)) {
                #expect($0.status == status)
            }
        }
    }

    @Test func `addresses are made of what the client used, and of the proxy's word only where it is trusted`()
        async throws
    {
        let forwarded: HTTPFields = [
            HTTPField.Name("X-Forwarded-Proto")!: "https", HTTPField.Name("X-Forwarded-Host")!: "gallery.example.org",
        ]
        try await application().test(.live) { client in
            try await client.execute(uri: "/origin", method: .get, headers: forwarded) {
                #expect(String(buffer: $0.body) == "http://localhost")
            }
            try await client.execute(uri: "/link?filter=a%26b&cursor=old", method: .get) {
                #expect($0.headers[.link] == "<http://localhost/link?filter=a%26b&cursor=a%20b>; rel=\"next\"")
            }
        }
        try await application { $0.server.trustsProxy = true }.test(.router) { client in
            try await client.execute(uri: "/origin", method: .get, headers: forwarded) {
                #expect(String(buffer: $0.body) == "https://gallery.example.org")
            }
        }
        try await application { $0.server.publicURL = "https://a.example" }.test(.router) { client in
            try await client.execute(uri: "/origin", method: .get) {
                #expect(String(buffer: $0.body) == "https://a.example")
            }
            // Confined, it would not reach the public one.
            let worker: HTTPFields = [.authorization: "Bearer run_0"]
            try await client.execute(uri: "/origin", method: .get, headers: worker) {
                #expect(String(buffer: $0.body) == "http://localhost")
            }
        }
    }

    @Test func `each request is one log line without its query`() async throws {
        try await application { $0.logging.format = .json }.test(.router) { client in
            try await client.execute(uri: "/query?limit=5&token=hf_secret", method: .get)
            try await client.execute(uri: "/healthz", method: .get)
            try await client.execute(uri: "/bad\"line%0a/模", method: .get)
        }
        let all = lines.all
        #expect(all.count == 2)
        let first = try #require(try JSONSerialization.jsonObject(with: Data(all[0].utf8)) as? [String: Any])
        #expect(
            first["path"] as? String == "/query" && first["status"] as? Int == 200
                && first["request"] as? String == "id-1-1"
        )
        #expect(!all[0].contains("secret"))
        #expect((try? JSONSerialization.jsonObject(with: Data(all[1].utf8))) != nil)
    }

    @Test func `HEAD works where GET does`() async throws {
        try await application().test(.router) { client in
            try await client.execute(uri: "/origin", method: .head) { response in
                #expect(response.status == .ok && response.body.readableBytes == 0)
                #expect(response.headers[.contentLength] == "16")
            }
        }
    }

    @Test func `an answer that breaks off ends the connection and is logged as aborted`() async throws {
        try await application().test(.live) { client in
            let connection = try RawConnection(port: try #require(client.port))
            defer { connection.close() }
            connection.send("GET /breaks HTTP/1.1\r\nHost: localhost\r\n\r\n")
            let answer = try await String(decoding: connection.receive(10_000), as: UTF8.self)
            #expect(answer.contains("Content-Length: 100") && answer.hasSuffix("half"))
        }
        #expect(lines.all.contains { $0.contains("/breaks 200") && $0.contains("aborted") })
    }

    @Test func `the figures count requests by route`() async throws {
        try await application().test(.router) { client in
            try await client.execute(uri: "/revision/main/tail/x", method: .get)
            try await client.execute(uri: "/nowhere", method: .get)
            try await client.execute(uri: "/metrics", method: .get) { response in
                let text = String(buffer: response.body)
                #expect(
                    text.contains(
                        "gallery_http_requests_total{method=\"GET\",route=\"/revision/{rev}/tail/**\",status=\"200\"} 1"
                    )
                )
                #expect(
                    text.contains("gallery_http_requests_total{method=\"GET\",route=\"NotFound\",status=\"404\"} 1")
                )
                #expect(text.contains("process_resident_memory_bytes"))
            }
            let forwarded: HTTPFields = [HTTPField.Name("X-Forwarded-For")!: "203.0.113.9"]
            try await client.execute(uri: "/metrics", method: .get, headers: forwarded) {
                #expect($0.status == .notFound)
            }
        }
    }
}

/// Lines that a log wrote.
private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    func add(_ line: String) { lines.withLock { $0.append(line) } }
}
