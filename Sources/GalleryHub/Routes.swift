package import GalleryServing
package import Hummingbird

/// The table of contents of the hub's HTTP surface.
package struct HubRoutes: Sendable {
    private let slices: HubSlices

    package init(slices: HubSlices) {
        self.slices = slices
    }

    package func add(to router: Router<GalleryContext>) {
        router.add(
            middleware: IdentityMiddleware(
                slices.identity,
                addresses: PublicAddress(slices.settings.server),
                exempt: XetRoutes.prefixes
            )
        )
        IdentityRoutes(slices.identity, settings: slices.settings).add(to: router)
        LargeFilesRoutes(largeFiles: slices.largeFiles).add(to: router)
        XetRoutes(xet: slices.xet).add(to: router)
        HuggingFaceRoutes(slices: slices).add(to: router)
        XetTokenRoutes(xet: slices.xet, repositories: slices.repositories).add(to: router)
    }
}
