import Foundation
import GalleryCompute
import GalleryDatabase
import GalleryHub
import GalleryMarket
import GalleryModel
import GalleryServing
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import UnixSignals

/// The composition root: opens what a gallery keeps, builds its slices and routes, and runs them until it is told to stop.
struct GalleryServer: Sendable {
    let settings: Settings
    /// Where each setting that was given came from.
    let sources: [String: String]
    let world: World
    let started: ContinuousClock.Instant

    func run() async throws {
        let logger = Logger(label: "gallery")
        let stores = try Stores(settings)
        let lock = settings.database.url.isEmpty ? try stores.folder.lock() : nil
        let applied = try await stores.migrate(world)
        for id in applied { logger.info("database step applied", metadata: ["step": "\(id)"]) }
        let program = RunningProgram(version: Version.current, startedAt: world.now(), sources: sources)
        let ground = MarketGround(settings: settings, world: world, program: program)
        var additions = ground.additions
        additions.worker = Runs.worker
        FrozenStorage.guarding(&additions)
        let slices = try await HubSlices(
            settings: settings,
            world: world,
            database: stores.database,
            volatile: stores.volatile,
            folder: stores.folder,
            blobs: stores.blobs,
            additions: additions
        )
        let folder = try WebFolder(settings.web)
        var pages = Pages(
            web: folder,
            navigation: .market,
            world: world,
            signingKey: slices.identity.box.signingKey(for: "messages between pages")
        )
        pages.unread = { viewer in try await slices.notifications.unread(by: viewer) }
        pages.inForce = ground.inForce
        let web = pages
        let market = MarketSlices(hub: slices, ground: ground) { web.catalogue }
        let address = ServingAddress()
        let compute = try ComputeSlices(
            hub: slices,
            machine: await Capacity.ofThisMachine(),
            address: address,
            web: folder.root
        )
        try await market.console.settings.load()
        let setUp = try await market.console.setup.isOpen() ? market.console.setup.token : nil
        let applications = applications(market, compute, web, stores, logger, address, setUp: setUp)
        let services =
            slices.services { handlers in
                market.register(in: &handlers)
                compute.register(in: &handlers)
            } + market.services + compute.services
        let group = ServiceGroup(configuration: configuration(services + applications, logger))
        try await group.run()
        try await stores.close()
        withExtendedLifetime(lock) {}
        logger.info("stopped")
    }

    /// What answers on the network, and the same for workers of this machine, which have no network, on a socket.
    private func applications(
        _ market: MarketSlices,
        _ compute: ComputeSlices,
        _ pages: Pages,
        _ stores: Stores,
        _ logger: Logger,
        _ address: ServingAddress,
        setUp token: String?
    ) -> [any Service] {
        let edge = Edge(settings: settings, world: world, checks: checks(stores), pages: pages)
        edge.metrics.add(.jobs(in: stores.database))
        edge.metrics.add(.space(of: stores.blobs))
        let router = edge.router { router in
            let api = APIRoutes(on: router)
            HubRoutes(slices: market.hub, exempt: ComputeRoutes.exempt).add(to: router, api: api)
            let extras = AssetComputePages(slices: compute, pages: pages)
            MarketRoutes(slices: market, pages: pages) { $0.add(extras) }.add(to: router, api: api)
            ComputeRoutes(slices: compute, pages: pages, menus: PageMenus(market)).add(to: router, api: api)
            api.publish()
            ReferencePages(api.document, pages: pages).add(to: router)
        }
        let server = edge.server(brief: HubRoutes.isBrief)
        let application = Application(
            router: router,
            server: server,
            configuration: configuration(.hostname(settings.server.host, port: settings.server.port), logger),
            onServerRunning: { channel in
                address.set(host: settings.server.host, port: channel.localAddress?.port ?? settings.server.port)
                announce(channel, stores, setUp: token)
            },
            logger: logger
        )
        guard let gate = compute.site.gate else { return [application] }
        let inner = Application(
            router: router,
            server: server,
            configuration: configuration(.unixDomainSocket(path: gate), logger),
            logger: logger
        )
        return [inner, application]
    }

    private func configuration(_ address: BindAddress, _ logger: Logger) -> ApplicationConfiguration {
        ApplicationConfiguration(
            address: address,
            backlog: 1024,
            availableConnectionsDelegate: .maximum(settings.server.maximumConnections, logger: logger)
        )
    }

    private func checks(_ stores: Stores) -> [ReadinessCheck] {
        [
            .database(stores.database, named: "database"), .database(stores.volatile, named: "volatile database"),
            .storage(stores.folder),
        ]
    }

    private func configuration(_ services: [any Service], _ logger: Logger) -> ServiceGroupConfiguration {
        var configuration = ServiceGroupConfiguration(
            services: services,
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        let seconds = settings.server.shutdownSeconds
        configuration.maximumGracefulShutdownDuration = .seconds(seconds)
        configuration.maximumCancellationDuration = .seconds(5)
        return configuration
    }

    private func announce(_ channel: any Channel, _ stores: Stores, setUp token: String?) {
        let port = channel.localAddress?.port ?? settings.server.port
        let host = settings.server.host.contains(":") ? "[\(settings.server.host)]" : settings.server.host
        let milliseconds = Int((ContinuousClock.now - started) / .milliseconds(1))
        Console.say(
            "AI Gallery \(Version.current) is ready at http://\(host):\(port) (data in \(stores.folder.root.path), \(milliseconds) ms)"
        )
        guard let token else { return }
        Console.say("Nobody administers it yet. Set it up at http://\(host):\(port)/setup with the token \(token)")
    }
}
