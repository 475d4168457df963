import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// `/setup`: the first start, while nobody administers the gallery.
struct SetupPages: Sendable {
    let setup: Setup
    let edge: IdentityEdge
    let pages: Pages

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/setup") { request, context in
            try await mustBeOpen()
            return try await page(nil, nil, request, context)
        }
        router.post("/setup", use: finish)
    }

    private func finish(_ request: Request, context: GalleryContext) async throws -> Response {
        try await mustBeOpen()
        let fields = try await pages.form(request, context)
        var form = Setup.Form()
        form.token = fields["token"] ?? ""
        form.name = fields["name"] ?? ""
        form.email = fields["email"] ?? ""
        form.password = fields["password"] ?? ""
        form.settings = SettingsForm.values(fields)
        do {
            let started = try await setup.finish(form, from: edge.origin(request, context))
            var response = pages.redirect(to: "/console", flash: context.say("setup.done"), request, context)
            response.headers.append(.init(name: .setCookie, value: edge.sessionCookie(started, for: request)))
            return response
        } catch let error as any DomainError where SetupPage.fields[error.problem.code] != nil {
            return try await page(fields, FormFault(error.problem, SetupPage.fields, context), request, context)
        }
    }

    private func mustBeOpen() async throws {
        guard try await setup.isOpen() else { throw AccountError.hasOperator }
    }

    private func page(
        _ form: QueryParameters?,
        _ fault: FormFault?,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        let field = { (name: String) in FormField(form?[name] ?? "", error: fault?.error(at: name)) }
        let page = SetupPage(
            token: FormField(
                try form?["token"] ?? request.query()["token"] ?? "",
                error: fault?.error(at: "token")
            ),
            name: field("name"),
            email: field("email"),
            password: FormField(error: fault?.error(at: "password")),
            settings: SettingsForm(
                setup.settings.shown(isGuided: true),
                form,
                nameError: fault?.error(at: "site.name"),
                context
            )
        )
        return try await pages.answer(
            page,
            title: context.say("setup.title"),
            status: fault == nil ? .ok : .unprocessableContent,
            headers: [.cacheControl: "no-store"],
            request,
            context
        )
    }
}

/// `templates/console/setup.mustache`
struct SetupPage: Page {
    static let template = "console/setup"
    static let fields = SettingsForm.fields.merging([
        "set-up-token-wrong": "token", "account-name-invalid": "name", "account-name-reserved": "name",
        "account-name-taken": "name", "email-invalid": "email", "password-too-short": "password",
        "password-too-long": "password", "password-too-easy": "password",
    ]) { first, _ in first }

    let token: FormField
    let name: FormField
    let email: FormField
    let password: FormField
    let settings: SettingsForm
}
