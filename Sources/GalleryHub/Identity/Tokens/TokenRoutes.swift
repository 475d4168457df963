import Foundation
import GalleryModel
import GalleryServing
import Hummingbird

/// `/api/v1/account/tokens`
struct TokenRoutes: Sendable {
    let edge: IdentityEdge
    private var tokens: Tokens { edge.identity.tokens }

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/api/v1/account/tokens", use: list)
        router.post("/api/v1/account/tokens", use: create)
        router.delete("/api/v1/account/tokens/:token", use: revoke)
    }

    private func list(_ request: Request, context: GalleryContext) async throws -> Response {
        try await edge.answer(tokens.list(by: context.viewer).map { TokenBody($0.token, asset: $0.asset) })
    }

    private struct CreateRequest: Decodable {
        var name: String
        var scope: Scope
        /// The only repository the token is for, as `owner/name`, and its kind, a model where it is not said.
        var repo: String?
        var repoType: String?
        var expiresInDays: Int?
    }

    private func create(_ request: Request, context: GalleryContext) async throws -> Response {
        let body = try await edge.json(CreateRequest.self, of: request)
        var expiresAt: Date?
        if let days = body.expiresInDays {
            guard (1...3650).contains(days) else {
                throw Problem.invalid("token-lifetime-invalid", "A token lives for 1 to 3650 days.")
            }
            expiresAt = edge.identity.authentication.world.now() + Double(days) * 86_400
        }
        let asset = try Self.asset(body.repo, type: body.repoType)
        let wish = TokenRequest(name: body.name, scope: body.scope, expiresAt: expiresAt)
        let issued = try await tokens.create(wish, for: asset, by: context.viewer)
        return try edge.answer(TokenBody(issued.token, asset: asset, text: issued.text), status: .created)
    }

    private static func asset(_ name: String?, type: String?) throws -> Tokens.Asset? {
        guard let name else { return nil }
        guard let name = RepoName(name), let kind = RepoKind(hubType: type ?? "model") else {
            throw TokenError.invalidAsset
        }
        return Tokens.Asset(kind: kind, name: name)
    }

    private func revoke(_ request: Request, context: GalleryContext) async throws -> Response {
        try await tokens.revoke(TokenID(context.segment("token")), by: context.viewer)
        return IdentityEdge.noContent
    }
}

/// A token in our own API; its text only in the answer that makes it.
private struct TokenBody: Encodable {
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
