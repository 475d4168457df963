package import GalleryModel
package import Hummingbird
package import HummingbirdCore
import NIOCore

/// The HTTP edge that every feature stands behind: middleware, health, limits of connections.
package struct Edge: Sendable {
    private let settings: Settings
    private let world: World
    private let checks: [ReadinessCheck]

    package init(settings: Settings, world: World, checks: [ReadinessCheck]) {
        self.settings = settings
        self.world = world
        self.checks = checks
    }

    /// A router with everything of the edge, and the features that `add` puts on it.
    package func router(_ add: (Router<GalleryContext>) -> Void) -> Router<GalleryContext> {
        let router = Router(context: GalleryContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: RequestMiddleware(settings: settings.server, world: world))
        router.add(middleware: ProblemMiddleware())
        HealthRoutes(checks: checks).add(to: router)
        add(router)
        return router
    }

    /// How connections are taken.
    package var server: HTTPServerBuilder {
        .http1(configuration: .init(idleTimeout: .seconds(Int64(settings.server.idleSeconds))))
    }
}
