import GalleryModel
import HTTPTypes
package import Hummingbird

/// `POST /preferences`: keeps the language and the theme that somebody chose in their browser.
package struct PreferenceRoutes: Sendable {
    private static let year = 365 * 86_400
    private static let largestForm = 8 << 10

    package init() {}

    package func add(to router: some RouterMethods<GalleryContext>) {
        router.post("/preferences") { request, context in try await keep(request, context) }
    }

    /// Without a form token, so that visitors need no cookie for it: the worst another site could do is to change a colour.
    private func keep(_ request: Request, _ context: GalleryContext) async throws -> Response {
        let form = try await request.form(context: context, upTo: Self.largestForm)
        var headers: HTTPFields = [.location: Pages.localPath(form["back"]) ?? "/", .contentLength: "0"]
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
}
