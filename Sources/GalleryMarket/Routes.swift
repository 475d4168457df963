package import GalleryServing
package import Hummingbird

/// The table of contents of the market's HTTP surface.
package struct MarketRoutes: Sendable {
    private let slices: MarketSlices

    package init(slices: MarketSlices) {
        self.slices = slices
    }

    package func add(to router: Router<GalleryContext>) {}
}
