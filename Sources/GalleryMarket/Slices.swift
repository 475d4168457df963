package import GalleryHub
package import GalleryServing
package import ServiceLifecycle

/// All slices of the market, built in the order in which they need one another.
package struct MarketSlices: Sendable {
    package let hub: HubSlices
    package let words: Words
    package let agreements: Agreements
    package let versions: Versions
    package let publishing: Publishing
    package let people: PeopleSearch
    package let relations: Relations
    package let subscriptions: Subscriptions
    package let talk: Talk
    package let applications: Applications
    package let covers: Covers
    package let assets: Assets
    package let discovery: Discovery
    package let favourites: Favourites

    /// `ground` is the one whose additions the hub was built with; `catalogue` are the texts of mails, which are written
    /// when nobody has a page open.
    package init(
        hub: HubSlices,
        ground: MarketGround,
        catalogue: @escaping @Sendable () -> Catalogue = { .empty }
    ) {
        self.hub = hub
        words = ground.words
        agreements = Agreements(database: hub.database, world: hub.world)
        versions = Versions(database: hub.database, files: hub.files, rules: ground.publishing)
        publishing = Publishing(
            database: hub.database,
            repositories: hub.repositories,
            requests: hub.accessRequests,
            agreements: agreements,
            versions: versions,
            rules: ground.publishing
        )
        people = PeopleSearch(database: hub.database)
        relations = Relations(database: hub.database, world: hub.world)
        applications = Applications(
            database: hub.database,
            requests: hub.accessRequests,
            agreements: agreements
        )
        covers = Covers(database: hub.database, world: hub.world)
        subscriptions = Subscriptions(database: hub.database, agreements: agreements, world: hub.world)
        talk = Talk(hub: hub, words: ground.words, catalogue: catalogue)
        assets = Assets(hub: hub)
        discovery = Discovery(database: hub.database, files: hub.files, world: hub.world)
        favourites = Favourites(database: hub.database, likes: hub.likes)
    }

    /// What runs besides answering requests and doing jobs.
    package var services: [any Service] { [talk.upkeep, DiscoveryUpkeep(discovery: discovery)] }

    /// Which code does which kind of job, and what recurs.
    package func register(in handlers: inout JobHandlers) {
        subscriptions.register(in: &handlers)
        talk.register(in: &handlers)
        discovery.register(in: &handlers)
    }
}
