import Foundation
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird
import NIOCore

/// What the routes of identity share: where a request comes from, small bodies, cookies.
struct IdentityEdge: Sendable {
    let identity: Identity
    let addresses: PublicAddress
    let sessionLifetime: Duration

    private static let largestBody = 64 << 10

    func origin(_ request: Request, _ context: GalleryContext) -> Sessions.Origin {
        Sessions.Origin(
            address: addresses.client(of: request, context),
            agent: request.headers[.userAgent] ?? "",
            cookie: RequestCookies.value(of: SessionCookie.name, in: request.headers)
        )
    }

    /// The JSON body; its type must say so, since forms of other sites cannot.
    func json<Body: Decodable>(_ type: Body.Type, of request: Request) async throws -> Body {
        guard request.headers[.contentType]?.lowercased().hasPrefix("application/json") == true else {
            throw Problem.invalid("json-expected", "Send a JSON object, with 'Content-Type: application/json'.")
        }
        let bytes = try await request.bytes(upTo: Self.largestBody)
        do {
            return try JSONDecoder.wire.decode(Body.self, from: Data(bytes.readableBytesView))
        } catch let error as DecodingError {
            throw Problem.invalid("json-invalid", error.sentence)
        }
    }

    /// The fields of a form.
    func form<Fields: Decodable>(_ type: Fields.Type, of request: Request) async throws -> Fields {
        let text = String(buffer: try await request.bytes(upTo: Self.largestBody))
        guard let fields = try? URLEncodedFormDecoder().decode(Fields.self, from: text) else {
            throw Problem.invalid("form-invalid", "The form is incomplete or cannot be read.")
        }
        return fields
    }

    /// A page of another site must not be able to sign a browser in.
    func mustNotBeForged(_ request: Request) throws {
        try FormGuard(addresses: addresses).checkOrigin(of: request)
    }

    func sessionCookie(_ started: StartedSession, for request: Request) -> String {
        SessionCookie.header(started.cookie, lifetime: sessionLifetime, isSecure: addresses.isSecure(request))
    }

    /// A JSON answer that no cache keeps.
    func answer(
        _ body: some Encodable,
        status: HTTPResponse.Status = .ok,
        headers: HTTPFields = [:]
    ) throws -> Response {
        let bytes = try JSONEncoder.wire.encode(body)
        var headers = headers
        headers[.contentType] = "application/json; charset=utf-8"
        headers[.contentLength] = String(bytes.count)
        headers[.cacheControl] = "no-store"
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    static let noContent = Response(status: .noContent)
}

extension DecodingError {
    /// Which member is wrong, in words that repeat nothing secret.
    var sentence: String {
        switch self {
        case .keyNotFound(let key, _): "The member '\(key.stringValue)' is missing."
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            context.codingPath.isEmpty
                ? "The body is not valid JSON of the expected form."
                : "The member '\(context.codingPath.map(\.stringValue).joined(separator: "."))' has the wrong form."
        @unknown default: "The body is not valid JSON of the expected form."
        }
    }
}
