import GalleryHub
import GalleryModel
package import GalleryServing
package import Hummingbird

/// The table of contents of the market's HTTP surface; added after the hub's, which finds out who asks.
package struct MarketRoutes: Sendable {
    private let slices: MarketSlices
    private let pages: Pages
    private let extras: @Sendable (inout AssetParts) -> Void

    /// `extras` is what others put on the pages of every asset: the market knows nothing of compute.
    package init(
        slices: MarketSlices,
        pages: Pages,
        extras: @escaping @Sendable (inout AssetParts) -> Void = { _ in }
    ) {
        self.slices = slices
        self.pages = pages
        self.extras = extras
    }

    package func add(to router: Router<GalleryContext>, api: APIRoutes) {
        let profiles = slices.profiles
        PreferenceRoutes { try await profiles.keep($0, by: $1) }.add(to: router)
        SitePages(pages: pages).add(to: router)
        let asset = AssetPages(assets: slices.assets, pages: pages, parts: assetParts)
        addAssets(asset, to: router)
        addDiscovery(to: router, api: api)
        let accounts = AccountsRoutes(slices: slices, pages: pages)
        accounts.add(to: router)
        accounts.add(to: api)
        addPublishing(to: router, api: api)
        addPublishing(to: router, on: asset)
        TalkRoutes(talk: slices.talk, hub: slices.hub, asset: asset).add(to: router, api: api)
        ConsoleRoutes(slices: slices, pages: pages).add(to: router, api: api)
        addBringingIn(to: router, api: api, on: asset)
    }

    /// Finding assets, and the people behind them.
    private func addDiscovery(to router: Router<GalleryContext>, api: APIRoutes) {
        HomePages(discovery: slices.discovery, setup: slices.console.setup, pages: pages).add(to: router)
        DiscoveryPages(discovery: slices.discovery, pages: pages).add(to: router)
        api.group("Discovery") {
            DiscoveryRoutes(discovery: slices.discovery, favourites: slices.favourites).add(to: $0)
        }
        FavouritesPages(favourites: slices.favourites, mine: slices.mine, pages: pages, world: slices.hub.world)
            .add(to: router)
        PeoplePages(
            discovery: slices.discovery,
            identity: slices.hub.identity,
            likes: slices.hub.likes,
            pages: pages
        ).add(to: router)
    }

    /// How assets and their files come in.
    private func addBringingIn(to router: Router<GalleryContext>, api: APIRoutes, on asset: AssetPages) {
        let finder = AssetFinder(repositories: slices.hub.repositories)
        CreationRoutes(creation: slices.creation).add(to: api)
        IntroductionRoutes(assets: slices.assets).add(to: api)
        CreationPages(creation: slices.creation, pages: pages).add(to: router)
        UploadRoutes(finder: finder, uploads: slices.uploads).add(to: api)
        UploadPages(base: asset, uploads: slices.uploads).add(to: router)
    }

    /// Publishing and what goes with it.
    private func addPublishing(to router: Router<GalleryContext>, api: APIRoutes) {
        let finder = AssetFinder(repositories: slices.hub.repositories)
        PublishingRoutes(
            finder: finder,
            publishing: slices.publishing,
            versions: slices.versions,
            relations: slices.relations,
            people: slices.people
        ).add(to: api)
        CoverRoutes(finder: finder, covers: slices.covers).add(to: router, api: api)
        SubscriptionRoutes(finder: finder, subscriptions: slices.subscriptions).add(to: api)
        ApplicationRoutes(finder: finder, applications: slices.applications).add(to: api)
        AgreementRoutes(agreements: slices.agreements).add(to: api)
        WordRoutes(words: slices.words, database: slices.hub.database).add(to: api)
    }

    /// The pages of an asset itself.
    private func addAssets(_ asset: AssetPages, to router: Router<GalleryContext>) {
        IntroductionPages(base: asset).add(to: router)
        FolderPages(base: asset).add(to: router)
        FilePages(base: asset).add(to: router)
        HistoryPages(base: asset).add(to: router)
        ArchivePages(base: asset, counters: slices.hub.counters).add(to: router)
        EditPages(base: asset).add(to: router)
        IntroductionEditPages(base: asset).add(to: router)
        DiscussionPages(base: asset, discussions: slices.hub.discussions).add(to: router)
    }

    /// What the slices put on the pages of every asset.
    private var assetParts: AssetParts {
        var parts = AssetParts()
        parts.tabs = [.introduction, .files, .versions, .discussions, .comments, .related, .settings]
        PublishingPartPages(
            pages: pages,
            publishing: slices.publishing,
            subscriptions: slices.subscriptions,
            versions: slices.versions,
            relations: slices.relations,
            applications: slices.applications,
            covers: slices.covers
        ).add(to: &parts)
        let (favourites, world) = (slices.favourites, slices.hub.world)
        parts.actions.append { [pages] asset, request, context in
            let button = FavouriteButton(
                asset.kind,
                asset.name,
                isOn: try await favourites.holds(asset.id, by: context.viewer),
                count: asset.repository.likes,
                viewer: context.viewer,
                Reader(context, now: world.now())
            )
            return try pages.html(FavouritePart(favourite: button), request, context)
        }
        let (counters, comments) = (slices.hub.counters, slices.talk.comments)
        parts.counts[.comments] = { asset, context in
            try await comments.count(on: .asset(asset.id), by: context.viewer)
        }
        parts.visited = { asset, _, context in
            await counters.count(.view, of: asset.id, by: context.viewer, at: context.clientAddress)
        }
        parts.hasUpload = true
        extras(&parts)
        return parts
    }

    /// The pages of publishing, gating and subscribing.
    private func addPublishing(to router: Router<GalleryContext>, on asset: AssetPages) {
        let (publishing, agreements) = (slices.publishing, slices.agreements)
        PublishingFormPages(site: asset, publishing: publishing, agreements: agreements).add(to: router)
        AssetSettingsPages(site: asset, publishing: publishing, covers: slices.covers).add(to: router)
        ApplicationPages(site: asset, applications: slices.applications, agreements: agreements).add(to: router)
        VersionPages(site: asset, versions: slices.versions).add(to: router)
        RelationPages(site: asset, relations: slices.relations).add(to: router)
        SubscriptionPages(site: asset, subscriptions: slices.subscriptions, agreements: agreements).add(to: router)
        ReviewPages(pages: pages, publishing: publishing, versions: slices.versions).add(to: router)
        AgreementPages(agreements: agreements, pages: pages).add(to: router)
    }
}
