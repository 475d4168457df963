import Foundation
import GalleryModel
import GalleryServing
import HTTPTypes

/// `/api/v1/account/tokens`
struct TokenRoutes: Sendable {
    let edge: IdentityEdge
    private var tokens: Tokens { edge.identity.tokens }

    func add(to api: APIRoutes) {
        api.get("account/tokens", "List one's access tokens", for: .account) { [tokens] call in
            try await tokens.list(by: call.viewer).map { TokenBody($0.token, asset: $0.asset) }
        }
        api.send(
            .post,
            "account/tokens",
            "Create an access token",
            for: .account,
            body: CreateRequest.self,
            status: .created
        ) {
            [tokens, edge] call in
            var expiresAt: Date?
            if let days = call.body.expiresInDays {
                guard (1...3650).contains(days) else {
                    throw Problem.invalid("token-lifetime-invalid", "A token lives for 1 to 3650 days.")
                }
                expiresAt = edge.identity.authentication.world.now() + Double(days) * 86_400
            }
            let asset = try Self.asset(call.body.repo, type: call.body.repoType)
            let wish = TokenRequest(name: call.body.name, scope: call.body.scope, expiresAt: expiresAt)
            let issued = try await tokens.create(wish, for: asset, by: call.viewer)
            return TokenBody(issued.token, asset: asset, text: issued.text)
        }
        api.send(.delete, "account/tokens/{token}", "Revoke an access token", for: .account) { [tokens] call in
            try await tokens.revoke(TokenID(call.path("token")), by: call.viewer)
        }
    }

    private struct CreateRequest: Codable {
        var name: String
        var scope: Scope
        /// The only repository the token is for, as `owner/name`, and its kind, a model where it is not said.
        var repo: String?
        var repoType: String?
        var expiresInDays: Int?
    }

    private static func asset(_ name: String?, type: String?) throws -> Tokens.Asset? {
        guard let name else { return nil }
        guard let name = RepoName(name), let kind = RepoKind(hubType: type ?? "model") else {
            throw TokenError.invalidAsset
        }
        return Tokens.Asset(kind: kind, name: name)
    }
}

/// A token in our own API; its text only in the answer that makes it.
private struct TokenBody: Codable {
    let id: String
    let name: String
    let scope: Scope
    let origin: AccessToken.Origin
    let hint: String
    /// The only repository it is good for, as `owner/name`.
    let repo: String?
    let repoType: String?
    let createdAt: Date
    let expiresAt: Date?
    let lastUsedAt: Date?
    let token: String?

    init(_ token: AccessToken, asset: Tokens.Asset?, text: String? = nil) {
        id = token.id.rawValue
        name = token.name
        scope = token.scope
        origin = token.origin
        hint = token.hint
        repo = asset?.name.description ?? token.repo?.rawValue
        repoType = asset?.kind.hubType
        createdAt = token.createdAt
        expiresAt = token.expiresAt
        lastUsedAt = token.lastUsedAt
        self.token = text
    }
}
