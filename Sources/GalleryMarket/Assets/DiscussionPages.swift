import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird
import RichText

/// `/discussions`: conversations about an asset, and changes that others propose.
struct DiscussionPages: Sendable {
    let base: AssetPages
    let discussions: Discussions
    private static let rows = 30

    func add(to router: some RouterMethods<GalleryContext>) {
        base.get("/discussions", router) { request, context, asset in try await list(request, context, asset) }
        base.get("/discussions/new", router) { request, context, asset in
            _ = try context.viewer.mustBeSignedIn()
            return try await begin(DiscussionForm(), request, context, asset)
        }
        base.post("/discussions/new", router) { request, context, asset in try await open(request, context, asset) }
        base.get("/discussions/:number", router) { request, context, asset in
            try await show(request, context, asset)
        }
        base.post("/discussions/:number/comment", router) { request, context, asset in
            try await answer(request, context, asset)
        }
        base.post("/discussions/:number/merge", router) { request, context, asset in
            try await merge(request, context, asset)
        }
        // Where the hub's clients send people.
        base.get("/discussions/:number/files", router) { request, context, asset in
            let path = "\(asset.path)/discussions/\(try number(context))#changes"
            return base.pages.redirect(to: path, request, context)
        }
    }

    private func number(_ context: GalleryContext) throws -> Int {
        guard let number = Int(try context.segment("number")), (1...1_000_000).contains(number) else {
            throw DiscussionError.unknown(0)
        }
        return number
    }

    private func list(_ request: Request, _ context: GalleryContext, _ asset: Asset) async throws -> Response {
        let query = try request.query()
        let isOpen = query["state"] != "closed"
        let start = try query.integer("from", in: 0...1_000_000) ?? 0
        let found = try await discussions.list(
            of: asset.id,
            DiscussionFilter(isOpen: isOpen),
            ListPage(offset: start, limit: Self.rows),
            by: context.viewer
        )
        let now = base.assets.world.now()
        let here = "\(asset.path)/discussions"
        let next = start + Self.rows
        let page = DiscussionListPage(
            head: try await base.head(of: asset, .discussions, request, context),
            states: [
                .init(text: context.say("discussion.open"), path: here, isCurrent: isOpen),
                .init(text: context.say("discussion.closed"), path: here + "?state=closed", isCurrent: !isOpen),
            ],
            rows: found.discussions.map { DiscussionLine($0, of: asset, now: now, context) },
            isEmpty: found.discussions.isEmpty,
            newPath: "\(here)/new",
            nextPath: next < found.count ? "\(here)?state=\(isOpen ? "open" : "closed")&from=\(next)" : nil
        )
        return try await base.answer(page, of: asset, title: context.say("asset.tab.discussions"), request, context)
    }

    private func begin(
        _ form: DiscussionForm,
        status: HTTPResponse.Status = .ok,
        _ request: Request,
        _ context: GalleryContext,
        _ asset: Asset
    ) async throws -> Response {
        let page = DiscussionNewPage(
            head: try await base.head(of: asset, .discussions, request, context),
            action: "\(asset.path)/discussions/new",
            cancelPath: "\(asset.path)/discussions",
            discussionTitle: form.title,
            text: form.text,
            error: form.error
        )
        return try await base.answer(
            page,
            of: asset,
            title: context.say("discussion.new"),
            status: status,
            request,
            context
        )
    }

    private func open(_ request: Request, _ context: GalleryContext, _ asset: Asset) async throws -> Response {
        let fields = try await base.pages.form(request, context)
        var form = DiscussionForm(title: fields["title"] ?? "", text: fields["text"] ?? "")
        do {
            let discussion = try await discussions.open(
                on: asset.id,
                title: form.title,
                description: form.text,
                isPullRequest: false,
                by: context.viewer
            )
            return base.pages.redirect(to: "\(asset.path)/discussions/\(discussion.number)", request, context)
        } catch let error as DiscussionError where [.invalid, .unprocessable].contains(error.problem.kind) {
            form.error = context.say(error.problem)
            return try await begin(form, status: .unprocessableContent, request, context, asset)
        }
    }

    private func show(_ request: Request, _ context: GalleryContext, _ asset: Asset) async throws -> Response {
        let number = try number(context)
        let details = try await discussions.details(number, of: asset.id, withPatch: false, by: context.viewer)
        let discussion = details.discussion
        var changes: DifferencePart?
        if discussion.isPullRequest, discussion.status != .merged, details.mayReadFiles {
            let found = try await base.assets.files.pullDifference(
                number,
                into: discussion.base,
                of: asset.id,
                by: context.viewer
            )
            changes = DifferencePart(found.difference, of: asset, context)
        }
        let page = DiscussionPage(
            details,
            changes: changes,
            head: try await base.head(of: asset, .discussions, request, context),
            asset: asset,
            now: base.assets.world.now(),
            context
        )
        return try await base.answer(page, of: asset, title: discussion.title, request, context)
    }

    /// A comment, the state, or both: which button was pressed decides.
    private func answer(_ request: Request, _ context: GalleryContext, _ asset: Asset) async throws -> Response {
        let number = try number(context)
        let fields = try await base.pages.form(request, context)
        let text = (fields["text"] ?? "").replacing("\r\n", with: "\n")
        let isBlank = text.allSatisfy(\.isWhitespace)
        let path = "\(asset.path)/discussions/\(number)"
        switch fields["action"] {
        case "close", "open":
            _ = try await discussions.setStatus(
                fields["action"] == "close" ? .closed : .open,
                comment: isBlank ? nil : text,
                on: number,
                of: asset.id,
                by: context.viewer
            )
        default:
            guard !isBlank else {
                let flash = context.say("discussion.blank")
                return base.pages.redirect(to: path, flash: flash, tone: .warning, request, context)
            }
            _ = try await discussions.comment(text, on: number, of: asset.id, by: context.viewer)
        }
        return base.pages.redirect(to: path, request, context)
    }

    private func merge(_ request: Request, _ context: GalleryContext, _ asset: Asset) async throws -> Response {
        let number = try number(context)
        _ = try await base.pages.form(request, context)
        _ = try await discussions.merge(number, comment: nil, of: asset.id, by: context.viewer)
        return base.pages.redirect(
            to: "\(asset.path)/discussions/\(number)",
            flash: context.say("discussion.merged"),
            request,
            context
        )
    }
}

struct DiscussionForm: Sendable {
    var title = ""
    var text = ""
    var error: String?
}
