import Foundation
import GalleryModel
import GalleryServing
import Hummingbird

/// Likes, followers and profiles.
struct LikesRoutes {
    let likes: Likes

    func add(to repos: RepoRouter) {
        repos.api(.post, "/like", use: like)
        repos.api(.delete, "/like", use: unlike)
        repos.api(.get, "/likers", use: likers)
        let router = repos.router
        router.get("api/users/:account/likes", use: liked)
        for (path, kind) in [("users", AccountKind.user), ("organizations", .organization)] {
            router.get("api/\(path)/:account/overview") { try await overview($0, $1, kind) }
            router.get("api/\(path)/:account/followers") { try await followers($0, $1, kind) }
            router.post("api/\(path)/:account/follow") { request, context in
                try await likes.follow(context.segment("account"), kind, by: context.viewer)
                return try Response.done()
            }
            router.delete("api/\(path)/:account/follow") { request, context in
                try await likes.unfollow(context.segment("account"), kind, by: context.viewer)
                return try Response.done()
            }
        }
        router.get("api/users/:account/following") { request, context in
            let page = try await likes.following(
                of: context.segment("account"),
                request.query().page(),
                by: context.viewer
            )
            return try users(page, request, context)
        }
    }

    @Sendable private func like(
        _ request: Request,
        context: GalleryContext,
        repo: RepoLocation
    ) async throws -> Response {
        try await likes.like(repo.id, by: context.viewer)
        return try .done()
    }

    @Sendable private func unlike(
        _ request: Request,
        context: GalleryContext,
        repo: RepoLocation
    ) async throws -> Response {
        try await likes.unlike(repo.id, by: context.viewer)
        return try .done()
    }

    @Sendable private func likers(
        _ request: Request,
        context: GalleryContext,
        repo: RepoLocation
    ) async throws -> Response {
        try await users(likes.likers(of: repo.id, request.query().page(), by: context.viewer), request, context)
    }

    @Sendable private func liked(_ request: Request, context: GalleryContext) async throws -> Response {
        let page = try await likes.likes(of: context.segment("account"), request.query().page(), by: context.viewer)
        return try .wire(page.elements.map(LikeBody.init), next: request.link(page.next, context))
    }

    private func followers(_ request: Request, _ context: GalleryContext, _ kind: AccountKind) async throws -> Response
    {
        try await users(
            likes.followers(of: context.segment("account"), kind, request.query().page(), by: context.viewer),
            request,
            context
        )
    }

    private func overview(_ request: Request, _ context: GalleryContext, _ kind: AccountKind) async throws -> Response {
        try await .wire(ProfileBody(likes.profile(of: context.segment("account"), kind, by: context.viewer)))
    }

    private func users(_ page: Listed<Account>, _ request: Request, _ context: GalleryContext) throws -> Response {
        try .wire(page.elements.map(UserBody.init), next: request.link(page.next, context))
    }
}

private struct LikeBody: Encodable {
    struct Repo: Encodable {
        var name: String
        var type: String
    }

    let repo: Repo
    let createdAt: Date

    init(_ like: LikedRepo) {
        repo = Repo(name: like.name.description, type: like.kind.hubType)
        createdAt = like.likedAt
    }
}

private struct ProfileBody: Encodable {
    struct Organization: Encodable {
        var id: String
        var name: String
        var fullname: String
        var avatarUrl: String
    }

    let id: String
    /// Of a person.
    let user: String?
    let name: String
    let fullname: String
    let avatarUrl: String
    let type: String
    let details: String
    let createdAt: Date
    let isPro = false
    let isFollowing: Bool
    let numModels: Int
    let numDatasets: Int
    let numSpaces: Int
    let numFollowers: Int
    let numFollowing: Int?
    let numLikes: Int?
    let numDiscussions: Int?
    let numUsers: Int?
    let orgs: [Organization]?

    init(_ profile: Profile) {
        let account = profile.account
        let isUser = account.kind == .user
        id = account.publicID
        user = isUser ? account.name : nil
        name = account.name
        fullname = account.nickname
        avatarUrl = account.avatarPath
        type = isUser ? "user" : "org"
        details = account.bio
        createdAt = account.createdAt
        isFollowing = profile.isFollowedByViewer
        numModels = profile.repositories[.model] ?? 0
        numDatasets = profile.repositories[.dataset] ?? 0
        numSpaces = profile.repositories[.app] ?? 0
        numFollowers = profile.followers
        numFollowing = isUser ? profile.following : nil
        numLikes = isUser ? profile.likes : nil
        numDiscussions = isUser ? profile.discussions : nil
        numUsers = isUser ? nil : profile.members
        orgs =
            isUser
            ? profile.organizations.map {
                Organization(id: $0.publicID, name: $0.name, fullname: $0.nickname, avatarUrl: $0.avatarPath)
            } : nil
    }
}
