import GalleryModel

/// What a client asks of the batch endpoint.
struct LargeFilesRequest: Decodable, Sendable {
    struct Object: Decodable, Sendable {
        var oid: String
        var size: Int
    }

    var operation: String
    var transfers: [String]?
    var objects: [Object]
    var hashAlgorithm: String?

    enum CodingKeys: String, CodingKey {
        case operation, transfers, objects
        case hashAlgorithm = "hash_algo"
    }
}

/// What the batch endpoint answers.
struct LargeFilesBody: Encodable, Sendable {
    struct Action: Encodable, Sendable {
        var href: String
        var header: [String: String]?
        var expiresIn: Int?

        enum CodingKeys: String, CodingKey {
            case href, header
            case expiresIn = "expires_in"
        }
    }

    struct Failure: Encodable, Sendable {
        var code: Int
        var message: String
    }

    struct Object: Encodable, Sendable {
        var oid: String
        var size: Int
        /// The addresses carry their right in themselves.
        var authenticated: Bool?
        var actions: [String: Action]?
        var error: Failure?
    }

    var transfer: String
    var objects: [Object]
    var hashAlgorithm = "sha256"

    enum CodingKeys: String, CodingKey {
        case transfer, objects
        case hashAlgorithm = "hash_algo"
    }
}

/// What a client says when all parts are sent; the parts' names are not needed, since the whole is verified.
struct PartsRequest: Decodable, Sendable {
    var oid: String
}
