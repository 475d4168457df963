import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird
import NIOCore

/// Refuses what another site makes a signed-in browser send.
struct FormGuard: Sendable {
    let addresses: PublicAddress

    private static let largestForm = 2 << 20

    /// The token comes in `X-CSRF-Token`, or in the field `csrf_token` of a form, which is read and put back.
    func check(_ request: inout Request, cookie: String) async throws {
        try checkOrigin(of: request)
        if let token = request.headers[.csrfToken] {
            guard FormToken.isValid(token, for: cookie) else { throw Self.refused }
            return
        }
        let type = request.headers[.contentType]?.lowercased() ?? ""
        let token: String?
        if type.hasPrefix("multipart/form-data") {
            // Larger files are sent by scripts, which put the token into the header.
            let body = try await request.bytes(upTo: MultipartForm.largest)
            request.body = RequestBody(buffer: body)
            token = try MultipartForm(body, type: request.headers[.contentType] ?? "")["csrf_token"]
        } else if type.hasPrefix("application/x-www-form-urlencoded") {
            let body = try await request.bytes(upTo: Self.largestForm)
            request.body = RequestBody(buffer: body)
            // Fields may come several times, as ticked boxes do.
            token = (try? QueryParameters(String(buffer: body)))?["csrf_token"]
        } else {
            token = nil
        }
        guard FormToken.isValid(token, for: cookie) else { throw Self.refused }
    }

    /// Browsers say where a request comes from; where they do, it must be us.
    func checkOrigin(of request: Request) throws {
        if let site = request.headers[.secFetchSite] {
            guard site != "cross-site" else { throw Self.refused }
        } else if let origin = request.headers[.origin] {
            let isOurs = origin.lowercased().hasSuffix("://\(addresses.host(of: request).lowercased())")
            guard isOurs || origin == addresses.base(of: request) else { throw Self.refused }
        }
    }

    static let refused = Problem(
        .forbidden,
        "form-token-missing",
        "This change must come from a page of the gallery: load the page again, or send the X-CSRF-Token of the session."
    )
}

extension HTTPField.Name {
    // swift-format-ignore: NeverForceUnwrap
    static let csrfToken = HTTPField.Name("X-CSRF-Token")!
    // swift-format-ignore: NeverForceUnwrap
    static let secFetchSite = HTTPField.Name("Sec-Fetch-Site")!
}
