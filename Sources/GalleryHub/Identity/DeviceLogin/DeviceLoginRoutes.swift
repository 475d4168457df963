import Foundation
import GalleryModel
import GalleryServing
import Hummingbird

/// OAuth's device grant as `hf auth login` uses it: `POST /oauth/device` and `POST /oauth/token`.
struct DeviceLoginRoutes: Sendable {
    let edge: IdentityEdge
    private var logins: DeviceLogins { edge.identity.deviceLogins }

    func add(to router: some RouterMethods<GalleryContext>) {
        router.post("/oauth/device", use: begin)
        router.post("/oauth/token", use: token)
    }

    private struct BeginFields: Decodable {
        // OAuth's own names.
        // swift-format-ignore: AlwaysUseLowerCamelCase
        var client_id: String?
    }

    private func begin(_ request: Request, context: GalleryContext) async throws -> Response {
        let fields = try await edge.form(BeginFields.self, of: request)
        let started = try await logins.begin(client: fields.client_id ?? "")
        let page = edge.addresses.base(of: request) + "/device"
        return try APIRoutes.answer(DeviceBody(started, page: page))
    }

    private struct TokenFields: Decodable {
        // OAuth's own names.
        // swift-format-ignore: AlwaysUseLowerCamelCase
        var grant_type: String?
        // swift-format-ignore: AlwaysUseLowerCamelCase
        var device_code: String?
        // swift-format-ignore: AlwaysUseLowerCamelCase
        var refresh_token: String?
        // swift-format-ignore: AlwaysUseLowerCamelCase
        var client_id: String?
    }

    private func token(_ request: Request, context: GalleryContext) async throws -> Response {
        let fields = try await edge.form(TokenFields.self, of: request)
        let client = fields.client_id ?? ""
        let grant =
            switch fields.grant_type {
            case "urn:ietf:params:oauth:grant-type:device_code":
                try await logins.claim(deviceCode: fields.device_code ?? "", client: client)
            case "refresh_token":
                try await logins.renew(refreshToken: fields.refresh_token ?? "", client: client)
            default: throw DeviceLoginError.unsupportedGrantType
            }
        return try APIRoutes.answer(GrantBody(grant))
    }
}

/// RFC 8628, section 3.2.
private struct DeviceBody: Encodable {
    let deviceCode: String
    let userCode: String
    let verificationURI: String
    let verificationURIComplete: String
    let expiresIn: Int
    let interval: Int

    enum CodingKeys: String, CodingKey {
        case deviceCode = "device_code"
        case userCode = "user_code"
        case verificationURI = "verification_uri"
        case verificationURIComplete = "verification_uri_complete"
        case expiresIn = "expires_in"
        case interval
    }

    init(_ started: StartedDeviceLogin, page: String) {
        deviceCode = started.deviceCode
        userCode = started.userCode
        verificationURI = page
        verificationURIComplete = "\(page)?user_code=\(started.userCode)"
        expiresIn = Int(started.lifetime.seconds)
        interval = Int(started.interval.seconds)
    }
}

/// RFC 6749, section 5.1.
private struct GrantBody: Encodable {
    let accessToken: String
    let tokenType = "Bearer"
    let expiresIn: Int
    let refreshToken: String
    let scope: String

    enum CodingKeys: String, CodingKey {
        case accessToken = "access_token"
        case tokenType = "token_type"
        case expiresIn = "expires_in"
        case refreshToken = "refresh_token"
        case scope
    }

    init(_ grant: DeviceGrant) {
        accessToken = grant.accessToken
        expiresIn = Int(grant.lifetime.seconds)
        refreshToken = grant.refreshToken
        scope = grant.scope.rawValue
    }
}
