import Foundation
import GalleryModel
import GalleryServing
import Hummingbird

/// `/api/v1/session`, the browser's own, and `/api/v1/account/sessions`, all of an account's.
struct SessionRoutes: Sendable {
    let edge: IdentityEdge
    private var sessions: Sessions { edge.identity.sessions }

    func add(to router: some RouterMethods<GalleryContext>) {
        router.post("/api/v1/session", use: signIn)
        router.get("/api/v1/session", use: current)
        router.delete("/api/v1/session", use: signOut)
        router.get("/api/v1/account/sessions", use: list)
        router.delete("/api/v1/account/sessions", use: endOthers)
        router.delete("/api/v1/account/sessions/:session", use: end)
    }

    private struct SignInRequest: Decodable {
        var name: String
        var password: String
    }

    private func signIn(_ request: Request, context: GalleryContext) async throws -> Response {
        try edge.mustNotBeForged(request)
        let body = try await edge.json(SignInRequest.self, of: request)
        let started = try await sessions.signIn(
            name: body.name,
            password: body.password,
            from: edge.origin(request, context)
        )
        return try edge.answer(
            SessionBody(started),
            status: .created,
            headers: [.setCookie: edge.sessionCookie(started, for: request)]
        )
    }

    private func current(_ request: Request, context: GalleryContext) async throws -> Response {
        let account = try await edge.identity.accounts.own(by: context.viewer)
        return try edge.answer(SessionBody(account, cookie: edge.origin(request, context).cookie))
    }

    private func signOut(_ request: Request, context: GalleryContext) async throws -> Response {
        if let cookie = edge.origin(request, context).cookie { try await sessions.signOut(cookie: cookie) }
        var response = IdentityEdge.noContent
        response.headers[.setCookie] = SessionCookie.removal(isSecure: edge.addresses.isSecure(request))
        return response
    }

    private func list(_ request: Request, context: GalleryContext) async throws -> Response {
        try await edge.answer(sessions.list(by: context.viewer).map(SessionEntryBody.init))
    }

    /// All but the one that asks.
    private func endOthers(_ request: Request, context: GalleryContext) async throws -> Response {
        try await sessions.endOthers(than: edge.origin(request, context).cookie, by: context.viewer)
        return IdentityEdge.noContent
    }

    private func end(_ request: Request, context: GalleryContext) async throws -> Response {
        try await sessions.end(SessionID(context.segment("session")), by: context.viewer)
        return IdentityEdge.noContent
    }
}

/// The session of the browser that asks.
struct SessionBody: Encodable {
    let account: AccountBody
    /// To be sent as `X-CSRF-Token` with everything that changes something.
    let csrfToken: String?

    init(_ started: StartedSession) { self.init(started.account, cookie: started.cookie) }

    init(_ account: Account, cookie: String?) {
        self.account = AccountBody(account, isOwn: true)
        csrfToken = cookie.map(FormToken.of)
    }
}

/// One session in the list of an account's.
private struct SessionEntryBody: Encodable {
    let id: String
    let agent: String
    let address: String
    let createdAt: Date
    let lastSeenAt: Date
    let expiresAt: Date

    init(_ session: Session) {
        id = session.id.rawValue
        agent = session.agent
        address = session.address
        createdAt = session.createdAt
        lastSeenAt = session.lastSeenAt
        expiresAt = session.expiresAt
    }
}
