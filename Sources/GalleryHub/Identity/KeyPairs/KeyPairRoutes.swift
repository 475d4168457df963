import Foundation
import GalleryModel
import GalleryServing
import HTTPTypes

/// `/api/v1/account/keys`
struct KeyPairRoutes: Sendable {
    let edge: IdentityEdge
    private var keyPairs: KeyPairs { edge.identity.keyPairs }

    func add(to api: APIRoutes) {
        api.get("account/keys", "List one's key pairs", for: .account) { [keyPairs] call in
            try await keyPairs.list(by: call.viewer).map { KeyPairBody($0) }
        }
        api.send(.post, "account/keys", "Create a key pair", for: .account, body: CreateRequest.self, status: .created)
        {
            [keyPairs] call in
            let issued = try await keyPairs.create(name: call.body.name, by: call.viewer)
            return KeyPairBody(issued.pair, secretKey: issued.secretKey)
        }
        api.send(.delete, "account/keys/{key}", "Delete a key pair", for: .account) { [keyPairs] call in
            try await keyPairs.delete(call.path("key"), by: call.viewer)
        }
    }

    private struct CreateRequest: Codable {
        var name: String
    }
}

/// A key pair in our own API; its secret key only in the answer that makes it.
private struct KeyPairBody: Codable {
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
