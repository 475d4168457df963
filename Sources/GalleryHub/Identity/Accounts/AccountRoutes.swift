import Foundation
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// `/api/v1/accounts` and one's own `/api/v1/account`.
struct AccountRoutes: Sendable {
    let edge: IdentityEdge
    private var accounts: Accounts { edge.identity.accounts }

    func add(to api: APIRoutes) {
        api.raw(
            .post,
            "accounts",
            "Sign up",
            for: .everyone,
            body: api.schema(of: SignUpRequest.self),
            answer: api.schema(of: SessionBody.self),
            status: .created,
            use: signUp
        )
        api.get("accounts/{account}", "Show an account", for: .everyone) { [accounts] call in
            AccountBody(try await accounts.account(named: call.path("account")))
        }
        api.get("account", "Show one's own account") { [accounts] call in
            AccountBody(try await accounts.own(by: call.viewer), isOwn: true)
        }
        api.send(.patch, "account", "Change one's own profile", for: .account, body: ProfileRequest.self) {
            [accounts] call in
            guard call.body.email == nil else { throw AccountError.emailNeedsCode }
            let account = try await accounts.updateProfile(
                nickname: call.body.nickname,
                bio: call.body.bio,
                by: call.viewer
            )
            return AccountBody(account, isOwn: true)
        }
        api.send(.put, "account/name", "Change one's own name", for: .account, body: NameRequest.self) {
            [accounts] call in
            AccountBody(try await accounts.rename(to: call.body.name, by: call.viewer), isOwn: true)
        }
        api.raw(
            .put,
            "account/password",
            "Change one's own password",
            for: .account,
            body: api.schema(of: PasswordRequest.self),
            answer: api.schema(of: SessionBody.self),
            use: changePassword
        )
    }

    private struct SignUpRequest: Codable {
        var name: String
        var password: String
        var email: String?
        var nickname: String?
    }

    private func signUp(_ request: Request, context: GalleryContext) async throws -> Response {
        try edge.mustNotBeForged(request)
        let body: SignUpRequest = try await APIRoutes.body(of: request, context)
        let form = Accounts.SignUp(
            name: body.name,
            password: body.password,
            email: body.email ?? "",
            nickname: body.nickname ?? ""
        )
        let started = try await accounts.signUp(form, from: edge.origin(request, context))
        return try edge.answer(started, status: .created, to: request)
    }

    private struct ProfileRequest: Codable {
        var nickname: String?
        var email: String?
        var bio: String?
    }

    private struct NameRequest: Codable {
        var name: String
    }

    private struct PasswordRequest: Codable {
        var currentPassword: String
        var newPassword: String
    }

    private func changePassword(_ request: Request, context: GalleryContext) async throws -> Response {
        let body: PasswordRequest = try await APIRoutes.body(of: request, context)
        let started = try await accounts.changePassword(
            from: body.currentPassword,
            to: body.newPassword,
            by: context.viewer,
            at: edge.origin(request, context)
        )
        return try edge.answer(started, status: .ok, to: request)
    }
}
