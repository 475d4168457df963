import GalleryHub
import GalleryModel
import GalleryServing

/// `/api/v1/console/marks`; a mark is set by `PUT /api/v1/assets/…/marks`.
struct MarkRoutes: Sendable {
    let marking: Marking

    func add(to api: APIRoutes) {
        api.get(
            "console/marks",
            "List the assets that bear marks, or find some",
            for: .administrators,
            query: [
                .text("q", "A part of the name or title."), .choice("mark", Mark.self, "Only those with this mark."),
            ] + APIParameter.paging,
            answers: APIPage<MarkedAssetBody>.self
        ) { call in
            let (cursor, limit) = try call.paging(standard: 50)
            let query = try call.query()
            let found = try await marking.assets(
                containing: query["q"] ?? "",
                mark: query.choice("mark", Mark.self),
                after: cursor ?? "",
                limit: limit,
                by: call.viewer
            )
            return APIPage(items: found.assets.map(MarkedAssetBody.init), next: found.next)
        }
    }
}

/// An asset with its marks in the interface.
struct MarkedAssetBody: Codable, Sendable {
    var id: String
    var kind: String
    var name: String
    var title: String
    var state: String
    var marks: [String]

    init(_ asset: MarkedAsset) {
        id = asset.repo.rawValue
        kind = asset.kind.rawValue
        name = asset.name.description
        title = asset.title
        state = asset.listing.rawValue
        marks = asset.marks.map(\.rawValue)
    }
}
