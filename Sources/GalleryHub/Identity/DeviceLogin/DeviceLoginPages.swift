import Foundation
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird
import NIOCore

/// `/device`: where a person signs in, compares the code that a program shows, and lets it in or not.
struct DeviceLoginPages: Sendable {
    let edge: IdentityEdge
    private static let formCookie = "gallery_form"

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/device", use: show)
        router.post("/device", use: decide)
        router.post("/device/session", use: signIn)
    }

    private func show(_ request: Request, context: GalleryContext) async throws -> Response {
        let code = String((request.uri.queryParameters.get("user_code") ?? "").prefix(32))
        guard context.viewer.account != nil else { return signInPage(request, code: code) }
        return try await codePage(request, context, code: code)
    }

    private struct SignInFields: Decodable {
        var name: String
        var password: String
        // The names that our forms use.
        // swift-format-ignore: AlwaysUseLowerCamelCase
        var user_code: String?
        // swift-format-ignore: AlwaysUseLowerCamelCase
        var csrf_token: String?
    }

    private func signIn(_ request: Request, context: GalleryContext) async throws -> Response {
        try edge.mustNotBeForged(request)
        let fields = try await edge.form(SignInFields.self, of: request)
        let code = String((fields.user_code ?? "").prefix(32))
        guard let cookie = RequestCookies.value(of: Self.formCookie, in: request.headers),
            FormToken.isValid(fields.csrf_token, for: cookie)
        else { return signInPage(request, code: code, message: \.pageTooOld, status: .forbidden) }
        do {
            let started = try await edge.identity.sessions.signIn(
                name: fields.name,
                password: fields.password,
                from: edge.origin(request, context)
            )
            var headers: HTTPFields = [.location: "/device" + (code.isEmpty ? "" : "?user_code=\(Self.encoded(code))")]
            headers[.setCookie] = edge.sessionCookie(started, for: request)
            return Response(status: .seeOther, headers: headers)
        } catch let problem as Problem where problem.kind == .unauthenticated {
            return signInPage(request, code: code, message: \.signInRefused, status: .unauthorized)
        } catch let problem as Problem where problem.kind == .throttled {
            var response = signInPage(request, code: code, message: \.tooManyAttempts, status: .tooManyRequests)
            response.headers[.retryAfter] = problem.retryAfter.map(String.init)
            return response
        }
    }

    private struct DecisionFields: Decodable {
        // The names that our forms use.
        // swift-format-ignore: AlwaysUseLowerCamelCase
        var user_code: String
        var decision: String
    }

    /// The form token was checked by the middleware, as for every change made with a session.
    private func decide(_ request: Request, context: GalleryContext) async throws -> Response {
        guard context.viewer.account != nil else { return signInPage(request, code: "") }
        let fields = try await edge.form(DecisionFields.self, of: request)
        let isApproved = fields.decision == "approve"
        do {
            try await edge.identity.deviceLogins.decide(
                userCode: fields.user_code,
                approve: isApproved,
                by: context.viewer
            )
        } catch DeviceLoginError.unknownUserCode {
            return page(request) { $0.enterCode(code: "", message: $0.words.unknownCode) }
        }
        return page(request) { $0.done(isApproved: isApproved) }
    }

    private func codePage(_ request: Request, _ context: GalleryContext, code: String) async throws -> Response {
        guard !code.isEmpty else { return page(request) { $0.enterCode(code: "", message: nil) } }
        do {
            let login = try await edge.identity.deviceLogins.pending(userCode: code, by: context.viewer)
            let token = FormToken.of(RequestCookies.value(of: SessionCookie.name, in: request.headers) ?? "")
            let name = context.viewer.account?.name ?? ""
            return page(request) { $0.confirm(login, account: name, token: token) }
        } catch DeviceLoginError.unknownUserCode {
            return page(request, status: .notFound) { $0.enterCode(code: code, message: $0.words.unknownCode) }
        } catch let problem as Problem where problem.kind == .throttled {
            return page(request, status: .tooManyRequests) {
                $0.enterCode(code: code, message: $0.words.tooManyAttempts)
            }
        }
    }

    /// The form's own cookie keeps other sites from signing a browser in under an account of theirs.
    private func signInPage(
        _ request: Request,
        code: String,
        message: KeyPath<DeviceWords, String>? = nil,
        status: HTTPResponse.Status = .ok
    ) -> Response {
        let world = edge.identity.authentication.world
        let known = RequestCookies.value(of: Self.formCookie, in: request.headers)
        let cookie = known.flatMap { $0.utf8.count == 32 ? $0 : nil } ?? Secret.alphanumeric(32, world: world)
        var response = page(request, status: status) { page in
            page.signIn(
                code: code,
                token: FormToken.of(cookie),
                message: message.map { page.words[keyPath: $0] }
            )
        }
        response.headers[.setCookie] = RequestCookies.header(
            Self.formCookie,
            cookie,
            lifetime: 3600,
            isSecure: edge.addresses.isSecure(request)
        )
        return response
    }

    private func page(
        _ request: Request,
        status: HTTPResponse.Status = .ok,
        _ draw: (DevicePage) -> String
    ) -> Response {
        let nonce = Secret.alphanumeric(22, world: edge.identity.authentication.world)
        let words = DeviceWords.preferred(by: request.headers[.acceptLanguage])
        let html = draw(DevicePage(words: words, nonce: nonce))
        let policy =
            "default-src 'none'; style-src 'nonce-\(nonce)'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
        let headers: HTTPFields = [
            .contentType: "text/html; charset=utf-8", .contentLength: String(html.utf8.count),
            .cacheControl: "no-store",
            .contentSecurityPolicy: policy, .xContentTypeOptions: "nosniff", .referrerPolicy: "same-origin",
            .vary: "Accept-Language, Cookie",
        ]
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: html)))
    }

    private static func encoded(_ code: String) -> String {
        code.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}
