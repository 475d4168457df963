import Foundation
import GalleryModel
package import HTTPTypes
package import Hummingbird
import NIOCore

/// The routes of `/api/v1`. Each declaration is both the route and its description, so the document cannot drift from the
/// server. Used while the server is put together, by one thread.
package final class APIRoutes {
    /// The most bytes of a body, unless an operation takes more: those of files and pictures do.
    package static let largestBody = 1 << 20

    private let router: Router<GalleryContext>
    private let reader = JSONSchemaReader()
    private var operations: [APIOperation] = []
    private var group = ""

    package init(on router: Router<GalleryContext>) {
        self.router = router
    }

    /// Puts the operations that `add` declares under a heading.
    package func group(_ name: String, _ add: (APIRoutes) -> Void) {
        let outer = group
        group = name
        add(self)
        group = outer
    }

    package func get<Answer: Codable & Sendable>(
        _ path: String,
        _ summary: String,
        for right: APIRight = .signedIn,
        query: [APIParameter] = [],
        answers: Answer.Type = Answer.self,
        use handler: @escaping @Sendable (APICall<Void>) async throws -> Answer
    ) {
        describe(.get, path, summary, right, query: query, body: nil, answer: schema(of: Answer.self), .ok)
        on(.get, path, query: query) { request, context in
            try Self.answer(await handler(APICall(request: request, context: context, body: ())), .ok)
        }
    }

    /// An operation with a JSON body and a JSON answer.
    package func send<Body: Codable & Sendable, Answer: Codable & Sendable>(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ summary: String,
        for right: APIRight = .signedIn,
        query: [APIParameter] = [],
        body: Body.Type = Body.self,
        answers: Answer.Type = Answer.self,
        status: HTTPResponse.Status = .ok,
        use handler: @escaping @Sendable (APICall<Body>) async throws -> Answer
    ) {
        describe(
            method,
            path,
            summary,
            right,
            query: query,
            body: schema(of: Body.self),
            answer: schema(of: Answer.self),
            status
        )
        on(method, path, query: query) { request, context in
            let call = APICall(
                request: request,
                context: context,
                body: try await Self.body(Body.self, of: request, context)
            )
            return try Self.answer(await handler(call), status)
        }
    }

    /// An operation with a JSON body that answers nothing (204).
    @_disfavoredOverload  // else a closure of one expression would drop its answer
    package func send<Body: Codable & Sendable>(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ summary: String,
        for right: APIRight = .signedIn,
        query: [APIParameter] = [],
        body: Body.Type = Body.self,
        use handler: @escaping @Sendable (APICall<Body>) async throws -> Void
    ) {
        describe(method, path, summary, right, query: query, body: schema(of: Body.self), answer: nil, .noContent)
        on(method, path, query: query) { request, context in
            let call = APICall(
                request: request,
                context: context,
                body: try await Self.body(Body.self, of: request, context)
            )
            try await handler(call)
            return Response(status: .noContent)
        }
    }

    /// An operation without a body.
    package func send<Answer: Codable & Sendable>(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ summary: String,
        for right: APIRight = .signedIn,
        query: [APIParameter] = [],
        answers: Answer.Type = Answer.self,
        status: HTTPResponse.Status = .ok,
        use handler: @escaping @Sendable (APICall<Void>) async throws -> Answer
    ) {
        describe(method, path, summary, right, query: query, body: nil, answer: schema(of: Answer.self), status)
        on(method, path, query: query) { request, context in
            try Self.answer(await handler(APICall(request: request, context: context, body: ())), status)
        }
    }

    /// An operation without a body that answers nothing (204).
    @_disfavoredOverload
    package func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ summary: String,
        for right: APIRight = .signedIn,
        query: [APIParameter] = [],
        use handler: @escaping @Sendable (APICall<Void>) async throws -> Void
    ) {
        describe(method, path, summary, right, query: query, body: nil, answer: nil, .noContent)
        on(method, path, query: query) { request, context in
            try await handler(APICall(request: request, context: context, body: ()))
            return Response(status: .noContent)
        }
    }

    /// An operation that writes its own answer: files, streams, cookies. `answer` describes what it answers where that is JSON.
    package func raw(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ summary: String,
        for right: APIRight = .signedIn,
        query: [APIParameter] = [],
        body: JSONSchema? = nil,
        bodyType: String = "application/json",
        upTo largestBody: Int = APIRoutes.largestBody,
        answer: JSONSchema? = nil,
        answerTypes: [String] = ["application/json"],
        status: HTTPResponse.Status = .ok,
        use handler: @escaping @Sendable (Request, GalleryContext) async throws -> Response
    ) {
        describe(
            method,
            path,
            summary,
            right,
            query: query,
            body: body,
            bodyType: bodyType,
            upTo: largestBody,
            answer: answer,
            answerTypes: answerTypes,
            status
        )
        on(method, path, query: query) { request, context in
            // What does not tell its length is counted where it is read.
            try request.mustAnnounce(upTo: largestBody)
            return try await handler(request, context)
        }
    }

    /// The schema of a body that `raw` describes.
    package func schema<Body: Decodable>(of type: Body.Type) -> JSONSchema {
        do { return try reader.schema(of: type) } catch { preconditionFailure("\(type) has no schema: \(error)") }
    }

    /// Everything that was declared, as an OpenAPI 3.1 document.
    package var document: APIDocument { APIDocument(operations: operations, schemas: reader.components) }

    /// Answers the document at `/api/v1/openapi.json`; called once all is declared.
    package func publish() {
        let document = document
        on(.get, "openapi.json") { _, _ in try Self.answer(document) }
    }

    /// A body of which everything may be left out may be left out itself.
    private func demands(_ body: JSONSchema?) -> Bool {
        guard case .reference(let name)? = body, case .object(let members)? = reader.components[name] else {
            return true
        }
        return members.contains(where: \.isRequired)
    }

    private func describe(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ summary: String,
        _ right: APIRight,
        query: [APIParameter],
        body: JSONSchema?,
        bodyType: String = "application/json",
        upTo largestBody: Int = APIRoutes.largestBody,
        answer: JSONSchema?,
        answerTypes: [String] = ["application/json"],
        _ status: HTTPResponse.Status
    ) {
        operations.append(
            APIOperation(
                method: method,
                path: path,
                summary: summary,
                group: group,
                query: query,
                body: body,
                bodyType: bodyType,
                isBodyRequired: demands(body),
                largestBody: largestBody,
                answer: answer,
                status: status,
                right: right,
                answerTypes: answerTypes
            )
        )
    }

    private func on(
        _ method: HTTPRequest.Method,
        _ path: String,
        query: [APIParameter] = [],
        use handler: @escaping @Sendable (Request, GalleryContext) async throws -> Response
    ) {
        router.on(RouterPath("/api/v1/\(path)"), method: method) { request, context in
            try request.query().check(against: query)
            return try await handler(request, context)
        }
    }

    /// The JSON body of a request; where all of it may be left out, there need be none.
    package static func body<Body: Decodable>(
        _ type: Body.Type = Body.self,
        of request: Request,
        _ context: GalleryContext
    ) async throws -> Body {
        // Its type must say so: forms of other sites cannot.
        if request.headers[.contentType]?.lowercased().hasPrefix("application/json") == true {
            return try await request.json(type, context: context, upTo: largestBody)
        }
        guard try await request.bytes(upTo: largestBody).readableBytes == 0,
            let nothing = try? JSONDecoder.wire.decode(type, from: Data("{}".utf8))
        else { throw Problem.invalid("json-expected", "Send a JSON object, with 'Content-Type: application/json'.") }
        return nothing
    }

    /// A JSON answer that no cache keeps.
    package static func answer(
        _ body: some Encodable,
        _ status: HTTPResponse.Status = .ok,
        headers: HTTPFields = [:]
    ) throws -> Response {
        let bytes = try JSONEncoder.wire.encode(body)
        let own: HTTPFields = [
            .contentType: "application/json; charset=utf-8", .contentLength: String(bytes.count),
            .cacheControl: "no-store",
        ]
        return Response(status: status, headers: own + headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
