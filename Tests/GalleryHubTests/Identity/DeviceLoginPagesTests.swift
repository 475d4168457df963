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

struct DeviceLoginPagesTests {
    private func withClient(
        _ body: @escaping @Sendable (any TestClientProtocol, Identity, TestClock) async throws -> Void
    ) async throws {
        try await TestDatabase.sqlite.run { database in
            let clock = TestClock()
            let identity = try Identity.testing(database, world: .fixed(clock))
            let settings = Settings()
            let router = Edge(settings: settings, world: .fixed(), checks: []).router { router in
                router.add(middleware: IdentityMiddleware(identity, addresses: PublicAddress(settings.server)))
                IdentityRoutes(identity, settings: settings).add(to: router, api: APIRoutes(on: router))
            }
            try await Application(router: router).test(.router) { try await body($0, identity, clock) }
        }
    }

    private static let form: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]

    private static func field(_ name: String, in html: String) throws -> String {
        let start = try #require(html.range(of: "name=\"\(name)\" value=\""))
        return String(html[start.upperBound...].prefix { $0 != "\"" })
    }

    private static func cookie(_ response: TestResponse) throws -> String {
        String(try #require(response.headers[.setCookie]).prefix { $0 != ";" })
    }

    @Test
    func `a person signs in on the page, compares the code, and the program is let in`() async throws {
        try await withClient { client, identity, _ in
            _ = try await identity.person("ada")
            let (device, page) = try await client.execute(
                uri: "/oauth/device",
                method: .post,
                headers: Self.form,
                body: ByteBuffer(string: "client_id=hf")
            ) { response in
                let body =
                    try JSONSerialization.jsonObject(with: Data(response.body.readableBytesView)) as? [String: Any]
                #expect(body?["interval"] as? Int == 5 && body?["expires_in"] as? Int == 900)
                #expect(body?["verification_uri"] as? String == "http://localhost/device")
                return (
                    try #require(body?["device_code"] as? String),
                    try #require(body?["verification_uri_complete"] as? String).replacing("http://localhost", with: "")
                )
            }
            let (visit, token) = try await client.execute(uri: page, method: .get) { response in
                let policy = try #require(response.headers[.contentSecurityPolicy])
                #expect(policy.hasPrefix("default-src 'none'; style-src 'nonce-") && !policy.contains("unsafe"))
                return (try Self.cookie(response), try Self.field("csrf_token", in: String(buffer: response.body)))
            }
            let code = String(page.suffix(9))
            func signIn(_ password: String, _ token: String) -> ByteBuffer {
                ByteBuffer(string: "name=ada&password=\(password)&user_code=\(code)&csrf_token=\(token)")
            }
            let password = Identity.testPassword.replacing(" ", with: "+")
            var headers = Self.form
            headers[.cookie] = visit
            for (body, status) in [(signIn("wrong", token), 401), (signIn(password, "wrong"), 403)] {
                try await client.execute(uri: "/device/session", method: .post, headers: headers, body: body) {
                    #expect($0.status.code == status)
                    #expect(String(buffer: $0.body).contains("role=\"alert\""))
                }
            }
            let session = try await client.execute(
                uri: "/device/session",
                method: .post,
                headers: headers,
                body: signIn(password, token)
            ) { response in
                #expect(response.status == .seeOther)
                #expect(response.headers[.location] == "/device?user_code=\(code.replacing("-", with: "%2D"))")
                return try Self.cookie(response)
            }
            headers[.cookie] = session
            let formToken = try await client.execute(uri: page, method: .get, headers: headers) { response in
                let html = String(buffer: response.body)
                #expect(html.contains(code) && html.contains("ada"))
                return try Self.field("csrf_token", in: html)
            }
            let poll =
                "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&client_id=hf&device_code=\(device)"
            try await client.execute(
                uri: "/oauth/token",
                method: .post,
                headers: Self.form,
                body: ByteBuffer(string: poll)
            ) { response in
                #expect(response.status == .badRequest)
                let body =
                    try JSONSerialization.jsonObject(with: Data(response.body.readableBytesView)) as? [String: Any]
                #expect(body?["error"] as? String == "authorization_pending")
            }
            let decision = "user_code=\(code)&decision=approve"
            try await client.execute(
                uri: "/device",
                method: .post,
                headers: headers,
                body: ByteBuffer(string: decision)
            ) { #expect($0.status == .forbidden) }
            try await client.execute(
                uri: "/device",
                method: .post,
                headers: headers,
                body: ByteBuffer(string: "\(decision)&csrf_token=\(formToken)")
            ) {
                #expect($0.status == .ok)
                #expect(String(buffer: $0.body).contains("role=\"status\""))
            }
            try await client.execute(
                uri: "/oauth/token",
                method: .post,
                headers: Self.form,
                body: ByteBuffer(string: poll)
            ) { response in
                let body =
                    try JSONSerialization.jsonObject(with: Data(response.body.readableBytesView)) as? [String: Any]
                #expect((body?["access_token"] as? String)?.hasPrefix("hf_") == true)
                #expect(body?["refresh_token"] as? String != nil)
                #expect(body?["expires_in"] as? Int == 30 * 86_400)
            }
        }
    }

    @Test(arguments: [
        "/device", "/device?user_code=%3Cscript%3E", "/device?user_code=\"><script>", "/device?user_code=%00%ff",
    ])
    func `nothing from the address becomes markup`(_ uri: String) async throws {
        try await withClient { client, identity, _ in
            _ = try await identity.person("ada")
            let session = try await identity.sessions.signIn(
                name: "ada",
                password: Identity.testPassword,
                from: .init(address: "", agent: "")
            )
            for headers: HTTPFields in [[:], [.cookie: "gallery_session=\(session.cookie)"]] {
                try await client.execute(uri: uri, method: .get, headers: headers) { response in
                    #expect([200, 404].contains(response.status.code))
                    #expect(!String(buffer: response.body).contains("<script"))
                }
            }
        }
    }

    @Test(arguments: [
        "", "client_id=", "client_id=" + String(repeating: "x", count: 200), "%%%", "grant_type=password",
    ])
    func `senseless OAuth requests get an OAuth error`(_ text: String) async throws {
        try await withClient { client, _, _ in
            for uri in ["/oauth/device", "/oauth/token"] {
                try await client.execute(uri: uri, method: .post, headers: Self.form, body: ByteBuffer(string: text)) {
                    #expect($0.status == .badRequest)
                    let body = try JSONSerialization.jsonObject(with: Data($0.body.readableBytesView)) as? [String: Any]
                    #expect((body?["error"] as? String)?.isEmpty == false)
                }
            }
        }
    }
}
