import GalleryHub
import GalleryModel
import GalleryServing
import Hummingbird

/// Comments in the interface.
struct CommentRoutes: Sendable {
    let comments: Comments
    let repositories: Repositories

    func add(to api: APIRoutes) {
        api.get(
            "assets/{kind}/{owner}/{name}/comments",
            "List the comments on an asset, in threads",
            for: .everyone,
            query: [.choice("sort", CommentOrder.self, "The order: the newest or the most liked first.")]
                + APIParameter.paging,
            answers: CommentListBody.self
        ) { call in
            let (cursor, limit) = try call.paging(standard: 20, maximum: 50)
            let order = try CommentOrder.named(call.query()["sort"])
            let subject = try await subject(call)
            return CommentListBody(
                try await comments.list(on: subject, order, after: cursor, limit: limit, by: call.viewer)
            )
        }
        api.send(
            .post,
            "assets/{kind}/{owner}/{name}/comments",
            "Comment on an asset, or answer a comment",
            body: NewCommentBody.self,
            answers: CommentBody.self,
            status: .created
        ) { call in
            CommentBody(
                try await comments.write(
                    call.body.text,
                    on: subject(call),
                    replyingTo: call.body.replyTo,
                    by: call.viewer
                )
            )
        }
        api.get(
            "comments/{comment}",
            "Show a thread: the comment that began it, and its replies",
            for: .everyone,
            query: APIParameter.paging,
            answers: CommentThreadBody.self
        ) { call in
            let (cursor, limit) = try call.paging(standard: 50, maximum: 100)
            return CommentThreadBody(
                try await comments.thread(call.path("comment"), after: cursor, limit: limit, by: call.viewer)
            )
        }
        api.send(
            .patch,
            "comments/{comment}",
            "Change your own comment",
            body: CommentTextBody.self,
            answers: CommentBody.self
        ) { call in
            CommentBody(try await comments.edit(call.path("comment"), to: call.body.text, by: call.viewer))
        }
        api.send(.delete, "comments/{comment}", "Delete your own comment") { call in
            try await comments.delete(call.path("comment"), by: call.viewer)
        }
        addLikes(to: api)
        addModeration(to: api)
    }

    private func addLikes(to api: APIRoutes) {
        api.send(.put, "comments/{comment}/like", "Like a comment", answers: CommentBody.self) { call in
            CommentBody(try await comments.setLiked(true, call.path("comment"), by: call.viewer))
        }
        api.send(.delete, "comments/{comment}/like", "Take a like back", answers: CommentBody.self) { call in
            CommentBody(try await comments.setLiked(false, call.path("comment"), by: call.viewer))
        }
        api.get(
            "mentions",
            "Find people to name in a comment",
            query: [.text("q", "The beginning of the name.")],
            answers: APIPage<MentionBody>.self
        ) { call in
            let people = try await comments.people(named: call.query()["q"] ?? "", by: call.viewer)
            let items = people.map {
                MentionBody(name: $0.name, nickname: $0.nickname, avatarUrl: $0.avatarPath)
            }
            return APIPage(items: items, next: nil)
        }
    }

    private func addModeration(to api: APIRoutes) {
        api.send(
            .put,
            "comments/{comment}/report",
            "Report a comment to the moderators",
            body: CommentReasonBody.self
        ) { call in
            try await comments.report(call.path("comment"), reason: call.body.reason, by: call.viewer)
        }
        api.send(
            .put,
            "comments/{comment}/hiding",
            "Hide a comment",
            for: .reviewers,
            body: CommentReasonBody.self,
            answers: CommentBody.self
        ) { call in
            CommentBody(try await comments.hide(call.path("comment"), reason: call.body.reason, by: call.viewer))
        }
        api.send(
            .delete,
            "comments/{comment}/hiding",
            "Show a hidden comment again",
            for: .reviewers,
            answers: CommentBody.self
        ) { call in
            CommentBody(try await comments.restore(call.path("comment"), by: call.viewer))
        }
        api.get(
            "comment-reports",
            "List reported comments",
            for: .reviewers,
            query: APIParameter.paging,
            answers: APIPage<ReportedCommentBody>.self
        ) { call in
            let (cursor, limit) = try call.paging(standard: 20, maximum: 50)
            let (reported, next) = try await comments.reported(after: cursor, limit: limit, by: call.viewer)
            return APIPage(items: reported.map(ReportedCommentBody.init), next: next)
        }
        api.send(.delete, "comment-reports/{comment}", "Find nothing wrong with a reported comment", for: .reviewers) {
            call in
            try await comments.dismissReports(of: call.path("comment"), by: call.viewer)
        }
    }

    private func subject<Body>(_ call: APICall<Body>) async throws -> CommentSubject {
        let text = try call.path("kind")
        guard let kind = RepoKind(hubType: text) ?? RepoKind(plural: text) else {
            throw Problem(.missing, "kind-unknown", "There are no assets of the kind '\(text.prefix(40))'.")
        }
        let name = try RepoName(owner: call.path("owner"), name: call.path("name"))
        return .asset(try await repositories.locate(kind, name, by: call.viewer).id)
    }
}
