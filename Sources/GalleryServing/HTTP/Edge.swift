package import GalleryModel
package import HTTPTypes
package import Hummingbird
package import HummingbirdCore
import NIOCore

/// The HTTP edge that every feature stands behind: middleware, health, metrics, limits of connections.
package struct Edge: Sendable {
    private static let maximumHeaderBytes = 64 << 10

    package let metrics = Metrics()
    private let settings: Settings
    private let world: World
    private let checks: [ReadinessCheck]
    private let log: AccessLog
    private let numbering: RequestNumbering
    private let pages: Pages?

    package init(
        settings: Settings,
        world: World,
        checks: [ReadinessCheck] = [],
        log: AccessLog? = nil,
        pages: Pages? = nil
    ) {
        self.settings = settings
        self.world = world
        self.checks = checks
        numbering = RequestNumbering(world: world)
        self.pages = pages
        self.log = log ?? AccessLog(settings: settings.logging, world: world)
    }

    /// A router with everything of the edge, and the features that `add` puts on it.
    package func router(_ add: (Router<GalleryContext>) -> Void) -> Router<GalleryContext> {
        let router = Router(context: GalleryContext.self, options: .autoGenerateHeadEndpoints)
        router.add(
            middleware: RequestMiddleware(
                settings: settings,
                numbering: numbering,
                metrics: metrics,
                log: log,
                pages: pages
            )
        )
        router.add(middleware: ProblemMiddleware())
        HealthRoutes(checks: checks).add(to: router)
        MetricsRoutes(metrics: metrics, audience: settings.server.metrics).add(to: router)
        if let pages { StaticRoutes(pages: pages).add(to: router) }
        add(router)
        return router
    }

    /// How connections are taken. Requests that `isBrief` names are answered on the event loop of their connection.
    package func server(brief isBrief: @escaping @Sendable (HTTPRequest) -> Bool = { _ in false }) -> HTTPServerBuilder
    {
        let (settings, numbering, metrics) = (settings.server, numbering, metrics)
        let configuration = HTTP1Channel.Configuration(
            additionalChannelHandlers: [ConnectionGuard(settings: settings, numbering: numbering, metrics: metrics)],
            idleTimeout: .seconds(Int64(settings.idleSeconds)),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: Self.maximumHeaderBytes,
                maxHeaderListSize: Self.maximumHeaderBytes,
                maxHeaderFieldCount: 200
            )
        )
        return HTTPServerBuilder { responder in
            LoopChannel(configuration: configuration, isBrief: isBrief, responder: responder)
        }
    }
}
