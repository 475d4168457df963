import GalleryModel
package import GalleryServing
package import HTTPTypes
package import Hummingbird

/// The table of contents of the hub's HTTP surface.
package struct HubRoutes: Sendable {
    private let slices: HubSlices
    /// Starts of paths of other modules whose callers show credentials of their own kind.
    private let exempt: [String]

    package init(slices: HubSlices, exempt: [String] = []) {
        self.slices = slices
        self.exempt = exempt
    }

    package func add(to router: Router<GalleryContext>, api: APIRoutes) {
        router.add(
            middleware: IdentityMiddleware(
                slices.identity,
                addresses: PublicAddress(slices.settings.server),
                exempt: XetRoutes.prefixes + exempt
            )
        )
        IdentityRoutes(slices.identity, settings: slices.settings).add(to: router, api: api)
        LargeFilesRoutes(largeFiles: slices.largeFiles).add(to: router)
        XetRoutes(xet: slices.xet).add(to: router)
        HuggingFaceRoutes(slices: slices).add(to: router)
        XetTokenRoutes(xet: slices.xet, repositories: slices.repositories).add(to: router)
    }

    /// Whether a request is answered from memory and a few rows: what a file is, and what a repository is.
    @Sendable package static func isBrief(_ request: HTTPRequest) -> Bool {
        // Parts beyond these say nothing more, however long the address is.
        let parts = request.path?.utf8.prefix { $0 != UInt8(ascii: "?") }.split(
            separator: UInt8(ascii: "/"),
            maxSplits: 4
        )
        guard let parts, parts.count >= 4 else { return false }
        switch request.method {
        case .head: return parts[2...3].contains { $0.elementsEqual("resolve".utf8) }
        case .get:
            return parts.count == 4 && parts[0].elementsEqual("api".utf8)
                && RepoKind(plural: String(Substring(parts[1]))) != nil
        default: return false
        }
    }
}
