package import GalleryDatabase
package import GalleryHub
package import GalleryModel
import SearchIndex

/// Finding assets: lists, search, facets, marks.
package struct Discovery: Sendable {
    private static let changesAtOnce = 5000

    let database: any Database
    let world: World
    package let indexer: SearchIndexer
    private let keeper = ShelfKeeper()

    package init(database: any Database, files: Files, world: World) {
        self.database = database
        self.world = world
        indexer = SearchIndexer(database: database, files: files, world: world)
    }

    /// What fits and the viewer may see, best first, with the facets of all of it.
    package func list(_ query: AssetQuery, by viewer: Viewer) async throws -> AssetList {
        var question = try query.shelfQuery()
        let wish = SearchWish(query.text)
        guard query.text.allSatisfy(\.isWhitespace) || !wish.isEmpty else {
            return AssetList(assets: [], total: 0, facets: [:])
        }
        let shelf = try await shelf()
        question.extras = try await database.read { db in
            try db.unlistedNumbers(for: viewer, of: query.owner?.id)
        }
        let answer = wish.isEmpty ? shelf.search(question) : try await search(shelf, question, wish)
        let assets = try await database.read { db in
            try db.assets(answer.numbers, unpublished: query.owner != nil, for: viewer)
        }
        return AssetList(
            assets: answer.numbers.compactMap { assets[$0] },
            total: answer.total,
            facets: answer.facets,
            next: answer.next?.description
        )
    }

    /// Best fits first, where that is the order: the name itself, then names, tags, descriptions, introductions.
    ///
    /// The sets between names and everything cost as much as those, and most pages end among the names.
    private func search(_ shelf: Shelf, _ question: ShelfQuery, _ wish: SearchWish) async throws -> ShelfAnswer {
        var question = question
        let everything = DiscoveryMigrations.texts.columns.count
        guard question.order == .relevance else {
            question.matches = [try await matches(of: wish, width: everything)]
            return shelf.search(question)
        }
        async let named = database.read { db in NumberSet(try db.numbers(named: wish.text)) }
        async let narrowest = matches(of: wish, width: 1)
        async let widest = matches(of: wish, width: everything)
        let ends = try await (narrow: narrowest, wide: widest)
        let best = try await named.intersection(ends.wide)
        if question.after.map({ $0.tier < 2 }) ?? true {
            question.matches = [best, ends.narrow, ends.wide]
            let answer = shelf.search(question)
            if answer.deepest < 2 { return answer }
        }
        async let tagged = matches(of: wish, width: 2)
        async let described = matches(of: wish, width: 3)
        question.matches = try await [best, ends.narrow, tagged, described, ends.wide]
        return shelf.search(question)
    }

    private func matches(of wish: SearchWish, width: Int) async throws -> NumberSet {
        try await database.read { db in try db.matches(of: wish, width: width) }
    }

    /// What the viewer has worked on last.
    package func recent(of viewer: Viewer, limit: Int = 5) async throws -> [AssetCard] {
        guard let account = viewer.account, viewer.onlyRepo == nil else { return [] }
        return try await database.read { db in try db.latestAssets(of: account.id, limit: limit) }
    }

    /// Reads what has changed since the last time.
    func shelf() async throws -> Shelf {
        while true {
            let mark = await keeper.mark
            let changes = try await database.read { db in try db.shelfChanges(after: mark, limit: Self.changesAtOnce) }
            let shelf = await keeper.take(changes)
            if changes.count < Self.changesAtOnce { return shelf }
        }
    }
}
