import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// `/login`, `/join` and `/logout`.
struct SignInPages: Sendable {
    let identity: Identity
    let edge: IdentityEdge
    let pages: Pages
    let profiles: Profiles
    private var isSignUpOpen: Bool { identity.accounts.isSignUpOpen() }

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/login", use: showSignIn)
        router.post("/login", use: signIn)
        router.get("/join", use: showJoin)
        router.post("/join", use: join)
        router.post("/logout", use: signOut)
    }

    // MARK: Signing in

    private func showSignIn(_ request: Request, context: GalleryContext) async throws -> Response {
        let next = try request.query()["next"]
        // Whoever is signed in goes where they wanted to.
        guard context.viewer.account == nil else { return pages.redirect(to: Self.place(next), request, context) }
        return try await signInPage(name: "", next: next, fault: nil, request, context)
    }

    private func signIn(_ request: Request, context: GalleryContext) async throws -> Response {
        let form = try await pages.form(request, context)
        let name = form["name"] ?? ""
        do {
            let started = try await identity.sessions.signIn(
                name: name,
                password: form["password"] ?? "",
                from: edge.origin(request, context)
            )
            var response = welcome(started, to: Self.place(form["next"]), request, context)
            if let language = try await profiles.language(of: started.account.id),
                let cookie = PreferenceRoutes.cookie(for: language, request, context)
            {
                response.headers.append(cookie)
            }
            return response
        } catch let problem as Problem where problem.kind == .unauthenticated || problem.kind == .throttled {
            return try await signInPage(name: name, next: form["next"], fault: problem, request, context)
        }
    }

    private func signInPage(
        name: String,
        next: String?,
        fault: Problem?,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        let next = Pages.localPath(next)
        let page = SignInPage(
            name: name,
            next: next,
            joinPath: isSignUpOpen ? Self.address("/join", next: next) : nil,
            fault: fault.map { context.say($0) }
        )
        var response = try await pages.answer(
            page,
            title: context.say("signIn.title"),
            status: fault == nil ? .ok : fault?.kind == .throttled ? .tooManyRequests : .unprocessableContent,
            request,
            context
        )
        if let seconds = fault?.retryAfter { response.headers[.retryAfter] = String(seconds) }
        return response
    }

    // MARK: Signing up

    private func showJoin(_ request: Request, context: GalleryContext) async throws -> Response {
        let next = try request.query()["next"]
        guard context.viewer.account == nil else { return pages.redirect(to: Self.place(next), request, context) }
        return try await joinPage(QueryParameters(""), next: next, fault: nil, request, context)
    }

    private func join(_ request: Request, context: GalleryContext) async throws -> Response {
        let form = try await pages.form(request, context)
        do {
            let started = try await identity.accounts.signUp(
                Accounts.SignUp(
                    name: form["name"] ?? "",
                    password: form["password"] ?? "",
                    email: form["email"] ?? "",
                    nickname: form["nickname"] ?? ""
                ),
                from: edge.origin(request, context)
            )
            return welcome(started, to: Self.place(form["next"]), request, context)
        } catch let error as any DomainError {
            let fault = FormFault(error.problem, JoinPage.fields, context)
            return try await joinPage(form, next: form["next"], fault: fault, request, context)
        }
    }

    private func joinPage(
        _ form: QueryParameters,
        next: String?,
        fault: FormFault?,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        let next = Pages.localPath(next)
        let field = { FormField(form[$0] ?? "", error: fault?.error(at: $0)) }
        let page = JoinPage(
            isOpen: isSignUpOpen,
            name: field("name"),
            nickname: field("nickname"),
            email: field("email"),
            password: FormField(error: fault?.error(at: "password")),
            next: next,
            signInPath: Self.address("/login", next: next),
            fault: fault?.general
        )
        let status = fault.map { $0.problem.kind.status }
        var response = try await pages.answer(
            page,
            title: context.say("join.title"),
            status: status == .badRequest ? .unprocessableContent : status ?? .ok,
            request,
            context
        )
        if let seconds = fault?.problem.retryAfter { response.headers[.retryAfter] = String(seconds) }
        return response
    }

    // MARK: Signing out

    private func signOut(_ request: Request, context: GalleryContext) async throws -> Response {
        if let cookie = edge.origin(request, context).cookie { try await identity.sessions.signOut(cookie: cookie) }
        var response = pages.redirect(to: "/", flash: context.say("signOut.done"), tone: .accent, request, context)
        response.headers.append(.init(name: .setCookie, value: edge.removedSessionCookie(for: request)))
        return response
    }

    private func welcome(
        _ started: StartedSession,
        to path: String,
        _ request: Request,
        _ context: GalleryContext
    ) -> Response {
        var response = pages.redirect(to: path, request, context)
        response.headers.append(.init(name: .setCookie, value: edge.sessionCookie(started, for: request)))
        return response
    }

    /// Where to go after signing in: never elsewhere, and never back to a page for visitors.
    static func place(_ next: String?) -> String {
        guard let path = Pages.localPath(next) else { return "/my" }
        let isForVisitors = ["/login", "/join", "/logout"].contains {
            path == $0 || path.hasPrefix("\($0)?") || path.hasPrefix("\($0)/")
        }
        return isForVisitors ? "/my" : path
    }

    private static func address(_ path: String, next: String?) -> String {
        next.map { "\(path)?next=\(PercentEncoding.encode($0))" } ?? path
    }
}

/// `/login`
struct SignInPage: Page {
    static let template = "account/sign-in"

    let name: String
    let next: String?
    let joinPath: String?
    let fault: String?
}

/// `/join`
struct JoinPage: Page {
    static let template = "account/join"
    static let fields = [
        "account-name-invalid": "name", "account-name-reserved": "name", "account-name-taken": "name",
        "nickname-invalid": "nickname", "words-refused": "nickname", "email-invalid": "email",
        "password-too-short": "password", "password-too-long": "password", "password-too-easy": "password",
    ]

    let isOpen: Bool
    let name: FormField
    let nickname: FormField
    let email: FormField
    let password: FormField
    let next: String?
    let signInPath: String
    let fault: String?
}
