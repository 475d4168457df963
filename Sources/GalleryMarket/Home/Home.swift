import GalleryHub
import GalleryModel
import SearchIndex

/// What the front page shows.
struct HomeContents: Sendable {
    /// How many there are of each kind.
    var counts: [RepoKind: Int] = [:]
    var selected: [AssetCard] = []
    var models: [AssetCard] = []
    var datasets: [AssetCard] = []
    var newest: [AssetCard] = []
    /// What the viewer has worked on last.
    var own: [AssetCard] = []

    var isEmpty: Bool { counts.values.allSatisfy { $0 == 0 } }
}

extension Discovery {
    func home(by viewer: Viewer) async throws -> HomeContents {
        var contents = HomeContents()
        let newest = try await list(query(limit: 6, order: .newest), by: viewer)
        for count in newest.facets[.kind] ?? [] {
            if let kind = RepoKind(rawValue: count.text) { contents.counts[kind] = count.count }
        }
        contents.own = try await recent(of: viewer)
        guard !contents.isEmpty else { return contents }
        contents.newest = newest.assets
        contents.models = try await list(query(limit: 8, filters: [.kind: [RepoKind.model.rawValue]]), by: viewer)
            .assets
        contents.datasets = try await list(query(limit: 8, filters: [.kind: [RepoKind.dataset.rawValue]]), by: viewer)
            .assets
        for mark in [Mark.featured, .official] where contents.selected.count < 6 {
            let marked = try await list(query(limit: 6, filters: [.mark: [mark.rawValue]]), by: viewer).assets
            contents.selected += marked.filter { !contents.selected.contains($0) }.prefix(6 - contents.selected.count)
        }
        return contents
    }

    private func query(limit: Int, order: ShelfOrder = .trending, filters: [Facet: [String]] = [:]) -> AssetQuery {
        var query = AssetQuery()
        query.limit = limit
        query.order = order
        query.filters = filters
        return query
    }
}
