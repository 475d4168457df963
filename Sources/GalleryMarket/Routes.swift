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
    }
}
