import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// `/settings/account`: name, e-mail address and password.
struct AccountPages: Sendable {
    let identity: Identity
    let edge: IdentityEdge
    let codes: EmailCodes
    let profiles: Profiles
    let pages: Pages

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/settings/account", use: show)
        router.post("/settings/account/name", use: rename)
        router.post("/settings/account/email", use: sendCode)
        router.post("/settings/account/email/code", use: confirm)
        router.post("/settings/account/password", use: changePassword)
    }

    private func show(_ request: Request, context: GalleryContext) async throws -> Response {
        try await page(QueryParameters(""), nil, request, context)
    }

    private func rename(_ request: Request, context: GalleryContext) async throws -> Response {
        try await change(request, context, saying: "settings.account.renamed") { form in
            _ = try await identity.accounts.rename(to: (form["name"] ?? "").trimmed, by: context.viewer)
            return nil
        }
    }

    private func sendCode(_ request: Request, context: GalleryContext) async throws -> Response {
        try await change(request, context, saying: "settings.email.sent") { form in
            try await codes.requestAddress(
                form["email"] ?? "",
                from: context.clientAddress,
                in: context.language,
                by: context.viewer
            )
            return nil
        }
    }

    private func confirm(_ request: Request, context: GalleryContext) async throws -> Response {
        try await change(request, context, saying: "settings.email.confirmed") { form in
            try await codes.confirmAddress(form["code"] ?? "", by: context.viewer)
            return nil
        }
    }

    private func changePassword(_ request: Request, context: GalleryContext) async throws -> Response {
        try await change(request, context, saying: "settings.password.changed") { form in
            let started = try await identity.accounts.changePassword(
                from: form["current"] ?? "",
                to: form["password"] ?? "",
                by: context.viewer,
                at: edge.origin(request, context)
            )
            return edge.sessionCookie(started, for: request)
        }
    }

    /// Does it and comes back with a word, or shows what is wrong at its field.
    private func change(
        _ request: Request,
        _ context: GalleryContext,
        saying key: String,
        _ body: (QueryParameters) async throws -> String?
    ) async throws -> Response {
        let form = try await pages.form(request, context)
        do {
            let cookie = try await body(form)
            var response = pages.redirect(to: "/settings/account", flash: context.say(key), request, context)
            if let cookie { response.headers.append(.init(name: .setCookie, value: cookie)) }
            return response
        } catch let error as any DomainError where AccountPage.fields[error.problem.code] != nil {
            return try await page(form, FormFault(error.problem, AccountPage.fields, context), request, context)
        }
    }

    private func page(
        _ form: QueryParameters,
        _ fault: FormFault?,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        let account = try await identity.accounts.own(by: context.viewer)
        let page = AccountPage(
            menu: SettingsMenu.entries("account", context),
            publicID: account.publicID,
            name: FormField(form["name"] ?? account.name, error: fault?.error(at: "name")),
            address: account.email.isEmpty ? nil : account.email,
            isConfirmed: account.isEmailConfirmed,
            email: FormField(form["email"] ?? "", error: fault?.error(at: "email")),
            waiting: try await codes.waitingAddress(by: context.viewer),
            code: FormField(form["code"] ?? "", error: fault?.error(at: "code")),
            current: FormField(error: fault?.error(at: "current")),
            password: FormField(error: fault?.error(at: "password")),
            isRealNameVerified: account.isRealNameVerified
        )
        let isThrottled = fault?.problem.kind == .throttled
        return try await pages.answer(
            page,
            title: context.say("settings.account"),
            status: fault == nil ? .ok : isThrottled ? .tooManyRequests : .unprocessableContent,
            request,
            context
        )
    }
}

/// `/settings/account`
struct AccountPage: Page {
    static let template = "settings/account"
    static let fields = [
        "account-name-invalid": "name", "account-name-reserved": "name", "account-name-taken": "name",
        "email-invalid": "email", "email-code-too-soon": "email", "email-code-limit": "email",
        "email-code-wrong": "code", "email-code-expired": "code", "password-wrong": "current",
        "too-many-attempts": "current", "password-too-short": "password", "password-too-long": "password",
        "password-too-easy": "password",
    ]

    let menu: [SideEntry]
    let publicID: String
    let name: FormField
    let address: String?
    let isConfirmed: Bool
    let email: FormField
    let waiting: String?
    let code: FormField
    let current: FormField
    let password: FormField
    let isRealNameVerified: Bool
}
