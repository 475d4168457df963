import GalleryHub
import GalleryModel
import GalleryServing
import Hummingbird
import SearchIndex

/// `/OWNER`: a person or an organisation with what they publish.
struct PeoplePages: Sendable {
    static let kinds: [RepoKind] = [.model, .dataset, .algorithm, .notebook]
    private static let shownMembers = 24

    let discovery: Discovery
    let identity: Identity
    let likes: Likes
    let pages: Pages

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/:owner", use: show)
        router.post("/follows", use: follow)
    }

    @Sendable private func show(_ request: Request, context: GalleryContext) async throws -> Response {
        let asked = try context.segment("owner")
        let account = try await identity.accounts.account(named: asked)
        guard asked == account.name else {
            let query = request.uri.query.map { "?\($0)" } ?? ""
            return Response.redirect(to: "/\(account.name)\(query)", type: .permanent)
        }
        let profile = try await likes.profile(of: account.name, account.kind, by: context.viewer)
        let members = try await members(of: account, by: context.viewer)
        let parameters = try request.query()
        let kind = parameters["kind"].flatMap(RepoKind.init(rawValue:)).flatMap { Self.kinds.contains($0) ? $0 : nil }
        var query = AssetQuery()
        query.owner = account
        query.order = .updated
        query.cursor = parameters["cursor"].flatMap { $0.isEmpty ? nil : $0 }
        if let kind { query.filters[.kind] = [kind.rawValue] }
        let list = try await discovery.list(query, by: context.viewer)
        let reader = Reader(context, now: discovery.world.now())
        let page = PersonPage(profile, members, list, kind, isFirst: query.cursor == nil, context.viewer, reader)
        return try await pages.answer(page, title: page.nickname, request, context)
    }

    private func members(of account: Account, by viewer: Viewer) async throws -> [Account] {
        guard account.kind == .organization else { return [] }
        return try await likes.members(of: account.name, ListPage(limit: Self.shownMembers), by: viewer).elements
    }

    @Sendable private func follow(_ request: Request, context: GalleryContext) async throws -> Response {
        let form = try await pages.form(request, context)
        let account = try await identity.accounts.account(named: form["account"] ?? "")
        if form["on"] == "1" {
            try await likes.follow(account.name, account.kind, by: context.viewer)
        } else {
            try await likes.unfollow(account.name, account.kind, by: context.viewer)
        }
        return pages.redirect(to: "/\(account.name)", request, context)
    }
}
