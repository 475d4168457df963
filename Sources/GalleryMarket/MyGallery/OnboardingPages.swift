import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// `/my/onboarding`: nickname, confirmed address and two agreements, once.
struct OnboardingPages: Sendable {
    let identity: Identity
    let profiles: Profiles
    let codes: EmailCodes
    let pages: Pages

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/my/onboarding", use: show)
        router.post("/my/onboarding", use: complete)
        router.post("/my/onboarding/code", use: sendCode)
    }

    private func show(_ request: Request, context: GalleryContext) async throws -> Response {
        try await page(QueryParameters(""), next: try request.query()["next"], nil, request, context)
    }

    private func sendCode(_ request: Request, context: GalleryContext) async throws -> Response {
        let form = try await pages.form(request, context)
        do {
            try await codes.requestAddress(
                form["email"] ?? "",
                from: context.clientAddress,
                in: context.language,
                by: context.viewer
            )
        } catch let error as any DomainError where OnboardingPage.fields[error.problem.code] != nil {
            let fault = FormFault(error.problem, OnboardingPage.fields, context)
            return try await page(form, next: form["next"], fault, request, context)
        }
        let next = Pages.localPath(form["next"]).map { "?next=\(PercentEncoding.encode($0))" } ?? ""
        let flash = context.say("settings.email.sent")
        return pages.redirect(to: "/my/onboarding" + next, flash: flash, request, context)
    }

    private func complete(_ request: Request, context: GalleryContext) async throws -> Response {
        let form = try await pages.form(request, context)
        do {
            try await profiles.onboard(
                nickname: form["nickname"] ?? "",
                accepting: form.values("accept").compactMap(AgreementKind.init),
                code: form["code"],
                codes: codes,
                by: context.viewer
            )
        } catch let error as any DomainError where OnboardingPage.fields[error.problem.code] != nil {
            let fault = FormFault(error.problem, OnboardingPage.fields, context)
            return try await page(form, next: form["next"], fault, request, context)
        }
        let flash = context.say("onboarding.done")
        return pages.redirect(to: Pages.localPath(form["next"]) ?? "/my", flash: flash, request, context)
    }

    private func page(
        _ form: QueryParameters,
        next: String?,
        _ fault: FormFault?,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        let account = try await identity.accounts.own(by: context.viewer)
        let state = try await profiles.onboarding(by: context.viewer)
        let agreements = try await profiles.agreements.current(for: .onboarding)
        let accepted = form.values("accept")
        let page = OnboardingPage(
            isComplete: state.isComplete,
            isConfirmed: state.hasConfirmedEmail,
            next: Pages.localPath(next) ?? "/my",
            email: FormField(form["email"] ?? account.email, error: fault?.error(at: "email")),
            waiting: try await codes.waitingAddress(by: context.viewer),
            nickname: FormField(form["nickname"] ?? account.nickname, error: fault?.error(at: "nickname")),
            code: FormField(form["code"] ?? "", error: fault?.error(at: "code")),
            agreements: agreements.map { agreement in
                OnboardingPage.Entry(
                    kind: agreement.kind.rawValue,
                    title: agreement.text(in: context.language.tag).title,
                    body: agreement.text(in: context.language.tag).body,
                    isAccepted: accepted.contains(agreement.kind.rawValue) || !state.missing.contains(agreement.kind)
                )
            },
            agreementsError: fault?.error(at: "agreements")
        )
        return try await pages.answer(
            page,
            title: context.say("onboarding.title"),
            status: fault == nil ? .ok : .unprocessableContent,
            request,
            context
        )
    }
}

/// `/my/onboarding`
struct OnboardingPage: Page {
    static let template = "my/onboarding"
    static let fields = [
        "nickname-invalid": "nickname", "words-refused": "nickname", "email-invalid": "email",
        "email-code-too-soon": "email", "email-code-limit": "email", "too-many-attempts": "email",
        "email-code-wrong": "code", "email-code-expired": "code", "agreements-needed": "agreements",
        "agreements-not-accepted": "agreements",
    ]

    struct Entry {
        let kind: String
        let title: String
        let body: String
        let isAccepted: Bool
    }

    let isComplete: Bool
    let isConfirmed: Bool
    let next: String
    let email: FormField
    let waiting: String?
    let nickname: FormField
    let code: FormField
    let agreements: [Entry]
    let agreementsError: String?
}
