import GalleryModel
package import GalleryServing
package import Hummingbird

/// The menus beside pages, which belong to whoever puts the site together.
package struct PageMenus: Sendable {
    /// The console's; told which place is shown.
    package var console: @Sendable (_ current: String, _ context: GalleryContext) -> [SideEntry]
    /// My Gallery's.
    package var mine: @Sendable (_ current: String, _ context: GalleryContext) async throws -> [SideEntry]
    /// Secrets on their way to the page that shows them once.
    package var secrets = OneTimeSecrets()

    package init(
        console: @escaping @Sendable (_ current: String, _ context: GalleryContext) -> [SideEntry],
        mine: @escaping @Sendable (_ current: String, _ context: GalleryContext) async throws -> [SideEntry]
    ) {
        self.console = console
        self.mine = mine
    }
}

/// Keeps a secret for the next visit of a page, by the same browser, and hands it out once.
package struct OneTimeSecrets: Sendable {
    package var keep: @Sendable (_ secret: String, _ page: String, _ context: GalleryContext) async throws -> Void
    package var take: @Sendable (_ page: String, _ context: GalleryContext) async throws -> String?

    package init(
        keep: @escaping @Sendable (_ secret: String, _ page: String, _ context: GalleryContext) async throws -> Void =
            { _, _, _ in },
        take: @escaping @Sendable (_ page: String, _ context: GalleryContext) async throws -> String? = { _, _ in nil }
    ) {
        (self.keep, self.take) = (keep, take)
    }
}

/// The table of contents of the HTTP surface of compute; added after the market's.
package struct ComputeRoutes: Sendable {
    /// Starts of paths whose callers show credentials of their own kind.
    package static let exempt = [GatewayRoutes.prefix]

    private let slices: ComputeSlices
    private let pages: Pages
    private let menus: PageMenus

    package init(slices: ComputeSlices, pages: Pages, menus: PageMenus) {
        self.slices = slices
        self.pages = pages
        self.menus = menus
    }

    package func add(to router: Router<GalleryContext>, api: APIRoutes) {
        let (billing, flavors) = (slices.billing, slices.flavors)
        api.group("Compute") { api in
            FlavorRoutes(flavors: flavors).add(to: api)
            BillingRoutes(billing: billing).add(to: api)
            RunRoutes(runs: slices.runs).add(to: api)
            TrainingRoutes(training: slices.training).add(to: api)
            AppRoutes(apps: slices.apps).add(to: api)
            RunConsoleRoutes(console: slices.console).add(to: api)
            FitRoutes(fit: slices.fit, flavors: flavors).add(to: api)
            CustomModelRoutes(models: slices.customModels).add(to: api)
            ServiceRoutes(services: slices.inference).add(to: api)
        }
        GatewayRoutes(gateway: slices.gateway).add(to: router)
        FlavorPages(flavors: flavors, pages: pages, menus: menus).add(to: router)
        WizardPages(training: slices.training, fit: slices.fit, pages: pages).add(to: router)
        JobPages(training: slices.training, pages: pages, menus: menus).add(to: router)
        BillingPages(billing: billing, flavors: flavors, pages: pages, menus: menus).add(to: router)
        NewAppPages(apps: slices.apps, fit: slices.fit, pages: pages).add(to: router)
        AppPages(apps: slices.apps, pages: pages).add(to: router)
        MyAppPages(apps: slices.apps, pages: pages, menus: menus).add(to: router)
        RunConsolePages(console: slices.console, pages: pages, menus: menus).add(to: router)
        BillingConsolePages(billing: billing, pages: pages, menus: menus).add(to: router)
        ServicePages(services: slices.inference, pages: pages, menus: menus).add(to: router)
        ServiceDeployPages(services: slices.inference, fit: slices.fit, pages: pages).add(to: router)
        ServiceTestPages(services: slices.inference, gateway: slices.gateway, pages: pages, menus: menus)
            .add(to: router)
    }
}
