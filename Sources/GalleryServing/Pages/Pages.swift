import Foundation
package import GalleryModel
package import HTTPTypes
package import Hummingbird
import NIOCore

/// Answers with pages: renders them inside the layout, in the language and theme of who asks.
package struct Pages: Sendable {
    package let web: WebFolder
    package var navigation: Navigation
    /// How many notifications somebody has not seen; nil where there are none.
    package var unread: (@Sendable (Viewer) async throws -> Int)?
    /// The name of the gallery, and what else may change while it runs.
    package var inForce: SettingsInForce?
    private let world: World
    private let key: [UInt8]

    /// `signingKey` proves that a message between two pages is ours.
    package init(web: WebFolder, navigation: Navigation = Navigation(), world: World, signingKey: [UInt8]) {
        self.web = web
        self.navigation = navigation
        self.world = world
        key = signingKey
    }

    package var catalogue: Catalogue { web.catalogue }

    /// A page inside the layout.
    ///
    /// `place` is the path of the navigation entry that is marked, where the address does not tell.
    package func answer(
        _ page: some Page,
        title: String,
        status: HTTPResponse.Status = .ok,
        place: String? = nil,
        headers: HTTPFields = [:],
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        let contents = try web.contents()
        let flashCookie = RequestCookies.value(of: Flash.cookie, in: request.headers)
        let flash = flashCookie.flatMap { Flash(sealed: $0, key: key) }
        let visitor = visitorCookie(of: request)
        let token = context.formToken ?? FormToken.of(visitor.value)
        let shared = shared(token: token, request, context)
        let layout = try await Layout(
            title: title,
            body: contents.render(page, shared, in: context.language),
            place: place,
            flash: flash,
            unread: unreadCount(of: context.viewer),
            navigation: navigationNow,
            name: (inForce?.current ?? Settings()).site.name,
            request: request,
            context: context
        )
        let html = try contents.render(layout, shared, in: context.language)
        var headers = headers
        headers.merge(Self.commonHeaders)
        headers[.contentLanguage] = context.language.tag
        let isSecure = context.addresses.isSecure(request)
        if flashCookie != nil {
            headers.append(cookie: RequestCookies.header(Flash.cookie, "", lifetime: 0, isSecure: isSecure))
        }
        if visitor.isNew, context.formToken == nil, html.contains(token) {
            headers.append(
                cookie: RequestCookies.header(
                    FormToken.visitorCookie,
                    visitor.value,
                    lifetime: 86_400,
                    isSecure: isSecure
                )
            )
        }
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: html)))
    }

    /// A piece of a page, for a page that takes it in as it is.
    package func html(_ page: some Page, _ request: Request, _ context: GalleryContext) throws -> String {
        let token = context.formToken ?? FormToken.of(visitorCookie(of: request).value)
        return try web.contents().render(page, shared(token: token, request, context), in: context.language)
    }

    /// A piece of a page without the layout, for scripts that fetch one.
    package func fragment(_ page: some Page, _ request: Request, _ context: GalleryContext) throws -> Response {
        let html = try html(page, request, context)
        var headers = Self.commonHeaders
        headers[.contentLanguage] = context.language.tag
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(string: html)))
    }

    /// 303 to another page of ours, which shows `flash` once.
    package func redirect(
        to path: String,
        flash: String? = nil,
        tone: Tone = .positive,
        _ request: Request,
        _ context: GalleryContext
    ) -> Response {
        var headers: HTTPFields = [
            .location: Self.localPath(path) ?? "/", .contentLength: "0", .cacheControl: "no-store",
        ]
        if let flash {
            headers.append(
                cookie: RequestCookies.header(
                    Flash.cookie,
                    Flash(flash, tone).sealed(key),
                    lifetime: 60,
                    isSecure: context.addresses.isSecure(request)
                )
            )
        }
        return Response(status: .seeOther, headers: headers)
    }

    /// The fields of a form that was filled in on a page of ours, which a visitor's browser proves by its own cookie;
    /// for sessions that is done already.
    package func form(_ request: Request, _ context: GalleryContext) async throws -> QueryParameters {
        let fields = try await request.form(context: context)
        guard context.formToken == nil else { return fields }
        let cookie = RequestCookies.value(of: FormToken.visitorCookie, in: request.headers)
        guard let cookie, FormToken.isValid(fields[FormToken.field], for: cookie) else {
            throw Problem(
                .forbidden,
                "form-token-missing",
                "This change must come from a page of the gallery: load the page again, and allow its cookies."
            )
        }
        return fields
    }

    /// A path on this site, as `next` parameters name one; nil for anything that leads elsewhere.
    package static func localPath(_ text: String?) -> String? {
        guard let text, text.hasPrefix("/"), !text.hasPrefix("//"), !text.hasPrefix("/\\"), text.utf8.count <= 2048,
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") })
        else { return nil }
        return text
    }

    private func shared(token: String, _ request: Request, _ context: GalleryContext) -> [String: Any] {
        var shared: [String: Any] = ["csrf": token, "here": request.uri.string]
        if let account = context.viewer.account { shared["viewer"] = account }
        return shared
    }

    private var navigationNow: Navigation {
        var navigation = navigation
        if inForce?.current.identity.allowsSignUp == false { navigation.signUpPath = nil }
        return navigation
    }

    private func unreadCount(of viewer: Viewer) async throws -> Int {
        guard viewer.account != nil, let unread else { return 0 }
        return try await unread(viewer)
    }

    private func visitorCookie(of request: Request) -> (value: String, isNew: Bool) {
        if let known = RequestCookies.value(of: FormToken.visitorCookie, in: request.headers), known.utf8.count == 32 {
            return (known, false)
        }
        return (Hex.encode(world.randomBytes(16)), true)
    }

    /// Nothing inline runs, nothing is loaded from elsewhere, nobody frames us.
    package static let policy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'",
        "media-src 'self'", "connect-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'",
    ].joined(separator: "; ")

    private static let commonHeaders: HTTPFields = [
        .contentType: "text/html; charset=utf-8", .contentSecurityPolicy: policy, .xContentTypeOptions: "nosniff",
        .referrerPolicy: "same-origin", .cacheControl: "private, no-cache", .vary: "Accept-Language, Cookie",
    ]
}

extension HTTPFields {
    fileprivate mutating func append(cookie: String) { append(HTTPField(name: .setCookie, value: cookie)) }

    fileprivate mutating func merge(_ others: HTTPFields) {
        for field in others where self[field.name] == nil { self[field.name] = field.value }
    }
}

extension HTTPField.Name {
    // swift-format-ignore: NeverForceUnwrap
    package static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
}

extension HTTPResponse.Status {
    /// Of a page with a form: one that comes back after it was sent has faults.
    package static func ofForm(_ request: Request) -> HTTPResponse.Status {
        request.method == .post ? .unprocessableContent : .ok
    }
}
