import Foundation
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird
import NIOCore

/// The cookie by which browsers are known.
enum SessionCookie {
    static let name = "gallery_session"

    /// `Set-Cookie` for a new session.
    static func header(_ value: String, lifetime: Duration, isSecure: Bool) -> String {
        RequestCookies.header(name, value, lifetime: Int(lifetime.seconds), isSecure: isSecure)
    }

    /// `Set-Cookie` that takes the cookie away.
    static func removal(isSecure: Bool) -> String {
        RequestCookies.header(name, "", lifetime: 0, isSecure: isSecure)
    }
}

/// Cookies as they come and go.
enum RequestCookies {
    static func value(of name: String, in headers: HTTPFields) -> String? {
        guard headers.contains(.cookie) else { return nil }
        for header in headers[values: .cookie] {
            for pair in header.split(separator: ";") {
                let parts = pair.split(separator: "=", maxSplits: 1)
                if parts.count == 2, parts[0].drop(while: { $0 == " " }) == name {
                    return parts[1].trimmingCharacters(in: .whitespaces)
                }
            }
        }
        return nil
    }

    static func header(_ name: String, _ value: String, lifetime: Int, isSecure: Bool) -> String {
        "\(name)=\(value); Path=/; Max-Age=\(lifetime); HttpOnly; SameSite=Lax" + (isSecure ? "; Secure" : "")
    }
}

/// Refuses what another site makes a signed-in browser send.
enum FormGuard {
    private static let largestForm = 256 << 10

    /// The token comes in `X-CSRF-Token`, or in the field `csrf_token` of a form, which is read and put back.
    static func check(_ request: inout Request, cookie: String) async throws {
        try checkOrigin(of: request)
        if let token = request.headers[.csrfToken] {
            guard FormToken.isValid(token, for: cookie) else { throw refused }
            return
        }
        let type = request.headers[.contentType]?.lowercased() ?? ""
        guard type.hasPrefix("application/x-www-form-urlencoded") else { throw refused }
        let body = try await request.collectBody(upTo: largestForm)
        let fields = try? URLEncodedFormDecoder().decode(Fields.self, from: String(buffer: body))
        guard FormToken.isValid(fields?.csrf_token, for: cookie) else { throw refused }
    }

    /// Browsers say where a request comes from; where they do, it must be us.
    private static func checkOrigin(of request: Request) throws {
        if let site = request.headers[.secFetchSite], site == "cross-site" { throw refused }
        guard let origin = request.headers[.origin], origin != "null" else { return }
        let host = request.headers[.forwardedHost] ?? request.head.authority ?? request.headers[.host] ?? ""
        guard origin.lowercased().hasSuffix("://\(host.lowercased())") else { throw refused }
    }

    private struct Fields: Decodable {
        // The name that forms and tools expect.
        // swift-format-ignore: AlwaysUseLowerCamelCase
        var csrf_token: String?
    }

    static let refused = Problem(
        .forbidden, "form-token-missing",
        "This change must come from a page of the gallery: load the page again, or send the X-CSRF-Token of the session.")
}

extension HTTPField.Name {
    // swift-format-ignore: NeverForceUnwrap
    static let csrfToken = HTTPField.Name("X-CSRF-Token")!
    // swift-format-ignore: NeverForceUnwrap
    static let secFetchSite = HTTPField.Name("Sec-Fetch-Site")!
    // swift-format-ignore: NeverForceUnwrap
    static let forwardedHost = HTTPField.Name("X-Forwarded-Host")!
    // swift-format-ignore: NeverForceUnwrap
    static let host = HTTPField.Name("Host")!
}
