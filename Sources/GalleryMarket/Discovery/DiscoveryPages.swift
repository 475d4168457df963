import GalleryModel
import GalleryServing
import Hummingbird

/// The lists of assets, and the search over all of them.
struct DiscoveryPages: Sendable {
    private static let kinds: [RepoKind] = [.model, .dataset, .algorithm, .notebook]

    let discovery: Discovery
    let pages: Pages

    func add(to router: some RouterMethods<GalleryContext>) {
        for kind in Self.kinds {
            router.get("/\(kind.plural)") { request, context in try await list(kind, request, context) }
        }
        router.get("/search") { request, context in try await list(nil, request, context) }
    }

    private func list(_ kind: RepoKind?, _ request: Request, _ context: GalleryContext) async throws -> Response {
        let address = try ListAddress(path: request.uri.path, kind: kind, request.query())
        var query = address.query
        query.valueLimit = AssetListPage.valuesOffered
        let found = try await discovery.list(query, by: context.viewer)
        let page = AssetListPage(address, kind: kind, found, Reader(context, now: discovery.world.now()))
        return try await pages.answer(page, title: page.title, request, context)
    }
}
