import Foundation
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird
import NIOCore

/// `/apps`: AI experience, and each app.
struct AppPages: Sendable {
    private static let pageSize = 24

    let apps: Apps
    let pages: Pages

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/apps", use: list)
        router.get("/apps/:app", use: show)
        router.get("/apps/:app/cover/:file", use: cover)
        AppLiveRoutes(apps: apps).add(to: router)
    }

    @Sendable private func list(_ request: Request, context: GalleryContext) async throws -> Response {
        let query = try request.query()
        let text = (query["q"] ?? "").trimmingCharacters(in: .whitespaces)
        let cursor = query["cursor"].flatMap { $0.isEmpty ? nil : $0 }
        let found = try await apps.list(text, before: cursor, limit: Self.pageSize + 1)
        let shown = found.prefix(Self.pageSize)
        let page = AppsPage(
            text: text,
            rows: shown.map { AppCard($0, context) },
            hasRows: !shown.isEmpty,
            isSearch: !text.isEmpty,
            mayMake: context.viewer.account != nil,
            pager: try request.pager(
                next: found.count > Self.pageSize ? shown.last?.id : nil,
                isFirst: cursor == nil
            )
        )
        return try await pages.answer(page, title: context.say("apps.experience"), request, context)
    }

    @Sendable private func show(_ request: Request, context: GalleryContext) async throws -> Response {
        let standing = try await apps.show(context.segment("app"), by: context.viewer)
        let app = standing.app
        let isSignedIn = context.viewer.account != nil
        let mayUse = standing.isOpen && isSignedIn
        let frame = mayUse && app.purpose == .own ? try await apps.page(of: app.id, by: context.viewer).path : nil
        let page = AppPage(
            id: app.id,
            name: app.name,
            about: app.about.isEmpty ? nil : app.about,
            owner: app.owner,
            source: app.repoName.description,
            sourcePath: app.purpose == .own || app.repo == nil ? nil : "/\(app.repoName)",
            licence: app.licence.isEmpty ? nil : app.licence,
            cover: AppCover.path(app, isLarge: true),
            purpose: AppWords.purpose(app.purpose, context),
            state: AppWords.badge(standing.condition, context),
            live: standing.condition.isPassing ? 3 : nil,
            manage: Apps.mayKeep(app, context.viewer) ? "/my/apps/\(app.id)" : nil,
            notice: notice(standing, isSignedIn: isSignedIn, request, context),
            talk: mayUse && app.purpose != .own
                ? AppPage.Talk(kind: app.purpose.rawValue, isQuestions: app.purpose == .questions) : nil,
            isTalk: app.purpose != .own,
            frame: frame.map { AppPage.Frame(path: $0, sandbox: AppLiveRoutes.sandbox) }
        )
        var headers: HTTPFields = [:]
        // The frame may come later, once the program runs.
        if app.purpose == .own { headers[.contentSecurityPolicy] = Pages.policy + "; frame-src 'self'" }
        return try await pages.answer(page, title: app.name, place: "/apps", headers: headers, request, context)
    }

    private func notice(
        _ standing: AppStanding,
        isSignedIn: Bool,
        _ request: Request,
        _ context: GalleryContext
    ) -> Notice? {
        guard standing.isOpen else {
            return Notice(
                AppWords.sentence(standing.condition, context),
                standing.condition.isPassing ? .accent : .warning
            )
        }
        guard !isSignedIn else { return nil }
        let path = "/login?next=\(PercentEncoding.encode(request.uri.path))"
        return Notice(
            context.say("apps.signIn"),
            .accent,
            action: Notice.Action(text: context.say("layout.signIn"), path: path)
        )
    }

    @Sendable private func cover(_ request: Request, context: GalleryContext) async throws -> Response {
        let file = try context.segment("file")
        guard ["small.webp", "large.webp"].contains(file),
            let bytes = try await apps.cover(
                of: context.segment("app"),
                isLarge: file == "large.webp",
                by: context.viewer
            )
        else { throw Problem(.missing, "app-cover-unknown", "This app has no such cover.") }
        let headers: HTTPFields = [
            .contentType: "image/webp", .contentLength: String(bytes.count),
            .cacheControl: "private, max-age=86400", .xContentTypeOptions: "nosniff",
        ]
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}

/// `templates/apps/list.mustache`
struct AppsPage: Page {
    static let template = "apps/list"

    let text: String
    let rows: [AppCard]
    let hasRows: Bool
    let isSearch: Bool
    let mayMake: Bool
    let pager: Pager
}

/// `templates/apps/app.mustache`
struct AppPage: Page {
    static let template = "apps/app"

    struct Talk: Sendable {
        let kind: String
        let isQuestions: Bool
    }

    struct Frame: Sendable {
        let path: String
        let sandbox: String
    }

    let id: String
    let name: String
    let about: String?
    let owner: String
    let source: String
    let sourcePath: String?
    let licence: String?
    let cover: String?
    let purpose: String
    let state: Badge
    let live: Int?
    let manage: String?
    let notice: Notice?
    let talk: Talk?
    /// Whether it is talked with once it runs.
    let isTalk: Bool
    let frame: Frame?
}
