package import GalleryServing
package import Hummingbird

/// The table of contents of the hub's HTTP surface.
package struct HubRoutes: Sendable {
    private let slices: HubSlices

    package init(slices: HubSlices) {
        self.slices = slices
    }

    package func add(to router: Router<GalleryContext>) {
    }
}
