import GalleryHub
import GalleryModel
import GalleryServing
import Hummingbird

/// The forms at a comment: each does one thing and leads back to where the comment stands.
struct CommentActionRoutes: Sendable {
    typealias Action = @Sendable (_ id: String, _ fields: QueryParameters, _ viewer: Viewer) async throws -> Void

    /// The page of a comment again, with what could not be done to it; nil where it stands on no page of an asset.
    typealias Fault =
        @Sendable (
            _ id: String, _ draft: CommentDraft, _ problem: Problem, _ request: Request, _ context: GalleryContext
        ) async throws -> Response?

    let comments: Comments
    let pages: Pages
    let fault: Fault

    func add(to router: some RouterMethods<GalleryContext>) {
        on("like", nil, router) { id, _, viewer in _ = try await comments.setLiked(true, id, by: viewer) }
        on("unlike", nil, router) { id, _, viewer in _ = try await comments.setLiked(false, id, by: viewer) }
        on("edit", "comments.saved", router) { id, fields, viewer in
            _ = try await comments.edit(id, to: fields["text"] ?? "", by: viewer)
        }
        on("delete", "comments.removed", router) { id, _, viewer in try await comments.delete(id, by: viewer) }
        on("report", "comments.reported", router) { id, fields, viewer in
            try await comments.report(id, reason: fields["reason"] ?? "", by: viewer)
        }
        on("hide", "comments.hid", router) { id, fields, viewer in
            _ = try await comments.hide(id, reason: fields["reason"] ?? "", by: viewer)
        }
        on("restore", "comments.restored", router) { id, _, viewer in
            _ = try await comments.restore(id, by: viewer)
        }
        on("dismiss", "comments.dismissed", router) { id, _, viewer in
            try await comments.dismissReports(of: id, by: viewer)
        }
    }

    private func on(
        _ name: String,
        _ flash: String?,
        _ router: some RouterMethods<GalleryContext>,
        _ action: @escaping Action
    ) {
        router.post("/comments/:comment/\(name)") { request, context in
            let fields = try await pages.form(request, context)
            let back = Pages.localPath(fields["back"]) ?? "/"
            do {
                try await action(context.segment("comment"), fields, context.viewer)
            } catch let problem as CommentError
                where problem.problem.kind == .unprocessable || problem.problem.kind == .throttled
            {
                if let purpose = CommentDraft.Purpose(rawValue: name) {
                    let draft = CommentDraft(
                        purpose: purpose,
                        text: fields["text"] ?? fields["reason"] ?? "",
                        error: context.say(problem.problem)
                    )
                    let id = try context.segment("comment")
                    if let page = try await fault(id, draft, problem.problem, request, context) { return page }
                }
                return pages.redirect(to: back, flash: context.say(problem.problem), tone: .danger, request, context)
            }
            return pages.redirect(to: back, flash: flash.map { context.say($0) }, request, context)
        }
    }
}
