import Foundation
package import GalleryModel
package import GalleryServing
import HTTPTypes
package import Hummingbird
package import NIOCore
import Synchronization

/// `/gateway/{service}/v1/…`: OpenAI's API of a service.
struct GatewayRoutes: Sendable {
    /// Callers show keys of services here, or tokens of the gallery.
    static let prefix = "/gateway/"

    let gateway: Gateway

    func add(to router: some RouterMethods<GalleryContext>) {
        for endpoint in GatewayEndpoint.allCases {
            router.post(RouterPath("/gateway/:service/v1/\(endpoint.rawValue)")) { request, context in
                try await Self.inForm { try await answer(endpoint, request, context) }
            }
        }
        router.get("/gateway/:service/v1/models") { request, context in
            try await Self.inForm { try await models(request, context) }
        }
        for method in [HTTPRequest.Method.get, .post] {
            router.on("/gateway/:service/**", method: method) { _, _ in
                try await Self.inForm { throw GatewayError.unknownPath }
            }
        }
    }

    private func answer(
        _ endpoint: GatewayEndpoint,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        let id = try context.segment("service")
        let caller = try await gateway.caller(
            request.headers[.authorization],
            of: id,
            from: context.clientAddress
        )
        let body = try await request.bytes(upTo: GatewayRequest.largestBody)
        return try await gateway.answer(endpoint, body, to: id, as: caller, context)
    }

    private func models(_ request: Request, _ context: GalleryContext) async throws -> Response {
        let id = try context.segment("service")
        _ = try await gateway.caller(request.headers[.authorization], of: id, from: context.clientAddress)
        return try APIRoutes.answer(ModelsBody(try await gateway.service(id)))
    }

    /// Every error in the form of OpenAI's.
    private static func inForm(_ body: () async throws -> Response) async throws -> Response {
        do {
            return try await body()
        } catch {
            guard let problem = ProblemMiddleware.problem(for: error) else { throw error }
            return try Gateway.refusal(problem)
        }
    }
}

extension Gateway {
    /// The same as an answer over HTTP, which ends where the client hangs up. For whoever has found out who calls.
    package func answer(
        _ endpoint: GatewayEndpoint,
        _ body: ByteBuffer,
        to service: String,
        as caller: GatewayCaller,
        _ context: GalleryContext
    ) async throws -> Response {
        let call = HangUp()
        let watch = HangUpHandler.watch(context.channel) { call.hangUp() }
        let sending = Task { try await send(endpoint, GatewayRequest(body), to: service, as: caller) }
        call.whenHungUp { sending.cancel() }
        let reply: GatewayReply
        do {
            reply = try await sending.value
        } catch {
            watch.end()
            throw error
        }
        let headers: HTTPFields = [.contentType: reply.contentType, .cacheControl: "no-store"]
        let status = HTTPResponse.Status(code: reply.status)
        switch reply.body {
        case .whole(let body):
            watch.end()
            return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: body))
        case .stream(let events):
            return Response(
                status: status,
                headers: headers + [.xAccelBuffering: "no"],
                body: ResponseBody { writer in
                    defer { watch.end() }
                    // The task alone writes until it is over.
                    nonisolated(unsafe) var line = writer
                    let passing = Task { try await events.pass { try await line.write($0) } }
                    call.whenHungUp { passing.cancel() }
                    try await passing.value
                    try await writer.finish(nil)
                }
            )
        }
    }

    /// A problem in the form of OpenAI's errors.
    package static func refusal(_ problem: Problem) throws -> Response {
        var headers: HTTPFields = [:]
        if let seconds = problem.retryAfter { headers[.retryAfter] = String(seconds) }
        return try APIRoutes.answer(OpenAIErrorBody(problem), problem.kind.status, headers: headers)
    }
}

extension HTTPField.Name {
    // swift-format-ignore: NeverForceUnwrap
    fileprivate static let xAccelBuffering = HTTPField.Name("X-Accel-Buffering")!
}

/// What is to be done when a client hangs up, set as the request goes on.
private final class HangUp: Sendable {
    private struct State {
        var isGone = false
        var action: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    func hangUp() {
        let action = state.withLock { state in
            state.isGone = true
            return state.action
        }
        action?()
    }

    /// In place of what was to be done before; at once where the client has gone.
    func whenHungUp(_ action: @escaping @Sendable () -> Void) {
        let isGone = state.withLock { state in
            state.action = action
            return state.isGone
        }
        if isGone { action() }
    }
}

/// `GET /v1/models`
private struct ModelsBody: Codable, Sendable {
    struct Model: Codable, Sendable {
        var id: String
        var object = "model"
        var created: Int64
        var owner: String

        enum CodingKeys: String, CodingKey {
            case id, object, created
            case owner = "owned_by"
        }
    }

    var object = "list"
    var data: [Model]

    init(_ service: InferenceService) {
        let owner = String(service.modelName.prefix { $0 != "/" })
        data = [Model(id: service.modelName, created: Int64(service.createdAt.timeIntervalSince1970), owner: owner)]
    }
}
