import GalleryHub
import GalleryServing
import Hummingbird

/// The table of contents of the operations console: its pages, and its operations of `/api/v1/console`.
struct ConsoleRoutes: Sendable {
    let slices: MarketSlices
    let pages: Pages

    func add(to router: Router<GalleryContext>, api: APIRoutes) {
        let overview = slices.console.overview
        OverviewPages(overview: overview, pages: pages).add(to: router)
        api.group("Operations") { OverviewRoutes(overview: overview).add(to: $0) }
    }
}
