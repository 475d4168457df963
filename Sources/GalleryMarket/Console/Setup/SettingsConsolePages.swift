import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// `/console/settings`: what may change while the gallery runs.
struct SettingsConsolePages: Sendable {
    let settings: SiteSettings
    let pages: Pages

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/console/settings") { request, context in try await page(nil, nil, request, context) }
        router.post("/console/settings", use: save)
        router.post("/console/guide") { request, context in
            _ = try await pages.form(request, context)
            try await settings.dismissGuide(by: context.viewer)
            return pages.redirect(to: "/console", request, context)
        }
    }

    private func save(_ request: Request, context: GalleryContext) async throws -> Response {
        let form = try await pages.form(request, context)
        do {
            try await settings.change(SettingsForm.values(form), by: context.viewer)
        } catch let error as SiteSettingsError {
            return try await page(form, FormFault(error.problem, SettingsForm.fields, context), request, context)
        }
        return pages.redirect(to: "/console/settings", flash: context.say("siteSettings.saved"), request, context)
    }

    private func page(
        _ form: QueryParameters?,
        _ fault: FormFault?,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        let shown = try await settings.show(by: context.viewer)
        let page = SettingsConsolePage(
            menu: ConsoleMenu.entries("settings", context),
            settings: SettingsForm(shown, form, nameError: fault?.error(at: "site.name"), context)
        )
        return try await pages.answer(
            page,
            title: context.say("siteSettings.title"),
            status: fault == nil ? .ok : .unprocessableContent,
            place: "/console",
            request,
            context
        )
    }
}

/// `templates/console/settings.mustache`
struct SettingsConsolePage: Page {
    static let template = "console/settings"

    let menu: [SideEntry]
    let settings: SettingsForm
}

/// What an administrator is led through, on the overview until they have seen it.
struct ConsoleGuide: Sendable {
    struct Step: Sendable {
        let text: String
        let value: String
        let path: String
        let isOpen: Bool
    }

    let steps: [Step]

    /// Nil once it was put away.
    init?(_ shown: ShownSettings, _ context: GalleryContext) {
        guard shown.isGuided else { return nil }
        let settings = shown.settings
        let path = "/console/settings"
        steps = [
            Step(
                text: context.say("setup.step.administrator"),
                value: context.viewer.account?.name ?? "",
                path: "/console/people?role=admin",
                isOpen: false
            ),
            Step(
                text: context.say("setup.step.gallery"),
                value: "\(settings.site.name) · \(settings.site.language.name)",
                path: path,
                isOpen: settings.site.name == Settings().site.name
            ),
            Step(
                text: context.say("setup.step.publishing"),
                value: settings.publishing.policy == .review
                    ? context.say("siteSettings.policy.review") : context.say("siteSettings.policy.automatic"),
                path: path,
                isOpen: false
            ),
            Step(
                text: context.say("setup.step.signUp"),
                value: settings.identity.allowsSignUp
                    ? context.say("siteSettings.signUp.open") : context.say("siteSettings.signUp.closed"),
                path: path,
                isOpen: false
            ),
            Step(
                text: context.say("setup.step.mail"),
                value: shown.deliversMail ? context.say("console.mail.delivers") : context.say("console.mail.kept"),
                path: "/console/outbox",
                isOpen: !shown.deliversMail
            ),
        ]
    }
}
