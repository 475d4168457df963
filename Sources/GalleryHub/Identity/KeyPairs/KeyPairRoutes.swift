import Foundation
import GalleryModel
import GalleryServing
import Hummingbird

/// `/api/v1/account/keys`
struct KeyPairRoutes: Sendable {
    let edge: IdentityEdge
    private var keyPairs: KeyPairs { edge.identity.keyPairs }

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/api/v1/account/keys", use: list)
        router.post("/api/v1/account/keys", use: create)
        router.delete("/api/v1/account/keys/:key", use: delete)
    }

    private func list(_ request: Request, context: GalleryContext) async throws -> Response {
        try await edge.answer(keyPairs.list(by: context.viewer).map { KeyPairBody($0) })
    }

    private struct CreateRequest: Decodable {
        var name: String
    }

    private func create(_ request: Request, context: GalleryContext) async throws -> Response {
        let body = try await edge.json(CreateRequest.self, of: request)
        let issued = try await keyPairs.create(name: body.name, by: context.viewer)
        return try edge.answer(KeyPairBody(issued.pair, secretKey: issued.secretKey), status: .created)
    }

    private func delete(_ request: Request, context: GalleryContext) async throws -> Response {
        try await keyPairs.delete(context.segment("key"), by: context.viewer)
        return IdentityEdge.noContent
    }
}

/// A key pair in our own API; its secret key only in the answer that makes it.
private struct KeyPairBody: Encodable {
    let accessKey: String
    let name: String
    let createdAt: Date
    let lastUsedAt: Date?
    let secretKey: String?

    init(_ pair: KeyPair, secretKey: String? = nil) {
        accessKey = pair.accessKey
        name = pair.name
        createdAt = pair.createdAt
        lastUsedAt = pair.lastUsedAt
        self.secretKey = secretKey
    }
}
