package import GalleryModel
package import HTTPTypes
package import Hummingbird

/// `POST /preferences`: keeps the language and the theme that somebody chose in their browser.
package struct PreferenceRoutes: Sendable {
    private static let year = 365 * 86_400
    private static let largestForm = 8 << 10

    /// Keeps the language of whoever is signed in with their account, for the next browser.
    private let keep: @Sendable (Language, Viewer) async throws -> Void

    package init(keep: @escaping @Sendable (Language, Viewer) async throws -> Void = { _, _ in }) {
        self.keep = keep
    }

    package func add(to router: some RouterMethods<GalleryContext>) {
        router.post("/preferences") { request, context in try await take(request, context) }
    }

    /// Without a form token, so that visitors need no cookie for it: the worst another site could do is to change a colour.
    private func take(_ request: Request, _ context: GalleryContext) async throws -> Response {
        let form = try await request.form(context: context, upTo: Self.largestForm)
        var headers: HTTPFields = [.location: Pages.localPath(form["back"]) ?? "/", .contentLength: "0"]
        if let language = form["lang"].flatMap(Language.init), context.viewer.account != nil {
            try await keep(language, context.viewer)
        }
        let isSecure = context.addresses.isSecure(request)
        let choices = [
            (Language.cookie, form["lang"].flatMap(Language.init)?.rawValue),
            (Theme.cookie, form["theme"].flatMap(Theme.init)?.rawValue),
        ]
        for case (let name, let value?) in choices {
            let cookie = RequestCookies.header(name, value, lifetime: Self.year, isSecure: isSecure)
            headers.append(HTTPField(name: .setCookie, value: cookie))
        }
        return Response(status: .seeOther, headers: headers)
    }

    /// The cookie that keeps a language in a browser which has chosen none; nil where it has.
    package static func cookie(
        for language: Language,
        _ request: Request,
        _ context: GalleryContext
    ) -> HTTPField? {
        guard RequestCookies.value(of: Language.cookie, in: request.headers) == nil else { return nil }
        let isSecure = context.addresses.isSecure(request)
        let value = RequestCookies.header(Language.cookie, language.rawValue, lifetime: year, isSecure: isSecure)
        return HTTPField(name: .setCookie, value: value)
    }
}
