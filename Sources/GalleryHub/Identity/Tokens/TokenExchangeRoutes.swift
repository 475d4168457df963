import Foundation
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// `POST /v3/auth/tokens`, in the form of Huawei Cloud's IAM, which `gallery-cli login` calls.
struct TokenExchangeRoutes: Sendable {
    let edge: IdentityEdge

    func add(to router: some RouterMethods<GalleryContext>) {
        router.post("/v3/auth/tokens", use: exchange)
    }

    private func exchange(_ request: Request, context: GalleryContext) async throws -> Response {
        let body = try await APIRoutes.body(TokenExchangeRequest.self, of: request, context)
        let proof = try body.auth.identity.proof
        let exchanged = try await edge.identity.tokenExchange.exchange(
            proof,
            from: edge.addresses.client(of: request, context)
        )
        return try APIRoutes.answer(
            TokenExchangeBody(exchanged, body.auth),
            .created,
            headers: [.subjectToken: exchanged.issued.text]
        )
    }
}

extension HTTPField.Name {
    // swift-format-ignore: NeverForceUnwrap
    fileprivate static let subjectToken = HTTPField.Name("X-Subject-Token")!
}

/// What the client sends.
private struct TokenExchangeRequest: Decodable {
    struct Auth: Decodable {
        var identity: Identity
        var scope: Scope?
    }

    struct Identity: Decodable {
        var methods: [String]
        var password: Password?
        var keyPair: KeyPair?

        enum CodingKeys: String, CodingKey {
            case methods, password
            case keyPair = "hw_ak_sk"
        }
    }

    struct Password: Decodable {
        struct User: Decodable {
            struct Domain: Decodable {
                var id: String?
                var name: String?
            }

            var name: String
            var password: String
            var domain: Domain?
        }

        var user: User
    }

    struct KeyPair: Decodable {
        struct Key: Decodable {
            var key: String
        }

        var access: Key
        var secret: Key
    }

    struct Scope: Decodable {
        struct Project: Decodable {
            var id: String?
            var name: String?
        }

        var project: Project?
    }

    var auth: Auth
}

extension TokenExchangeRequest.Identity {
    var proof: TokenExchange.Proof {
        get throws {
            if methods.contains("hw_ak_sk"), let keyPair {
                return .keyPair(accessKey: keyPair.access.key, secretKey: keyPair.secret.key)
            }
            if methods.contains("password"), let user = password?.user {
                let domain = user.domain?.name ?? user.domain?.id ?? ""
                return .password(domain: domain, user: user.name, password: user.password)
            }
            throw Problem.invalid(
                "method-unsupported",
                "Use the method 'password' with a user, or 'hw_ak_sk' with an access and a secret key."
            )
        }
    }
}

/// What the client is told besides the token, which is in the header `X-Subject-Token`.
private struct TokenExchangeBody: Encodable {
    struct Named: Encodable {
        let id: String
        let name: String
    }

    struct User: Encodable {
        let domain: Named
        let id: String
        let name: String
        let passwordExpiresAt = ""

        enum CodingKeys: String, CodingKey {
            case domain, id, name
            case passwordExpiresAt = "password_expires_at"
        }
    }

    struct Project: Encodable {
        let domain: Named
        let id: String
        let name: String
    }

    struct Token: Encodable {
        let catalog: [String] = []
        let roles: [Named] = []
        let methods: [String]
        let issuedAt: Date
        let expiresAt: Date
        let project: Project?
        let user: User

        enum CodingKeys: String, CodingKey {
            case catalog, roles, methods, project, user
            case issuedAt = "issued_at"
            case expiresAt = "expires_at"
        }
    }

    let token: Token

    init(_ exchanged: TokenExchange.Exchanged, _ auth: TokenExchangeRequest.Auth) {
        let account = exchanged.account
        let domain = Named(id: account.publicID, name: account.name)
        let project = auth.scope?.project.flatMap { $0.name ?? $0.id }.map { String($0.prefix(128)) }
        token = Token(
            methods: auth.identity.keyPair == nil ? ["password"] : ["hw_ak_sk"],
            issuedAt: exchanged.issued.token.createdAt,
            expiresAt: exchanged.expiresAt,
            project: project.map { Project(domain: domain, id: $0, name: $0) },
            user: User(domain: domain, id: account.publicID, name: account.name)
        )
    }
}
