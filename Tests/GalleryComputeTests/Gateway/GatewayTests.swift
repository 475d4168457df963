import Foundation
import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryTesting
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization
import Testing

@testable import GalleryCompute

/// The gateway before real engines on unix sockets.
struct GatewayTests {
    @Test func `answers go through whole, and their tokens are counted`() async throws {
        try await GatewayHouse.run { house in
            let reply = try await house.gateway.send(.chat, house.body(), to: house.id, as: .key("k", perMinute: 60))
            #expect(reply.status == 200)
            guard case .whole(let body) = reply.body else {
                Issue.record("not whole")
                return
            }
            #expect(String(buffer: body).contains("whole answer"))
            _ = try? await house.gateway.send(.embeddings, house.body(), to: house.id, as: .owner)
            try await house.gateway.flush()
            let used = try await house.services.services.usage(of: house.id, by: house.services.ada)
            let key = try #require(used.first { $0.caller == "k" })
            #expect(key.requests == 1 && key.errors == 0 && key.promptTokens == 7 && key.completionTokens == 3)
            #expect(used.first { $0.caller == "owner" }?.errors == 1)
            #expect(house.traffic.busy(house.run) == 0)
        }
    }

    @Test func `a stream comes as it is made, without what the caller did not ask for`() async throws {
        try await GatewayHouse.run { house in
            let reply = try await house.gateway.send(.chat, house.body(stream: true), to: house.id, as: .owner)
            guard case .stream(let events) = reply.body else {
                Issue.record("no stream")
                return
            }
            var text = ""
            try await events.pass { piece in
                // The engine goes on only once its first word was read here.
                if text.isEmpty { house.engine.goOn() }
                text += String(buffer: piece)
            }
            #expect(text.contains("one") && text.contains("two") && text.hasSuffix("data: [DONE]\n\n"))
            #expect(!text.contains("prompt_tokens"))
            #expect(house.engine.lastBody.contains("include_usage"))
            try await house.gateway.flush()
            let used = try await house.services.services.usage(of: house.id, by: house.services.ada)
            #expect(used.first?.completionTokens == 2)
            #expect(house.traffic.busy(house.run) == 0)
        }
    }

    @Test func `a caller who goes ends the work of the engine`() async throws {
        try await GatewayHouse.run { house in
            let events = try await house.events()
            let (heard, isHeard) = AsyncStream<Void>.makeStream()
            let reading = Task { try await events.pass { _ in isHeard.yield() } }
            for await _ in heard { break }
            #expect(house.traffic.busy(house.run) == 1)
            // The engine says nothing more until it is told to.
            reading.cancel()
            await #expect(throws: (any Error).self) { try await reading.value }
            #expect(house.traffic.busy(house.run) == 0)
            house.engine.goOn()
            await house.engine.ended()
        }
    }

