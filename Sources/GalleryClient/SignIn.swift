import AsyncHTTPClient
import Foundation
import GalleryModel
import NIOCore
import NIOFoundationCompat
import NIOHTTP1

/// How a person proves who they are to the identity service.
package enum Credentials: Sendable, Equatable {
    case password(domain: String, user: String, password: String)
    case keyPair(accessKey: String, secretKey: String)
}

/// A token and the time until which it is good, as the identity service states it.
package struct SignedIn: Sendable, Equatable {
    package var token: String
    package var expiresAt: String?

    package init(token: String, expiresAt: String?) {
        self.token = token
        self.expiresAt = expiresAt
    }
}

/// Signs in at a token endpoint of the Huawei Cloud IAM v3 form.
package struct SignIn: Sendable {
    let address: String
    let project: String?
    let timeoutInSeconds: Int

    package init(address: String, project: String?, timeoutInSeconds: Int) {
        self.address = address
        self.project = project
        self.timeoutInSeconds = timeoutInSeconds
    }

    package func token(for credentials: Credentials) async throws -> SignedIn {
        guard let origin = HubAddress.origin(of: address) else { throw HubError.malformedAddress(address) }
        let wait = TimeAmount.seconds(Int64(timeoutInSeconds))
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout = .init(connect: wait, read: wait)
        let client = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
        do {
            let result = try await ask(client, credentials, wait)
            try await client.shutdown()
            return result
        } catch {
            try await client.shutdown()
            if error is HubError { throw error }
            if let error = error as? HTTPClientError,
                [.connectTimeout, .readTimeout, .deadlineExceeded].contains(error)
            {
                throw HubError.unreachable(
                    server: origin,
                    reason: "no answer within \(timeoutInSeconds) s (raise iam_timeout)"
                )
            }
            throw HubError.unreachable(server: origin, reason: HubTransport.reason(of: error))
        }
    }

    private func ask(_ client: HTTPClient, _ credentials: Credentials, _ wait: TimeAmount) async throws -> SignedIn {
        var request = HTTPClientRequest(url: address)
        request.method = .POST
        request.headers = ["Content-Type": "application/json;charset=utf8", "User-Agent": "gallery-cli"]
        request.body = try .bytes(ByteBuffer(data: JSONEncoder().encode(SignInBody(credentials, project: project))))
        let response = try await client.execute(request, timeout: wait)
        guard (200..<300).contains(response.status.code) else {
            throw HubError.refused(await HubTransport.refusal(response))
        }
        guard let token = response.headers.first(name: "X-Subject-Token"), !token.isEmpty else {
            throw HubError.malformedAnswer("\(address) sent no X-Subject-Token")
        }
        let body = try await response.body.collect(upTo: 4 << 20)
        let answer = try? JSONDecoder().decode(SignInAnswerBody.self, from: Data(buffer: body))
        return SignedIn(token: token, expiresAt: answer?.token?.expiresAt)
    }
}

/// The request, `{"auth":{"identity":…,"scope":…}}`.
struct SignInBody: Encodable {
    struct Auth: Encodable {
        var identity: Identity
        var scope: Scope?
    }

    struct Identity: Encodable {
        struct Password: Encodable { var user: User }
        struct User: Encodable {
            var name: String
            var password: String
            var domain: Name
        }
        struct KeyPair: Encodable {
            var access: Key
            var secret: Key
        }
        struct Key: Encodable { var key: String }

        var methods: [String]
        var password: Password?
        var keyPair: KeyPair?

        enum CodingKeys: String, CodingKey {
            case methods, password
            case keyPair = "hw_ak_sk"
        }
    }

    struct Name: Encodable { var name: String }
    struct Scope: Encodable { var project: Name }

    var auth: Auth

    init(_ credentials: Credentials, project: String?) {
        let identity =
            switch credentials {
            case .password(let domain, let user, let password):
                Identity(
                    methods: ["password"],
                    password: .init(user: .init(name: user, password: password, domain: Name(name: domain)))
                )
            case .keyPair(let accessKey, let secretKey):
                Identity(
                    methods: ["hw_ak_sk"],
                    keyPair: .init(access: .init(key: accessKey), secret: .init(key: secretKey))
                )
            }
        auth = Auth(identity: identity, scope: project.map { Scope(project: Name(name: $0)) })
    }
}

private struct SignInAnswerBody: Decodable {
    struct Token: Decodable {
        var expiresAt: String?
        enum CodingKeys: String, CodingKey { case expiresAt = "expires_at" }
    }
    var token: Token?
}
