import Foundation
import GalleryDatabase
import GalleryModel
import GalleryServing
import GalleryTesting
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import GalleryHub

struct IdentityRoutesTests {
    /// A router with identity alone, and a route that says who asks.
    private func withClient(
        _ body: @escaping @Sendable (any TestClientProtocol, Identity) async throws -> Void
    ) async throws {
        try await TestDatabase.sqlite.run { database in
            let identity = try Identity.testing(database, world: .fixed())
            let settings = Settings()
            let edge = Edge(settings: settings, world: .fixed(), checks: [])
            let router = edge.router { router in
                router.add(
                    middleware: IdentityMiddleware(
                        identity,
                        addresses: PublicAddress(settings.server),
                        exempt: ["/exempt/"]
                    )
                )
                IdentityRoutes(identity, settings: settings).add(to: router, api: APIRoutes(on: router))
                for path: RouterPath in ["/who", "/exempt/who"] {
                    router.get(path) { _, context in context.viewer.account?.name ?? "visitor" }
                }
                router.post("/who") { _, context in context.viewer.account?.name ?? "visitor" }
            }
            try await Application(router: router).test(.router) { client in try await body(client, identity) }
        }
    }

    private static func json(_ response: TestResponse) throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: Data(response.body.readableBytesView))
        return try #require(object as? [String: Any])
    }

    private static func basic(_ text: String) -> HTTPFields {
        [.authorization: "Basic " + Data(text.utf8).base64EncodedString()]
    }

    @Test
    func `a token is taken as Bearer, as any user's Basic password, and as Basic user`() async throws {
        try await withClient { client, identity in
            _ = try await identity.person("ada")
            let token = try await identity.operators.createToken(for: "ada", scope: .read, by: nil).text
            let ways: [HTTPFields] = [
                [.authorization: "Bearer \(token)"], [.authorization: "bearer  \(token)"],
                Self.basic("anybody:\(token)"),
                Self.basic("\(token):"), Self.basic("\(token):x-oauth-basic"),
                Self.basic("ADA:\(Identity.testPassword)"),
            ]
            for headers in ways {
                try await client.execute(uri: "/who", method: .get, headers: headers) { response in
                    #expect(String(buffer: response.body) == "ada", "\(headers)")
                }
            }
        }
    }

    @Test
    func `what is wrong in the Authorization header is 401 in the words that clients compare`() async throws {
        try await withClient { client, identity in
            _ = try await identity.person("ada")
            let headers: [HTTPFields] = [
                [.authorization: "Bearer hf_wrong"], [.authorization: "Bearer"], [.authorization: ""],
                [.authorization: "Digest x"], [.authorization: "Basic !!!"], Self.basic("no colon"),
                Self.basic("ada:wrong"),
                Self.basic("ada:"), [.authorization: "Bearer " + String(repeating: "x", count: 9000)],
            ]
            for headers in headers {
                try await client.execute(uri: "/who", method: .get, headers: headers) { response in
                    #expect(response.status == .unauthorized, "\(headers)")
                    #expect(response.headers[.errorMessage] == "Invalid credentials in Authorization header")
                    #expect(response.headers[.errorCode] == nil)
                    #expect(response.headers[.wwwAuthenticate] != nil)
                }
                try await client.execute(uri: "/exempt/who", method: .get, headers: headers) { response in
                    #expect(String(buffer: response.body) == "visitor")
                }
            }
        }
    }

    @Test
    func `whoami holds what hub clients read`() async throws {
        try await withClient { client, identity in
            let ada = try await identity.person("ada")
            _ = try await identity.organization("acme", of: "ada")
            let token = try await identity.tokens.create(.init(name: "my-token", scope: .write), by: ada).text
            try await client.execute(uri: "/api/whoami-v2", method: .get, headers: [.authorization: "Bearer \(token)"])
            {
                let body = try Self.json($0)
                #expect(body["name"] as? String == "ada")
                #expect(body["type"] as? String == "user")
                let organization = try #require((body["orgs"] as? [[String: Any]])?.first)
                #expect(organization["name"] as? String == "acme")
                #expect(organization["roleInOrg"] as? String == "admin")
                let auth = try #require((body["auth"] as? [String: Any])?["accessToken"] as? [String: Any])
                #expect(auth["displayName"] as? String == "my-token")
                #expect(auth["role"] as? String == "write")
                #expect((auth["createdAt"] as? String)?.hasSuffix("Z") == true)
            }
            try await client.execute(uri: "/api/whoami-v2", method: .get) { #expect($0.status == .unauthorized) }
        }
    }

    @Test
    func `a browser signs up, changes things with its form token alone, and signs out`() async throws {
        try await withClient { client, _ in
            let form = ByteBuffer(string: #"{"name":"ada","password":"a long password"}"#)
            let type: HTTPFields = [.contentType: "application/json"]
            let (cookie, token) = try await client.execute(
                uri: "/api/v1/accounts",
                method: .post,
                headers: type,
                body: form
            ) { response in
                #expect(response.status == .created)
                let header = try #require(response.headers[.setCookie])
                #expect(header.contains("; HttpOnly; SameSite=Lax") && !header.contains("Secure"))
                let body = try Self.json(response)
                let token = try #require(body["csrfToken"] as? String)
                return (String(header.prefix { $0 != ";" }), token)
            }
            let session: HTTPFields = [.cookie: "other=1; \(cookie)", .contentType: "application/json"]
            let bio = ByteBuffer(string: #"{"bio":"hello"}"#)
            for (name, value) in [("X-Other", "x"), ("X-CSRF-Token", "wrong"), ("X-CSRF-Token", "")] {
                var headers = session
                let field = try #require(HTTPField.Name(name))
                headers[field] = value
                try await client.execute(uri: "/api/v1/account", method: .patch, headers: headers, body: bio) {
                    #expect($0.status == .forbidden)
                }
            }
            var headers = session
            headers[.csrfToken] = token
            try await client.execute(uri: "/api/v1/account", method: .patch, headers: headers, body: bio) {
                #expect($0.status == .ok)
                let bio = try Self.json($0)["bio"] as? String
                #expect(bio == "hello")
            }
            var forged = headers
            forged[.secFetchSite] = "cross-site"
            try await client.execute(uri: "/api/v1/account", method: .patch, headers: forged, body: bio) {
                #expect($0.status == .forbidden)
            }
            forged = headers
            forged[.origin] = "http://evil.example"
            try await client.execute(uri: "/api/v1/account", method: .patch, headers: forged, body: bio) {
                #expect($0.status == .forbidden)
            }
            // As a form, with the token in a field.
            var fields = session
            fields[.contentType] = "application/x-www-form-urlencoded"
            fields[.origin] = "http://localhost"
            try await client.execute(
                uri: "/who",
                method: .post,
                headers: fields,
                body: ByteBuffer(string: "a=b&csrf_token=\(token)")
            ) { #expect(String(buffer: $0.body) == "ada") }
            try await client.execute(uri: "/api/v1/session", method: .delete, headers: headers) {
                #expect($0.status == .noContent)
                #expect($0.headers[.setCookie]?.contains("Max-Age=0") == true)
            }
            try await client.execute(uri: "/who", method: .get, headers: headers) {
                #expect(String(buffer: $0.body) == "visitor")
            }
        }
    }

    @Test
    func `tokens that do not allow it cannot make tokens`() async throws {
        try await withClient { client, identity in
            _ = try await identity.person("ada")
            let body = ByteBuffer(string: #"{"name":"more","scope":"admin"}"#)
            for (scope, status) in [(Scope.read, 403), (.write, 403), (.admin, 201)] {
                let token = try await identity.operators.createToken(for: "ada", scope: scope, by: nil).text
                let headers: HTTPFields = [.authorization: "Bearer \(token)", .contentType: "application/json"]
                try await client.execute(uri: "/api/v1/account/tokens", method: .post, headers: headers, body: body) {
                    #expect($0.status.code == status)
                    guard status == 201 else { return }
                    let text = try Self.json($0)["token"] as? String
                    #expect(text?.hasPrefix("hf_") == true)
                }
                try await client.execute(uri: "/api/v1/account/tokens", method: .get, headers: headers) {
                    #expect(!String(buffer: $0.body).contains(token))
                }
            }
        }
    }

    @Test(arguments: [
        "", "client_id=", "client_id=" + String(repeating: "x", count: 200), "%%%", "grant_type=password",
    ])
    func `senseless OAuth requests get an OAuth error`(_ text: String) async throws {
        try await withClient { client, _ in
            let form: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
            for uri in ["/oauth/device", "/oauth/token"] {
                try await client.execute(uri: uri, method: .post, headers: form, body: ByteBuffer(string: text)) {
                    #expect($0.status == .badRequest)
                    let error = try Self.json($0)["error"] as? String
                    #expect(error?.isEmpty == false)
                }
            }
        }
    }

    @Test
    func `a token for one asset names it, and is for those who administer it`() async throws {
        try await withClient { client, identity in
            let ada = try await identity.person("ada")
            _ = try await identity.person("bob")
            try await identity.database.write { db in
                try db.execute(
                    """
                    INSERT INTO repositories (id, kind, owner, name, name_key, visibility, gating, created_at, updated_at)
                    VALUES ('r1', 'dataset', \(ada.mustBeSignedIn().id), 'words', 'words', 'everyone', 'off', 0, 0)
                    """
                )
            }
            for (name, repo, type, status) in [
                ("ada", "ada/words", "dataset", 201), ("ada", "ADA/Words", "dataset", 201),
                ("ada", "ada/words", "model", 404),
                ("bob", "ada/words", "dataset", 403), ("ada", "r1", "dataset", 400), ("ada", "ada/words", "heap", 400),
            ] {
                let token = try await identity.operators.createToken(for: name, scope: .admin, by: nil).text
                let headers: HTTPFields = [.authorization: "Bearer \(token)", .contentType: "application/json"]
                let body = ByteBuffer(string: #"{"name":"one","scope":"read","repo":"\#(repo)","repoType":"\#(type)"}"#)
                try await client.execute(uri: "/api/v1/account/tokens", method: .post, headers: headers, body: body) {
                    #expect($0.status.code == status, "\(name) \(repo) \(type)")
                }
                guard status == 201 else { continue }
                try await client.execute(uri: "/api/v1/account/tokens", method: .get, headers: headers) {
                    #expect(String(buffer: $0.body).contains(#""repo":"ada/words""#))
                }
            }
        }
    }

    @Test(arguments: [
        "", "{", "[]", "null", #"{"name":1}"#, #"{"name":"ada"}"#, "deep", "large", "\u{0}",
    ])
    func `senseless bodies get a sentence, not a crash`(_ word: String) async throws {
        let text =
            switch word {
            case "deep": String(repeating: "[", count: 5000)
            case "large": #"{"name":"\#(String(repeating: "a", count: 100_000))","password":"x"}"#
            default: word
            }
        try await withClient { client, _ in
            for uri in ["/api/v1/session", "/api/v1/accounts", "/v3/auth/tokens"] {
                try await client.execute(
                    uri: uri,
                    method: .post,
                    headers: [.contentType: "application/json"],
                    body: ByteBuffer(string: text)
                ) { response in
                    #expect((400..<500).contains(response.status.code), "\(uri) \(response.status)")
                    let sentence = try Self.json(response)["error"] as? String
                    #expect(sentence?.isEmpty == false)
                }
            }
        }
    }

    @Test
    func `the token exchange speaks the form of IAM, for passwords and key pairs`() async throws {
        try await withClient { client, identity in
            let ada = try await identity.person("ada")
            let pair = try await identity.keyPairs.create(name: "cli", by: ada)
            let scope = #""scope":{"project":{"name":"cn-north-7"}}"#
            func password(_ password: String, domain: String) -> String {
                """
                {"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"ada","password":"\(password)",\
                "domain":{"name":"\(domain)"}}}},\(scope)}}
                """
            }
            func keys(_ secret: String) -> String {
                """
                {"auth":{"identity":{"methods":["hw_ak_sk"],"hw_ak_sk":{"access":{"key":"\(pair.pair.accessKey)"},\
                "secret":{"key":"\(secret)"}}},\(scope)}}
                """
            }
            let right = [
                password(Identity.testPassword, domain: "ada"), password(Identity.testPassword, domain: "ur10001"),
                keys(pair.secretKey),
            ]
            let json: HTTPFields = [.contentType: "application/json;charset=utf8"]
            for body in right {
                let token = try await client.execute(
                    uri: "/v3/auth/tokens",
                    method: .post,
                    headers: json,
                    body: ByteBuffer(string: body)
                ) { response in
                    #expect(response.status == .created)
                    let body = try Self.json(response)
                    let token = try #require(body["token"] as? [String: Any])
                    #expect(token["expires_at"] as? String == "2026-01-02T00:00:00.000Z")
                    #expect((token["project"] as? [String: Any])?["name"] as? String == "cn-north-7")
                    let name = try #require(HTTPField.Name("X-Subject-Token"))
                    return try #require(response.headers[name])
                }
                try await client.execute(uri: "/who", method: .get, headers: [.authorization: "Bearer \(token)"]) {
                    #expect(String(buffer: $0.body) == "ada")
                }
            }
            let wrong = [
                password("wrong", domain: "ada"), password(Identity.testPassword, domain: "nobody"),
                keys(pair.secretKey + "x"),
            ]
            for body in wrong {
                try await client.execute(
                    uri: "/v3/auth/tokens",
                    method: .post,
                    headers: json,
                    body: ByteBuffer(string: body)
                ) { response in
                    #expect(response.status == .unauthorized)
                    let code = try Self.json(response)["error_code"] as? String
                    #expect(code == "IAM.0001")
                }
            }
        }
    }

    @Test
    func `pictures are drawings that run nothing`() async throws {
        try await withClient { client, identity in
            let ada = try await identity.person("ada")
            _ = try await identity.accounts.updateProfile(nickname: "<script>", by: ada)
            try await client.execute(uri: "/avatars/Ada.svg", method: .get) { response in
                #expect(response.headers[.contentType] == "image/svg+xml; charset=utf-8")
                #expect(response.headers[.contentSecurityPolicy]?.hasPrefix("default-src 'none'") == true)
                #expect(String(buffer: response.body).contains("&lt;"))
            }
            try await client.execute(uri: "/avatars/nobody.svg", method: .get) { #expect($0.status == .notFound) }
            try await client.execute(uri: "/avatars/ada.png", method: .get) { #expect($0.status == .notFound) }
        }
    }

    @Test
    func `profiles keep e-mail addresses and roles to themselves`() async throws {
        try await withClient { client, identity in
            _ = try await identity.person("ada")
            _ = try await identity.organization("acme", of: "ada")
            for uri in [
                "/api/v1/accounts/ada", "/api/organizations/acme/members", "/api/v1/organizations/acme/members",
            ] {
                try await client.execute(uri: uri, method: .get) { response in
                    #expect(response.status == .ok)
                    let text = String(buffer: response.body)
                    #expect(!text.contains("example.org") && !text.contains("password"), "\(uri)")
                }
            }
            try await client.execute(uri: "/api/v1/admin/accounts", method: .get) {
                #expect($0.status == .unauthorized)
            }
        }
    }
}