    @Test func `a caller to whom nothing can be written any more ends the work of the engine`() async throws {
        try await GatewayHouse.run { house in
            let events = try await house.events()
            await #expect(throws: ChannelError.self) {
                try await events.pass { _ in throw ChannelError.ioOnClosedChannel }
            }
            #expect(house.traffic.busy(house.run) == 0)
            house.engine.goOn()
            await house.engine.ended()
        }
    }

    @Test func `an answer that nobody reads holds no place`() async throws {
        try await GatewayHouse.run { house in
            var events: GatewayEvents? = try await house.events()
            #expect(events != nil && house.traffic.busy(house.run) == 1)
            events = nil
            #expect(house.traffic.busy(house.run) == 0)
        }
    }

    @Test func `what does not answer is told with the reason`() async throws {
        try await GatewayHouse.run { house in
            let caller = GatewayCaller.owner
            await #expect(throws: GatewayError.unknownService) {
                _ = try await house.gateway.send(.chat, house.body(), to: "nothing", as: caller)
            }
            await #expect(throws: GatewayError.self) {
                _ = try await house.gateway.send(
                    .chat,
                    GatewayRequest(ByteBuffer(string: "no json")),
                    to: house.id,
                    as: caller
                )
            }
            _ = try await house.services.services.stop(house.id, by: house.services.ada)
            await #expect(throws: GatewayError.notReady(.stopping)) {
                _ = try await house.gateway.send(.chat, house.body(), to: house.id, as: caller)
            }
            let problem = GatewayError.notReady(.starting).problem
            #expect(problem.kind == .unavailable && problem.retryAfter == 5)
        }
    }

    @Test func `services of a disabled account answer nobody`() async throws {
        try await GatewayHouse.run { house in
            let owner = try #require(house.services.ada.account?.id)
            try await house.services.services.database.write { db in
                try db.execute("UPDATE accounts SET is_disabled = 1 WHERE id = \(owner)")
            }
            await #expect(throws: GatewayError.unknownService) {
                _ = try await house.gateway.send(.chat, house.body(), to: house.id, as: .key("k", perMinute: 60))
            }
        }
    }

    @Test func `a replica that does not answer is passed over`() async throws {
        try await GatewayHouse.run(replicas: 2) { house in
            let runs = try await house.services.show(house.id).replicas.map(\.run)
            // The first listens nowhere.
            house.launcher.seen.withLock { $0.doors[runs[0].name] = .socket("/nowhere/door.sock") }
            for _ in 1...3 {
                let reply = try await house.gateway.send(.chat, house.body(), to: house.id, as: .owner)
                #expect(reply.status == 200)
            }
            #expect(house.traffic.busy(runs[0].id) == 0 && house.traffic.busy(runs[1].id) == 0)
        }
    }

    @Test func `credentials are keys of the service, and its owner's`() async throws {
        try await GatewayHouse.run { house in
            let issued = try await house.services.services.addKey("k", to: house.id, by: house.services.ada)
            let other = try await house.services.create()
            let caller = { (header: String?, id: String) in
                try await house.gateway.caller(header, of: id, from: "local")
            }
            #expect(try await caller("Bearer \(issued.text)", house.id) == .key(issued.key.id, perMinute: 60))
            await #expect(throws: GatewayError.badKey) { _ = try await caller("Bearer \(issued.text)", other) }
            await #expect(throws: GatewayError.noKey) { _ = try await caller(nil, house.id) }
            for bad in ["Bearer", "Bearer sk-nothing", "Basic abc", "Bearer hf_nothingatall", "Bearer \(issued.text)x"]
            {
                await #expect(throws: GatewayError.badKey, "\(bad)") { _ = try await caller(bad, house.id) }
            }
            try await house.services.services.revokeKey(issued.key.id, of: house.id, by: house.services.ada)
            await #expect(throws: GatewayError.badKey) { _ = try await caller("Bearer \(issued.text)", house.id) }
        }
    }

    @Test func `a key that is too fast is told when to come again`() throws {
        let traffic = GatewayTraffic()
        let now = Date(timeIntervalSince1970: 1000)
        for _ in 1...3 { try traffic.count("k", perMinute: 3, at: now) }
        #expect(throws: GatewayError.tooFast(seconds: 20)) { try traffic.count("k", perMinute: 3, at: now) }
        try traffic.count("other", perMinute: 3, at: now)
        try traffic.count("k", perMinute: 3, at: now + 20)
        #expect(throws: GatewayError.self) { try traffic.count("k", perMinute: 3, at: now + 20) }
        let body = OpenAIErrorBody(GatewayError.tooFast(seconds: 20).problem)
        #expect(body.error.type == "requests" && body.error.code == "rate_limit_exceeded")
    }

    @Test func `the least busy replica is taken, and the next request waits its turn`() async throws {
        let traffic = GatewayTraffic(limits: .init(perReplica: 1, waiting: 1, patience: .seconds(60)))
        let first = try await traffic.enter("s") { ["a", "b"] }
        let second = try await traffic.enter("s") { ["a", "b"] }
        #expect(Set([first, second]) == ["a", "b"])
        let third = Task { try await traffic.enter("s") { ["a", "b"] } }
        try await traffic.waiting("s", count: 1)
        await #expect(throws: GatewayError.full) { _ = try await traffic.enter("s") { ["a", "b"] } }
        traffic.leave("b", of: "s")
        #expect(try await third.value == "b")
        let fourth = Task { try await traffic.enter("s") { ["a", "b"] } }
        try await traffic.waiting("s", count: 1)
        fourth.cancel()
        await #expect(throws: CancellationError.self) { _ = try await fourth.value }
        #expect(traffic.busy("a") == 1 && traffic.busy("b") == 1)
    }

    @Test func `events are read whole, however they are cut`() {
        let events =
            "data: {\"choices\":[{\"delta\":{}}]}\n\n"
            + "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":4,\"completion_tokens\":5}}\r\n\r\ndata: [DONE]\n\n"
        for size in 1...events.utf8.count {
            var meter = EventMeter(hidesUsage: true)
            var passed = ""
            var rest = Array(events.utf8)[...]
            while !rest.isEmpty {
                if let piece = meter.take(ByteBuffer(bytes: rest.prefix(size))) { passed += String(buffer: piece) }
                rest = rest.dropFirst(size)
            }
            if let last = meter.rest() { passed += String(buffer: last) }
            #expect(meter.tokens == TokenCount(prompt: 4, completion: 5))
            #expect(passed == "data: {\"choices\":[{\"delta\":{}}]}\n\ndata: [DONE]\n\n", "\(size)")
        }
    }
}

