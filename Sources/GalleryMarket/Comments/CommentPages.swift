import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// The comments of assets as pages, and the forms that stand on them.
struct CommentPages: Sendable {
    let base: AssetPages
    let comments: Comments

    func add(to router: some RouterMethods<GalleryContext>) {
        base.get("/comments", router) { request, context, asset in
            try await answer(asset, draft: nil, status: .ok, request, context)
        }
        base.post("/comments", router) { request, context, asset in try await write(request, context, asset) }
        CommentActionRoutes(comments: comments, pages: base.pages) { id, draft, problem, request, context in
            guard let (kind, name) = try await comments.place(of: id, by: context.viewer),
                case .asset(let asset) = try await base.assets.visit(kind, name, by: context.viewer)
            else { return nil }
            let status = problem.kind.status
            return try await answer(asset, draft: (id, draft), status: status, request, context)
        }.add(to: router)
        router.get("/review/comments", use: queue)
    }

    private func write(_ request: Request, _ context: GalleryContext, _ asset: Asset) async throws -> Response {
        let fields = try await base.pages.form(request, context)
        let replyTo = fields["reply_to"].flatMap { $0.isEmpty ? nil : $0 }
        do {
            let written = try await comments.write(
                fields["text"] ?? "",
                on: .asset(asset.id),
                replyingTo: replyTo,
                by: context.viewer
            )
            return base.pages.redirect(
                to: asset.path + CommentGround.page(of: written.comment),
                flash: context.say("comments.posted"),
                request,
                context
            )
        } catch let error as any DomainError
            where error.problem.kind == .unprocessable || error.problem.kind == .throttled
        {
            let draft = CommentDraft(text: fields["text"] ?? "", error: context.say(error.problem))
            let status = error.problem.kind.status
            return try await answer(asset, draft: (replyTo ?? "", draft), status: status, request, context)
        }
    }

    private func answer(
        _ asset: Asset,
        draft: (replyTo: String, CommentDraft)?,
        status: HTTPResponse.Status,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        let query = try request.query()
        let (viewer, subject, cursor) = (context.viewer, CommentSubject.asset(asset.id), query["cursor"])
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
            at: asset.path,
            head: try await base.head(of: asset, .comments, request, context),
            order: order,
            isSingle: single != nil,
            draft: draft,
            now: base.assets.world.now(),
            context
        )
        let title = context.say("comments.title")
        return try await base.answer(page, of: asset, title: title, status: status, request, context)
    }

    @Sendable private func queue(_ request: Request, context: GalleryContext) async throws -> Response {
        let cursor = try request.query()["cursor"]
        let (reported, next) = try await comments.reported(after: cursor, by: context.viewer)
        let now = base.assets.world.now()
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
        return try await base.pages.answer(page, title: context.say("comments.queue.title"), request, context)
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

    let head: AssetHead
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
        head: AssetHead,
        order: CommentOrder,
        isSingle: Bool,
        draft: (replyTo: String, CommentDraft)?,
        now: Date,
        _ context: GalleryContext
    ) {
        self.head = head
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
