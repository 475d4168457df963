import GalleryHub
package import GalleryServing
package import Hummingbird

/// The table of contents of the market's HTTP surface; added after the hub's, which finds out who asks.
package struct MarketRoutes: Sendable {
    private let slices: MarketSlices
    private let pages: Pages

    package init(slices: MarketSlices, pages: Pages) {
        self.slices = slices
        self.pages = pages
    }

    package func add(to router: Router<GalleryContext>, api: APIRoutes) {
        PreferenceRoutes().add(to: router)
        SitePages(pages: pages).add(to: router)
        HomePages(pages: pages).add(to: router)
        addPublishing(to: router, api: api)
        TalkRoutes(talk: slices.talk, hub: slices.hub, pages: pages).add(to: router, api: api)
    }

    /// Publishing and what goes with it.
    private func addPublishing(to router: Router<GalleryContext>, api: APIRoutes) {
        let finder = AssetFinder(repositories: slices.hub.repositories)
        PublishingRoutes(
            finder: finder,
            publishing: slices.publishing,
            versions: slices.versions,
            relations: slices.relations,
            people: slices.people
        ).add(to: api)
        CoverRoutes(finder: finder, covers: slices.covers).add(to: router, api: api)
        SubscriptionRoutes(finder: finder, subscriptions: slices.subscriptions).add(to: api)
        ApplicationRoutes(finder: finder, applications: slices.applications).add(to: api)
        AgreementRoutes(agreements: slices.agreements).add(to: api)
        WordRoutes(words: slices.words, database: slices.hub.database).add(to: api)
    }
}
