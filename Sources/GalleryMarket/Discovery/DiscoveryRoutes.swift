import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import SearchIndex

/// `/api/v1/assets` and `/api/v1/favourites`
struct DiscoveryRoutes: Sendable {
    let discovery: Discovery
    let favourites: Favourites

    func add(to api: APIRoutes) {
        api.get("assets", "Find assets", for: .everyone, query: Self.parameters, answers: AssetListBody.self) { call in
            let parameters = try call.query()
            var query = try ListAddress(path: "", kind: RepoKind.named(parameters["kind"]), parameters).query
            query.limit = try call.paging(maximum: AssetQuery.maximumLimit).limit
            return AssetListBody(try await discovery.list(query, by: call.viewer))
        }
        for (method, summary, isOn) in [
            (HTTPRequest.Method.put, "Keep an asset among one's favourites", true),
            (.delete, "Keep it no longer", false),
        ] {
            api.send(method, "assets/{kind}/{owner}/{name}/favourite", summary, answers: FavouriteBody.self) { call in
                guard let kind = try RepoKind.named(call.path("kind")) else {
                    throw AccessError.notFound(to: call.viewer)
                }
                let name = RepoName(owner: try call.path("owner"), name: try call.path("name"))
                let count = try await favourites.set(isOn, kind, name, by: call.viewer)
                return FavouriteBody(isOn: isOn, favourites: count)
            }
        }
        api.get(
            "favourites",
            "One's favourites, the latest first",
            query: [.choice("kind", RepoKind.self, "Only assets of this kind.")] + APIParameter.paging,
            answers: APIPage<AssetBody>.self
        ) { call in
            let (cursor, limit) = try call.paging(maximum: AssetQuery.maximumLimit)
            let kind = try RepoKind.named(call.query()["kind"])
            let list = try await favourites.list(kind, cursor: cursor, limit: limit, by: call.viewer)
            return APIPage(items: list.assets.map(AssetBody.init), next: list.next)
        }
    }

    /// Those that are no open set.
    private static let choices: [Facet: [String]] = [
        .mark: Mark.allCases.map(\.rawValue), .access: ["open", "gated"],
    ]

    private static let parameters: [APIParameter] =
        [
            .text("q", "Words or parts of names, in Chinese or English; all must be found."),
            .choice("kind", RepoKind.self, "Only assets of this kind."),
            .choice("sort", ShelfOrder.self, "The order; by relevance with a text, else by trend."),
        ]
        + ListAddress.facets.map {
            .list($0.parameter, "Only assets with one of these; of tags and marks, with all.", of: choices[$0] ?? [])
        }
        + APIParameter.paging
}
