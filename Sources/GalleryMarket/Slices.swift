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
    package let profiles: Profiles
    package let emailCodes: EmailCodes
    package let growth: Growth
    package let mine: MyGallery
    package let exports: Exports
    package let uploads: Uploads
    package let creation: Creation
    package let console: Console
    package let shownOnce: ShownOnce

    /// `ground` is the one whose additions the hub was built with; `catalogue` are the texts of mails, which are written
    /// when nobody has a page open.
    package init(
        hub: HubSlices,
        ground: MarketGround,
        catalogue: @escaping @Sendable () -> Catalogue = { .empty }
    ) {
        self.hub = hub
        let (database, world) = (hub.database, hub.world)
        words = ground.words
        agreements = Agreements(database: database, world: world)
        versions = Versions(
            database: database,
            files: hub.files,
            rules: ground.publishing,
            life: hub.repositories.life
        )
        publishing = Publishing(
            database: database,
            repositories: hub.repositories,
            requests: hub.accessRequests,
            agreements: agreements,
            versions: versions,
            rules: ground.publishing
        )
        people = PeopleSearch(database: database)
        relations = Relations(database: database, world: world, life: hub.repositories.life)
        applications = Applications(database: database, requests: hub.accessRequests, agreements: agreements)
        covers = Covers(database: database, world: world, life: hub.repositories.life)
        subscriptions = Subscriptions(database: database, agreements: agreements, world: world)
        profiles = Profiles(
            database: database,
            accounts: hub.identity.accounts,
            words: words,
            agreements: agreements
        )
        let talk = Talk(hub: hub, words: ground.words, catalogue: catalogue)
        self.talk = talk
        uploads = Uploads(hub: hub)
        creation = Creation(hub: hub, words: words)
        assets = Assets(hub: hub)
        discovery = Discovery(database: hub.database, files: hub.files, world: hub.world)
        favourites = Favourites(database: hub.database, likes: hub.likes)
        emailCodes = EmailCodes(database: database, world: world, identity: hub.identity) { code, letter, db in
            try talk.mail.postCode(
                code,
                for: "code-\(letter.purpose.rawValue)",
                minutes: EmailCodes.minutes,
                to: letter.email,
                account: letter.account.id,
                language: letter.language,
                db
            )
        }
        growth = Growth(database: database, rewards: ground.growth)
        mine = MyGallery(database: database, world: world)
        exports = Exports(database: database, world: world)
        shownOnce = ShownOnce(database: database, box: hub.identity.box, world: world)
        console = Console(hub: hub, ground: ground, publishing: publishing, talk: talk)
    }

    /// What runs besides answering requests and doing jobs.
    package var services: [any Service] {
        [
            talk.upkeep, DiscoveryUpkeep(discovery: discovery),
            SiteSettingsUpkeep(settings: console.settings, world: hub.world),
        ]
    }

    /// Which code does which kind of job, and what recurs.
    package func register(in handlers: inout JobHandlers) {
        subscriptions.register(in: &handlers)
        applications.register(in: &handlers)
        talk.register(in: &handlers)
        discovery.register(in: &handlers)
        emailCodes.register(in: &handlers)
        uploads.register(in: &handlers)
    }
}
