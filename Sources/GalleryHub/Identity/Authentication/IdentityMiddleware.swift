import Foundation
import GalleryModel
package import GalleryServing
import HTTPTypes
package import Hummingbird
import NIOCore

/// Sets `context.viewer` from a Bearer token, Basic credentials or the session cookie.
///
/// A wrong token or password ends the request with 401; a session that is over makes a visitor. Requests that change
/// something and are known by their cookie alone must carry the session's form token.
package struct IdentityMiddleware: RouterMiddleware {
    package typealias Context = GalleryContext

    private let authentication: Authentication
    private let addresses: PublicAddress
    /// Starts of paths whose slice checks tokens of its own kind.
    private let exempt: [String]

    package init(_ identity: Identity, addresses: PublicAddress, exempt: [String] = []) {
        authentication = identity.authentication
        self.addresses = addresses
        self.exempt = exempt
    }

    package func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard let presented = PresentedCredential(request.headers), !isExempt(request.uri.path) else {
            return try await next(request, context)
        }
        var request = request
        var context = context
        let identified: Identified?
        do {
            identified = try await authentication.identify(presented, from: addresses.client(of: request, context))
        } catch let problem as Problem where problem.kind == .unauthenticated {
            throw problem.challenging(request.headers[.authorization])
        }
        if case .cookie(let cookie) = presented, identified != nil, request.method.changesState {
            try await FormGuard(addresses: addresses).check(&request, cookie: cookie)
        }
        if let identified { context.viewer = identified.viewer }
        if case .cookie(let cookie) = presented, identified != nil { context.formToken = FormToken.of(cookie) }
        return try await next(request, context)
    }

    private func isExempt(_ path: String) -> Bool {
        exempt.contains { path.hasPrefix($0) }
    }
}

extension HTTPRequest.Method {
    var changesState: Bool { self != .get && self != .head && self != .options }
}

extension Problem {
    /// Tells the client how to try again, as git's credential helpers need to hear it.
    fileprivate func challenging(_ authorization: String?) -> Problem {
        guard let authorization else { return self }
        var problem = self
        let isBasic = authorization.prefix(5).lowercased() == "basic"
        problem.headers["WWW-Authenticate"] = "\(isBasic ? "Basic" : "Bearer") realm=\"AI Gallery\""
        return problem
    }
}

extension PresentedCredential {
    /// The Authorization header where there is one, else the session cookie; nil for a visitor.
    init?(_ headers: HTTPFields) {
        if let authorization = headers[.authorization] {
            self = Self.authorization(authorization)
        } else if let cookie = RequestCookies.value(of: SessionCookie.name, in: headers) {
            self = .cookie(cookie)
        } else {
            return nil
        }
    }

    private static func authorization(_ header: String) -> PresentedCredential {
        guard header.utf8.count <= 4096, let space = header.firstIndex(of: " ") else { return .unreadable }
        let value = header[space...].drop { $0 == " " }
        switch header[..<space].lowercased() {
        case "bearer", "token": return .token(String(value))
        case "basic": return basic(String(value))
        default: return .unreadable
        }
    }

    private static func basic(_ value: String) -> PresentedCredential {
        guard let data = Data(base64Encoded: value), let text = String(validating: data, as: UTF8.self),
            let colon = text.firstIndex(of: ":")
        else { return .unreadable }
        let name = String(text[..<colon])
        let password = String(text[text.index(after: colon)...])
        // Tokens come as the password with any user, or as the user with any password or none.
        if password.hasPrefix("hf_") { return .token(password) }
        if name.hasPrefix("hf_"), name.utf8.count >= 37 { return .token(name) }
        return .password(name: name, password: password)
    }
}
