import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// `/settings/tokens`: access tokens, each shown once.
struct TokenPages: Sendable {
    private static let path = "/settings/tokens"
    private static let lifetimes = [7, 30, 90, 365]

    let tokens: Tokens
    let shownOnce: ShownOnce
    let world: World
    let pages: Pages

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get(RouterPath(Self.path), use: show)
        router.post(RouterPath(Self.path), use: create)
        router.post("/settings/tokens/:token/revocation", use: revoke)
    }

    private func show(_ request: Request, context: GalleryContext) async throws -> Response {
        try await page(QueryParameters(""), nil, issued: shownOnce.take(for: Self.path, context), request, context)
    }

    private func create(_ request: Request, context: GalleryContext) async throws -> Response {
        let form = try await pages.form(request, context)
        do {
            guard let scope = Scope(rawValue: form["scope"] ?? "") else { throw TokenError.invalidName }
            let days = try form.integer("days", in: 0...3650) ?? 0
            let issued = try await tokens.create(
                TokenRequest(
                    name: form["name"] ?? "",
                    scope: scope,
                    expiresAt: days > 0 ? world.now() + Double(days) * 86_400 : nil
                ),
                for: Self.asset(form),
                by: context.viewer
            )
            return try await shownOnce.redirect(to: Self.path, showing: issued.text, pages, request, context)
        } catch let error as any DomainError where TokensPage.fields[error.problem.code] != nil {
            let fault = FormFault(error.problem, TokensPage.fields, context)
            return try await page(form, fault, issued: nil, request, context)
        }
    }

    private func revoke(_ request: Request, context: GalleryContext) async throws -> Response {
        _ = try await pages.form(request, context)
        try await tokens.revoke(TokenID(context.segment("token")), by: context.viewer)
        return pages.redirect(to: Self.path, flash: context.say("settings.tokens.revoked"), request, context)
    }

    private static func asset(_ form: QueryParameters) throws -> Tokens.Asset? {
        let text = (form["asset"] ?? "").trimmed
        guard !text.isEmpty else { return nil }
        guard let name = RepoName(text), let kind = RepoKind(rawValue: form["kind"] ?? "model") else {
            throw TokenError.invalidAsset
        }
        return Tokens.Asset(kind: kind, name: name)
    }

    private func page(
        _ form: QueryParameters,
        _ fault: FormFault?,
        issued: String?,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        let now = world.now()
        let entries = try await tokens.list(by: context.viewer)
        let page = TokensPage(
            menu: SettingsMenu.entries("tokens", context),
            issued: issued,
            isOpen: fault != nil || entries.isEmpty,
            name: FormField(form["name"] ?? "", error: fault?.error(at: "name")),
            scopes: Scope.allCases.map {
                TokensPage.ScopeChoice(
                    value: $0.rawValue,
                    text: context.say("settings.scope.\($0.rawValue)"),
                    hint: context.say("settings.scope.\($0.rawValue).hint"),
                    isChosen: $0.rawValue == form["scope"] ?? "read"
                )
            },
            kinds: Self.bindable.map {
                FormChoice($0.rawValue, context.say("my.\($0.plural)"), isChosen: $0.rawValue == form["kind"])
            },
            asset: FormField(form["asset"] ?? "", error: fault?.error(at: "asset")),
            lifetimes: Self.lifetimes.map {
                FormChoice(
                    String($0),
                    context.say("settings.tokens.days", count: $0),
                    isChosen: String($0) == form["days"] ?? "90"
                )
            },
            tokens: entries.map { TokensPage.Entry($0, now: now, context) }
        )
        return try await pages.answer(
            page,
            title: context.say("settings.tokens"),
            status: fault == nil ? .ok : .unprocessableContent,
            headers: [.cacheControl: "no-store"],
            request,
            context
        )
    }

    private static let bindable: [RepoKind] = [.model, .dataset, .algorithm, .notebook]
}

/// `/settings/tokens`
struct TokensPage: Page {
    static let template = "settings/tokens"
    static let fields = [
        "token-name-invalid": "name", "token-limit": "name", "token-asset-invalid": "asset",
        "repository-not-found": "asset", "not-yours": "asset",
    ]

    struct ScopeChoice {
        let value: String
        let text: String
        let hint: String
        let isChosen: Bool
    }

    struct Entry {
        let id: String
        let name: String
        let hint: String
        let scope: String
        let asset: String?
        let created: Moment
        let used: Moment?
        let expires: Moment?
        let isExpired: Bool

        init(_ entry: TokenEntry, now: Date, _ context: GalleryContext) {
            let token = entry.token
            id = token.id.rawValue
            name = token.name
            hint = token.hint
            scope = context.say("settings.scope.\(token.scope.rawValue)")
            asset = entry.asset?.name.description ?? (token.repo == nil ? nil : context.say("settings.tokens.gone"))
            created = context.formats.moment(token.createdAt, now: now)
            used = token.lastUsedAt.map { context.formats.moment($0, now: now) }
            expires = token.expiresAt.map { context.formats.moment($0, now: now) }
            isExpired = token.isExpired(at: now)
        }
    }

    let menu: [SideEntry]
    let issued: String?
    let isOpen: Bool
    let name: FormField
    let scopes: [ScopeChoice]
    let kinds: [FormChoice]
    let asset: FormField
    let lifetimes: [FormChoice]
    let tokens: [Entry]
}
