package import GalleryHub
import GalleryModel
package import SearchIndex

/// What somebody looks for among the assets.
package struct AssetQuery: Sendable, Equatable {
    package static let longestText = 200
    static let maximumLimit = 100
    private static let maximumChoices = 50

    package var text = ""
    /// Chosen values: any of a facet's, and for tags and marks all of them.
    package var filters: [Facet: [String]] = [:]
    /// Only what this account owns, with all of it that the viewer may see, published or not.
    package var owner: Account?
    /// Nil for the usual one: by relevance where there is a text, else by trend.
    package var order: ShelfOrder?
    package var cursor: String?
    package var limit = 30
    /// How many values of each facet are told; more of them cost more than the search itself where each becomes a link.
    var valueLimit = 100

    package init() {}

    var effectiveOrder: ShelfOrder {
        guard SearchWish(text).isEmpty else { return order ?? .relevance }
        return order == .relevance ? .trending : order ?? .trending
    }

    func shelfQuery() throws -> ShelfQuery {
        guard text.unicodeScalars.count <= Self.longestText else {
            throw Problem.invalid("search-too-long", "Search for at most \(Self.longestText) characters.")
        }
        guard filters.values.reduce(0, { $0 + $1.count }) <= Self.maximumChoices else {
            throw Problem.invalid("search-too-narrow", "Choose at most \(Self.maximumChoices) values.")
        }
        var query = ShelfQuery()
        query.filters = filters
        if let owner { query.filters[.owner] = [owner.name.lowercased()] }
        query.order = effectiveOrder
        query.limit = max(1, min(limit, Self.maximumLimit))
        query.valueLimit = valueLimit
        if let cursor {
            guard let after = ShelfCursor(cursor) else {
                throw Problem.invalid(
                    "cursor-invalid",
                    "This page of the list does not exist: start from the first one."
                )
            }
            query.after = after
        }
        return query
    }
}

/// A page of what was found.
package struct AssetList: Sendable, Equatable {
    package var assets: [AssetCard]
    /// How many there are altogether.
    package var total: Int
    /// How many there would be with a value chosen, the commonest first.
    package var facets: [Facet: [ShelfAnswer.Count]]
    /// Give it back for the next page; nil at the end.
    package var next: String?
}
