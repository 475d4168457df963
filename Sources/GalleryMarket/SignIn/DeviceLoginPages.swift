import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// `/device`: where a person compares the code that a program shows, and lets it in or not.
struct DeviceLoginPages: Sendable {
    let logins: DeviceLogins
    let pages: Pages

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/device", use: show)
        router.post("/device", use: decide)
    }

    private func show(_ request: Request, context: GalleryContext) async throws -> Response {
        guard let account = context.viewer.account else { throw Problem.signInFirst }
        let code = try String((request.query()["user_code"] ?? "").prefix(32))
        guard !code.isEmpty else { return try await page(DevicePage(code: FormField()), request, context) }
        do {
            let login = try await logins.pending(userCode: code, by: context.viewer)
            let waiting = DevicePage.Login(userCode: login.userCode, program: login.program, account: account.name)
            return try await page(DevicePage(login: waiting), request, context)
        } catch DeviceLoginError.unknownUserCode {
            return try await refused(DeviceLoginError.unknownUserCode.problem, code: code, request, context)
        } catch let problem as Problem where problem.kind == .throttled {
            return try await refused(problem, code: code, request, context)
        }
    }

    private func decide(_ request: Request, context: GalleryContext) async throws -> Response {
        guard context.viewer.account != nil else { throw Problem.signInFirst }
        let form = try await pages.form(request, context)
        let isApproved = form["decision"] == "approve"
        do {
            try await logins.decide(userCode: form["user_code"] ?? "", approve: isApproved, by: context.viewer)
        } catch DeviceLoginError.unknownUserCode {
            return try await refused(DeviceLoginError.unknownUserCode.problem, code: "", request, context)
        }
        return try await page(DevicePage(isApproved: isApproved, isDenied: !isApproved), request, context)
    }

    private func refused(
        _ problem: Problem,
        code: String,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        let field = FormField(code, error: context.say(problem))
        return try await page(DevicePage(code: field), status: problem.kind.status, request, context)
    }

    private func page(
        _ page: DevicePage,
        status: HTTPResponse.Status = .ok,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        var response = try await pages.answer(page, title: page.title(context), status: status, request, context)
        response.headers[.cacheControl] = "no-store"
        return response
    }
}

/// `/device` in its four states.
struct DevicePage: Page {
    static let template = "account/device"

    struct Login {
        let userCode: String
        let program: String
        let account: String
    }

    /// Where a code is asked for.
    var code: FormField?
    var isAsked: Bool
    var login: Login?
    var isApproved = false
    var isDenied = false

    init(code: FormField? = nil, login: Login? = nil, isApproved: Bool = false, isDenied: Bool = false) {
        self.code = code
        isAsked = code != nil
        self.login = login
        self.isApproved = isApproved
        self.isDenied = isDenied
    }

    fileprivate func title(_ context: GalleryContext) -> String {
        let key =
            isApproved
            ? "device.approved"
            : isDenied ? "device.denied" : login == nil ? "device.code.title" : "device.confirm.title"
        return context.say(key)
    }
}
