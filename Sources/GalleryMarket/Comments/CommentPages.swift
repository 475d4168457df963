import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// The comments of assets as pages, and the forms that stand on them.
struct CommentPages: Sendable {
    let comments: Comments
    let repositories: Repositories
    let pages: Pages
    let world: World

    func add(to router: some RouterMethods<GalleryContext>) {
        for kind in RepoKind.allCases {
            router.get("/\(kind.pathPrefix):owner/:name/comments") { request, context in
                try await show(kind, request, context)
            }
            router.post("/\(kind.pathPrefix):owner/:name/comments") { request, context in
                try await write(kind, request, context)
            }
        }
        CommentActionRoutes(comments: comments, repositories: repositories, pages: pages).add(to: router)
        router.get("/review/comments", use: queue)
    }

    private func show(_ kind: RepoKind, _ request: Request, _ context: GalleryContext) async throws -> Response {
        let repo = try await locate(kind, context)
        if repo.isMoved {
            let query = request.uri.query.map { "?\($0)" } ?? ""
            return pages.redirect(to: "/\(kind.pathPrefix)\(repo.name)/comments\(query)", request, context)
        }
        return try await answer(kind, repo, draft: nil, status: .ok, request, context)
    }

    private func write(_ kind: RepoKind, _ request: Request, _ context: GalleryContext) async throws -> Response {
        let repo = try await locate(kind, context)
        let fields = try await pages.form(request, context)
        let replyTo = fields["reply_to"].flatMap { $0.isEmpty ? nil : $0 }
        do {
            let written = try await comments.write(
                fields["text"] ?? "",
                on: .asset(repo.id),
                replyingTo: replyTo,
                by: context.viewer
            )
            let page = CommentGround.page(of: written.comment)
            return pages.redirect(
                to: "/\(kind.pathPrefix)\(repo.name)\(page)",
                flash: context.say("comments.posted"),
                request,
                context
            )
        } catch let problem as any DomainError
            where problem.problem.kind == .unprocessable || problem.problem.kind == .throttled
        {
            let draft = CommentDraft(text: fields["text"] ?? "", error: context.say(problem.problem))
            let status = problem.problem.kind.status
            return try await answer(kind, repo, draft: (replyTo ?? "", draft), status: status, request, context)
        }
    }

    private func answer(
        _ kind: RepoKind,
        _ repo: RepoLocation,
        draft: (replyTo: String, CommentDraft)?,
        status: HTTPResponse.Status,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        let query = try request.query()
        let place = "/\(kind.pathPrefix)\(repo.name)"
        let (viewer, subject, cursor) = (context.viewer, CommentSubject.asset(repo.id), query["cursor"])
        let order = try CommentOrder.named(query["sort"])
        // A reply that could not be posted stands in its thread.
        let single = query["thread"] ?? draft.flatMap { $0.replyTo.isEmpty ? nil : $0.replyTo }
        let list: CommentList
        if let single {
            let thread = try await comments.thread(single, on: subject, after: cursor, by: viewer)
            let whole = try await comments.list(on: subject, limit: 1, by: viewer)
            list = CommentList(count: whole.count, threads: [thread], next: nil, mayWrite: whole.mayWrite)
        } else {
            list = try await comments.list(on: subject, order, after: cursor, by: viewer)
        }
        let page = CommentsPage(
            list,
            at: place,
            name: repo.name.description,
            order: order,
            isSingle: single != nil,
            draft: draft,
            now: world.now(),
            context
        )
        let title = "\(context.say("comments.title")) · \(repo.name)"
        return try await pages.answer(page, title: title, status: status, request, context)
    }

    @Sendable private func queue(_ request: Request, context: GalleryContext) async throws -> Response {
        let cursor = try request.query()["cursor"]
        let (reported, next) = try await comments.reported(after: cursor, by: context.viewer)
        let now = world.now()
        let page = ReportedCommentsPage(
            rows: reported.map { row in
                ReportedCommentsPage.Row(
                    comment: CommentView(row.comment, mayWrite: false, now: now, context),
                    name: row.name,
                    place: row.place,
                    path: row.path,
                    reports: row.reports.map {
                        ReportedCommentsPage.Report(
                            reason: $0.reason,
                            reporter: $0.reporter,
                            time: context.formats.moment($0.createdAt, now: now)
                        )
                    }
                )
            },
            hasRows: !reported.isEmpty,
            nextPath: next.map { "/review/comments?cursor=\($0)" }
        )
        return try await pages.answer(page, title: context.say("comments.queue.title"), request, context)
    }

    private func locate(_ kind: RepoKind, _ context: GalleryContext) async throws -> RepoLocation {
        let name = try RepoName(owner: context.segment("owner"), name: context.segment("name"))
        return try await repositories.locate(kind, name, by: context.viewer)
    }
}

/// `/OWNER/NAME/comments`
struct CommentsPage: Page {
    static let template = "comments/comments"

    struct Choice: Sendable {
        let text: String
        let path: String
        let isCurrent: Bool
    }

    let name: String
    let place: String
    let title: String
    let orders: [Choice]
    let isSingle: Bool
    let draft: CommentDraft?
    let mayWrite: Bool
    let signInPath: String?
    let isGated: Bool
    let threads: [CommentThreadView]
    let hasThreads: Bool
    let nextPath: String?

    init(
        _ list: CommentList,
        at place: String,
        name: String,
        order: CommentOrder,
        isSingle: Bool,
        draft: (replyTo: String, CommentDraft)?,
        now: Date,
        _ context: GalleryContext
    ) {
        self.name = name
        self.place = place
        title = context.say("comments.count", count: list.count)
        orders = CommentOrder.allCases.map {
            Choice(
                text: context.say("comments.order.\($0.rawValue)"),
                path: "\(place)/comments" + ($0 == .newest ? "" : "?sort=\($0.rawValue)"),
                isCurrent: $0 == order
            )
        }
        self.isSingle = isSingle
        self.draft = draft.flatMap { $0.replyTo.isEmpty ? $0.1 : nil }
        mayWrite = list.mayWrite
        signInPath = context.viewer.account == nil ? "/login?next=\(PercentEncoding.encode("\(place)/comments"))" : nil
        isGated = context.viewer.account != nil && !list.mayWrite
        threads = list.threads.map {
            CommentThreadView(
                $0,
                at: place,
                mayWrite: list.mayWrite,
                isAlone: isSingle,
                draft: draft,
                now: now,
                context
            )
        }
        hasThreads = !list.threads.isEmpty
        let sort = order == .newest ? "" : "sort=\(order.rawValue)&"
        nextPath = list.next.map { "\(place)/comments?\(sort)cursor=\($0)" }
    }
}

/// `/review/comments`
struct ReportedCommentsPage: Page {
    static let template = "comments/reported"

    struct Report: Sendable {
        let reason: String
        let reporter: String
        let time: Moment
    }

    struct Row: Sendable {
        let comment: CommentView
        let name: String
        let place: String
        let path: String
        let reports: [Report]
    }

    let rows: [Row]
    let hasRows: Bool
    let nextPath: String?
}

extension CommentOrder {
    /// The newest first where no order is named; throws for one that there is not.
    static func named(_ text: String?) throws -> CommentOrder {
        guard let text, !text.isEmpty else { return .newest }
        guard let order = CommentOrder(rawValue: text) else {
            throw Problem.invalid("sort-unknown", "Comments are sorted by newest or likes.")
        }
        return order
    }
}
