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

    /// The session that has begun, and its cookie.
    func answer(_ started: StartedSession, status: HTTPResponse.Status, to request: Request) throws -> Response {
        let cookie: HTTPFields = [.setCookie: sessionCookie(started, for: request)]
        return try APIRoutes.answer(SessionBody(started), status, headers: cookie)
    }

    static let noContent = Response(status: .noContent)
}
