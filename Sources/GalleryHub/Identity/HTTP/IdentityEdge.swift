import Foundation
import GalleryModel
package import GalleryServing
import HTTPTypes
package import Hummingbird
import NIOCore

/// What the routes of identity share: where a request comes from, small bodies, cookies.
package struct IdentityEdge: Sendable {
    let identity: Identity
    let addresses: PublicAddress
    let sessionLifetime: Duration

    package init(_ identity: Identity, settings: Settings) {
        self.identity = identity
        addresses = PublicAddress(settings.server)
        sessionLifetime = .seconds(settings.identity.sessionHours * 3600)
    }

    private static let largestBody = 64 << 10

    /// Where a request to sign in or out comes from.
    package func origin(_ request: Request, _ context: GalleryContext) -> Sessions.Origin {
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

    /// `Set-Cookie` for a new session.
    package func sessionCookie(_ started: StartedSession, for request: Request) -> String {
        SessionCookie.header(started.cookie, lifetime: sessionLifetime, isSecure: addresses.isSecure(request))
    }

    /// `Set-Cookie` that ends the session in the browser.
    package func removedSessionCookie(for request: Request) -> String {
        SessionCookie.removal(isSecure: addresses.isSecure(request))
    }

    /// The session that has begun, and its cookie.
    func answer(_ started: StartedSession, status: HTTPResponse.Status, to request: Request) throws -> Response {
        let cookie: HTTPFields = [.setCookie: sessionCookie(started, for: request)]
        return try APIRoutes.answer(SessionBody(started), status, headers: cookie)
    }

    static let noContent = Response(status: .noContent)
}
