import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// `/login/forgotten`, where a code is asked for, and `/login/new-password`, where it is shown.
struct ForgottenPasswordPages: Sendable {
    let edge: IdentityEdge
    let codes: EmailCodes
    let pages: Pages

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/login/forgotten", use: show)
        router.post("/login/forgotten", use: send)
        router.get("/login/new-password", use: showReplacement)
        router.post("/login/new-password", use: replace)
    }

    private func show(_ request: Request, context: GalleryContext) async throws -> Response {
        let page = ForgottenPasswordPage(name: FormField())
        return try await pages.answer(page, title: context.say("forgotten.title"), request, context)
    }

    private func send(_ request: Request, context: GalleryContext) async throws -> Response {
        let form = try await pages.form(request, context)
        let name = (form["name"] ?? "").trimmed
        do {
            try await codes.requestPassword(for: name, from: context.clientAddress, in: context.language)
        } catch let problem as Problem where problem.kind == .throttled {
            let page = ForgottenPasswordPage(name: FormField(name, error: context.say(problem)))
            return try await pages.answer(
                page,
                title: context.say("forgotten.title"),
                status: .tooManyRequests,
                request,
                context
            )
        }
        let path = "/login/new-password?name=\(PercentEncoding.encode(name))"
        return pages.redirect(to: path, flash: context.say("forgotten.sent"), tone: .accent, request, context)
    }

    private func showReplacement(_ request: Request, context: GalleryContext) async throws -> Response {
        let name = try request.query()["name"] ?? ""
        return try await replacementPage(name: name, code: "", fault: nil, request, context)
    }

    private func replace(_ request: Request, context: GalleryContext) async throws -> Response {
        let form = try await pages.form(request, context)
        let name = (form["name"] ?? "").trimmed
        let code = form["code"] ?? ""
        do {
            let started = try await codes.replacePassword(
                of: name,
                code: code,
                with: form["password"] ?? "",
                at: edge.origin(request, context)
            )
            var response = pages.redirect(to: "/my", flash: context.say("forgotten.done"), request, context)
            response.headers.append(.init(name: .setCookie, value: edge.sessionCookie(started, for: request)))
            return response
        } catch let error as any DomainError {
            let fault = FormFault(error.problem, NewPasswordPage.fields, context)
            return try await replacementPage(name: name, code: code, fault: fault, request, context)
        }
    }

    private func replacementPage(
        name: String,
        code: String,
        fault: FormFault?,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        let page = NewPasswordPage(
            name: name,
            code: FormField(code, error: fault?.error(at: "code")),
            password: FormField(error: fault?.error(at: "password")),
            fault: fault?.general
        )
        let isThrottled = fault?.problem.kind == .throttled
        return try await pages.answer(
            page,
            title: context.say("newPassword.title"),
            status: fault == nil ? .ok : isThrottled ? .tooManyRequests : .unprocessableContent,
            request,
            context
        )
    }
}

/// `/login/forgotten`
struct ForgottenPasswordPage: Page {
    static let template = "account/forgotten"

    let name: FormField
}

/// `/login/new-password`
struct NewPasswordPage: Page {
    static let template = "account/new-password"
    static let fields = [
        "email-code-wrong": "code", "email-code-expired": "code", "password-too-short": "password",
        "password-too-long": "password", "password-too-easy": "password",
    ]

    let name: String
    let code: FormField
    let password: FormField
    let fault: String?
}
