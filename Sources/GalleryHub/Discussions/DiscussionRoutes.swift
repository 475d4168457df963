import GalleryModel
import GalleryServing
import Hummingbird

/// Discussions and pull requests over HTTP.
struct DiscussionRoutes {
    private static let pageSize = 50

    let discussions: Discussions

    func add(to repos: RepoRouter) {
        repos.api(.get, "/discussions", use: list)
        repos.api(.post, "/discussions", use: open)
        repos.api(.get, "/discussions/:number", use: details)
        repos.api(.post, "/discussions/:number/comment", use: comment)
        repos.api(.post, "/discussions/:number/title", use: rename)
        repos.api(.post, "/discussions/:number/status", use: setStatus)
        repos.api(.post, "/discussions/:number/merge", use: merge)
        repos.api(.post, "/discussions/:number/comment/:event/edit", use: edit)
        repos.api(.post, "/discussions/:number/comment/:event/hide", use: hide)
    }

    @Sendable private func list(
        _ request: Request,
        context: GalleryContext,
        repo: RepoLocation
    ) async throws -> Response {
        let query = try request.query()
        var filter = DiscussionFilter(author: query["author"])
        switch query["type"] {
        case "pull_request": filter.isPullRequest = true
        case "discussion": filter.isPullRequest = false
        case nil, "", "all": break
        case _?: throw Problem.invalid("discussion-type-unknown", "'type' is one of pull_request, discussion, all.")
        }
        switch query["status"] {
        case "open": filter.isOpen = true
        case "closed": filter.isOpen = false
        case nil, "", "all": break
        case _?: throw Problem.invalid("discussion-status-unknown", "'status' is one of open, closed, all.")
        }
        let start = (try query.integer("p", in: 0...100_000) ?? 0) * Self.pageSize
        let found = try await discussions.list(
            of: repo.id,
            filter,
            ListPage(offset: start, limit: Self.pageSize),
            by: context.viewer
        )
        let place = RepoPlace(request, repo)
        return try .wire(
            DiscussionListBody(
                count: found.count,
                start: start,
                discussions: found.discussions.map { DiscussionBody($0, place) }
            )
        )
    }

    @Sendable private func open(
        _ request: Request,
        context: GalleryContext,
        repo: RepoLocation
    ) async throws -> Response {
        let body = try await request.json(OpenRequest.self, context: context)
        let opened = try await discussions.open(
            on: repo.id,
            title: body.title,
            description: body.description ?? "",
            isPullRequest: body.pullRequest ?? false,
            by: context.viewer
        )
        return try .wire(DiscussionBody(opened, RepoPlace(request, repo)))
    }

    @Sendable private func details(
        _ request: Request,
        context: GalleryContext,
        repo: RepoLocation
    ) async throws -> Response {
        let details = try await discussions.details(
            number(context),
            of: repo.id,
            withPatch: request.query().truth("diff"),
            by: context.viewer
        )
        return try .wire(DiscussionDetailsBody(details, RepoPlace(request, repo)))
    }

    @Sendable private func comment(
        _ request: Request,
        context: GalleryContext,
        repo: RepoLocation
    ) async throws -> Response {
        let body = try await request.json(CommentRequest.self, context: context)
        let event = try await discussions.comment(body.comment, on: number(context), of: repo.id, by: context.viewer)
        return try .wire(["newMessage": DiscussionEventBody(event)])
    }

    @Sendable private func rename(
        _ request: Request,
        context: GalleryContext,
        repo: RepoLocation
    ) async throws -> Response {
        let body = try await request.json(TitleRequest.self, context: context)
        let event = try await discussions.rename(number(context), to: body.title, of: repo.id, by: context.viewer)
        return try .wire(["newTitle": DiscussionEventBody(event)])
    }

    @Sendable private func setStatus(
        _ request: Request,
        context: GalleryContext,
        repo: RepoLocation
    ) async throws -> Response {
        let body = try await request.json(StatusRequest.self, context: context)
        guard let status = DiscussionStatus(rawValue: body.status) else { throw DiscussionError.badStatus }
        let event = try await discussions.setStatus(
            status,
            comment: body.comment,
            on: number(context),
            of: repo.id,
            by: context.viewer
        )
        return try .wire(["newStatus": DiscussionEventBody(event)])
    }

    @Sendable private func merge(
        _ request: Request,
        context: GalleryContext,
        repo: RepoLocation
    ) async throws -> Response {
        let body = try await request.json(MergeRequest.self, context: context)
        let commit = try await discussions.merge(
            number(context),
            comment: body.comment,
            of: repo.id,
            by: context.viewer
        )
        return try .wire(["mergeCommitId": commit.hex])
    }

    @Sendable private func edit(
        _ request: Request,
        context: GalleryContext,
        repo: RepoLocation
    ) async throws -> Response {
        let body = try await request.json(EditRequest.self, context: context)
        let event = try await discussions.edit(
            context.segment("event").lowercased(),
            to: body.content,
            on: number(context),
            of: repo.id,
            by: context.viewer
        )
        return try .wire(["updatedComment": DiscussionEventBody(event)])
    }

    @Sendable private func hide(
        _ request: Request,
        context: GalleryContext,
        repo: RepoLocation
    ) async throws -> Response {
        let event = try await discussions.hide(
            context.segment("event").lowercased(),
            on: number(context),
            of: repo.id,
            by: context.viewer
        )
        return try .wire(["updatedComment": DiscussionEventBody(event)])
    }

    private func number(_ context: GalleryContext) throws -> Int {
        guard let number = Int(try context.segment("number")), number > 0 else {
            throw Problem(.missing, "discussion-unknown", "There is no such discussion here.")
        }
        return number
    }
}

private struct OpenRequest: Decodable {
    var title: String
    var description: String?
    var pullRequest: Bool?
}

private struct CommentRequest: Decodable {
    var comment: String
}

private struct TitleRequest: Decodable {
    var title: String
}

private struct StatusRequest: Decodable {
    var status: String
    var comment: String?
}

private struct MergeRequest: Decodable {
    var comment: String?
}

private struct EditRequest: Decodable {
    var content: String
}
