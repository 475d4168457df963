import Foundation
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// `/api/v1/session`, the browser's own, and `/api/v1/account/sessions`, all of an account's.
struct SessionRoutes: Sendable {
    let edge: IdentityEdge
    private var sessions: Sessions { edge.identity.sessions }

    func add(to api: APIRoutes) {
        let body = api.schema(of: SessionBody.self)
        api.raw(
            .post,
            "session",
            "Sign in",
            for: .everyone,
            body: api.schema(of: SignInRequest.self),
            answer: body,
            status: .created,
            use: signIn
        )
        api.get("session", "Show the browser's session") { [edge] call in
            let account = try await edge.identity.accounts.own(by: call.viewer)
            return SessionBody(account, cookie: edge.origin(call.request, call.context).cookie)
        }
        api.raw(.delete, "session", "Sign out", for: .everyone, status: .noContent, use: signOut)
        api.get("account/sessions", "List one's sessions", for: .account) { [sessions] call in
            try await sessions.list(by: call.viewer).map(SessionEntryBody.init)
        }
        api.send(.delete, "account/sessions", "End all sessions but the one that asks", for: .account) {
            [sessions, edge] call in
            try await sessions.endOthers(than: edge.origin(call.request, call.context).cookie, by: call.viewer)
        }
        api.send(.delete, "account/sessions/{session}", "End a session", for: .account) { [sessions] call in
            try await sessions.end(SessionID(call.path("session")), by: call.viewer)
        }
    }

    private struct SignInRequest: Codable {
        var name: String
        var password: String
    }

    private func signIn(_ request: Request, context: GalleryContext) async throws -> Response {
        try edge.mustNotBeForged(request)
        let body: SignInRequest = try await APIRoutes.body(of: request, context)
        let started = try await sessions.signIn(
            name: body.name,
            password: body.password,
            from: edge.origin(request, context)
        )
        return try edge.answer(started, status: .created, to: request)
    }

    private func signOut(_ request: Request, context: GalleryContext) async throws -> Response {
        if let cookie = edge.origin(request, context).cookie { try await sessions.signOut(cookie: cookie) }
        var response = IdentityEdge.noContent
        response.headers[.setCookie] = SessionCookie.removal(isSecure: edge.addresses.isSecure(request))
        return response
    }
}

/// The session of the browser that asks.
struct SessionBody: Codable, Sendable {
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
private struct SessionEntryBody: Codable {
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
