import Foundation
import GalleryModel
import GalleryServing
import Hummingbird

/// `/api/v1/accounts` and one's own `/api/v1/account`.
struct AccountRoutes: Sendable {
    let edge: IdentityEdge
    private var accounts: Accounts { edge.identity.accounts }

    func add(to router: some RouterMethods<GalleryContext>) {
        router.post("/api/v1/accounts", use: signUp)
        router.get("/api/v1/accounts/:account", use: account)
        router.get("/api/v1/account", use: own)
        router.patch("/api/v1/account", use: update)
        router.put("/api/v1/account/name", use: rename)
        router.put("/api/v1/account/password", use: changePassword)
    }

    private struct SignUpRequest: Decodable {
        var name: String
        var password: String
        var email: String?
        var nickname: String?
    }

    private func signUp(_ request: Request, context: GalleryContext) async throws -> Response {
        try edge.mustNotBeForged(request)
        let body = try await edge.json(SignUpRequest.self, of: request)
        let form = Accounts.SignUp(
            name: body.name,
            password: body.password,
            email: body.email ?? "",
            nickname: body.nickname ?? ""
        )
        let started = try await accounts.signUp(form, from: edge.origin(request, context))
        return try edge.answer(
            SessionBody(started),
            status: .created,
            headers: [.setCookie: edge.sessionCookie(started, for: request)]
        )
    }

    private func account(_ request: Request, context: GalleryContext) async throws -> Response {
        let account = try await accounts.account(named: context.segment("account"))
        return try edge.answer(AccountBody(account))
    }

    private func own(_ request: Request, context: GalleryContext) async throws -> Response {
        try await edge.answer(AccountBody(accounts.own(by: context.viewer), isOwn: true))
    }

    private struct ProfileRequest: Decodable {
        var nickname: String?
        var email: String?
        var bio: String?
    }

    private func update(_ request: Request, context: GalleryContext) async throws -> Response {
        let body = try await edge.json(ProfileRequest.self, of: request)
        guard body.email == nil else { throw AccountError.emailNeedsCode }
        let account = try await accounts.updateProfile(
            nickname: body.nickname,
            bio: body.bio,
            by: context.viewer
        )
        return try edge.answer(AccountBody(account, isOwn: true))
    }

    private struct NameRequest: Decodable {
        var name: String
    }

    private func rename(_ request: Request, context: GalleryContext) async throws -> Response {
        let body = try await edge.json(NameRequest.self, of: request)
        return try await edge.answer(AccountBody(accounts.rename(to: body.name, by: context.viewer), isOwn: true))
    }

    private struct PasswordRequest: Decodable {
        var currentPassword: String
        var newPassword: String
    }

    private func changePassword(_ request: Request, context: GalleryContext) async throws -> Response {
        let body = try await edge.json(PasswordRequest.self, of: request)
        let started = try await accounts.changePassword(
            from: body.currentPassword,
            to: body.newPassword,
            by: context.viewer,
            at: edge.origin(request, context)
        )
        return try edge.answer(SessionBody(started), headers: [.setCookie: edge.sessionCookie(started, for: request)])
    }
}