extension GatewayTraffic {
    fileprivate func waiting(_ service: String, count: Int) async throws {
        for _ in 1...2000 where waitingCount(service) != count { try await Task.sleep(for: .milliseconds(5)) }
        #expect(waitingCount(service) == count)
    }
}

/// An engine that answers as OpenAI's API does, a word at a time when it may go on.
final class ScriptedEngine: Sendable {
    private let (gate, open) = AsyncStream<Void>.makeStream()
    private let (end, close) = AsyncStream<Void>.makeStream()
    private let body = Mutex("")

    var lastBody: String { body.withLock { $0 } }

    func goOn() { open.yield() }

    func ended() async { for await _ in end { return } }

    var router: Router<BasicRequestContext> {
        let router = Router()
        router.post("/v1/chat/completions") { [self] request, _ in
            let text = String(buffer: try await request.body.collect(upTo: 1 << 20))
            body.withLock { $0 = text }
            guard text.contains("\"stream\":true") else {
                return Self.json(
                    "{\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":\"whole answer\"}}],"
                        + "\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3}}"
                )
            }
            return Response(
                status: .ok,
                headers: [.contentType: "text/event-stream"],
                body: ResponseBody { [gate, close] writer in
                    defer { close.yield() }
                    try await writer.write(Self.event("{\"choices\":[{\"delta\":{\"content\":\"one\"}}]}"))
                    for await _ in gate { break }
                    for _ in 1...50 {
                        try await writer.write(Self.event("{\"choices\":[{\"delta\":{\"content\":\"two\"}}]}"))
                    }
                    try await writer.write(
                        Self.event("{\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}")
                    )
                    try await writer.write(ByteBuffer(string: "data: [DONE]\n\n"))
                    try await writer.finish(nil)
                }
            )
        }
        router.post("/v1/embeddings") { _, _ in
            Response(
                status: .badRequest,
                headers: [.contentType: "application/json"],
                body: .init(byteBuffer: ByteBuffer(string: "{}"))
            )
        }
        return router
    }

    private static func event(_ json: String) -> ByteBuffer { ByteBuffer(string: "data: \(json)\n\n") }

    private static func json(_ text: String) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(string: text))
        )
    }
}

/// A service that runs, behind a gateway, with an engine on a socket for each replica.
struct GatewayHouse: Sendable {
    let services: ServiceHouse
    let gateway: Gateway
    let engine = ScriptedEngine()
    let id: String
    let run: String
    var launcher: ScriptedLauncher { services.house.launcher }
    var traffic: GatewayTraffic { gateway.traffic }

    func body(stream: Bool = false) throws -> GatewayRequest {
        try GatewayRequest(ByteBuffer(string: "{\"model\":\"m\",\"messages\":[]\(stream ? ",\"stream\":true" : "")}"))
    }

    /// What an engine begins to answer.
    func events() async throws -> GatewayEvents {
        let reply = try await gateway.send(.chat, body(stream: true), to: id, as: .owner)
        guard case .stream(let events) = reply.body else { throw GatewayError.unknownPath }
        return events
    }

    static func run(replicas: Int = 1, _ body: @escaping @Sendable (GatewayHouse) async throws -> Void) async throws {
        try await TestDatabase.sqlite.runCompute { database in
            let services = try await ServiceHouse(database)
            defer { services.house.close() }
            let id = try await services.running(replicas: replicas)
            let identity = try Identity.testing(database, world: services.services.world)
            let gateway = Gateway(services: services.services, identity: identity, launcher: services.house.launcher)
            let runs = try await services.show(id).replicas.map(\.run)
            let house = GatewayHouse(services: services, gateway: gateway, id: id, run: runs[0].id)
            let path = "/tmp/gw-\(UUID().uuidString.prefix(8)).sock"
            defer { try? FileManager.default.removeItem(atPath: path) }
            let (ready, isReady) = AsyncStream<Void>.makeStream()
            let server = Application(
                router: house.engine.router,
                configuration: .init(address: .unixDomainSocket(path: path)),
                onServerRunning: { _ in isReady.yield() }
            )
            let running = Task { try await server.run() }
            for await _ in ready { break }
            services.house.launcher.seen.withLock { seen in
                for run in runs { seen.doors[run.name] = .socket(path) }
            }
            do {
                try await body(house)
            } catch {
                Issue.record(error)
            }
            running.cancel()
            _ = try? await running.value
        }
    }
}
