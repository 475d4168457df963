import GalleryHub
import GalleryServing
import Hummingbird

/// The table of contents of the operations console: its pages, and its operations of `/api/v1/console`.
struct ConsoleRoutes: Sendable {
    let slices: MarketSlices
    let pages: Pages

    func add(to router: Router<GalleryContext>, api: APIRoutes) {
        let (console, hub) = (slices.console, slices.hub)
        OverviewPages(overview: console.overview, settings: console.settings, pages: pages).add(to: router)
        PeopleListPages(operators: hub.identity.operators, world: hub.world, pages: pages).add(to: router)
        PersonConsolePages(
            identity: hub.identity,
            log: console.audit,
            settings: hub.settings,
            shownOnce: slices.shownOnce,
            world: hub.world,
            pages: pages
        ).add(to: router)
        MarkPages(marking: console.marking, pages: pages).add(to: router)
        let edge = IdentityEdge(hub.identity, settings: hub.settings)
        SettingsConsolePages(settings: console.settings, pages: pages).add(to: router)
        SetupPages(setup: console.setup, edge: edge, pages: pages).add(to: router)
        AuditPages(log: console.audit, pages: pages).add(to: router)
        JobPages(keeper: console.jobs, pages: pages).add(to: router)
        StoragePages(keeper: console.storage, pages: pages).add(to: router)
        WordPages(words: slices.words, database: hub.database, pages: pages).add(to: router)
        AgreementKeepingPages(agreements: slices.agreements, pages: pages).add(to: router)
        api.group("Operations") { api in
            OverviewRoutes(overview: console.overview).add(to: api)
            PeopleConsoleRoutes(operators: hub.identity.operators).add(to: api)
            MarkRoutes(marking: console.marking).add(to: api)
            AuditRoutes(log: console.audit).add(to: api)
            SetupRoutes(setup: console.setup, settings: console.settings, edge: edge).add(to: api)
            JobRoutes(keeper: console.jobs).add(to: api)
            StorageRoutes(keeper: console.storage).add(to: api)
        }
    }
}
