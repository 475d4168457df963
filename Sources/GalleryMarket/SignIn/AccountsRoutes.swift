import GalleryHub
import GalleryServing
import Hummingbird

/// Everything about one's own account over HTTP: signing in and out, settings, My Gallery.
struct AccountsRoutes: Sendable {
    let slices: MarketSlices
    let pages: Pages

    func add(to router: some RouterMethods<GalleryContext>) {
        let (hub, identity, world) = (slices.hub, slices.hub.identity, slices.hub.world)
        let edge = IdentityEdge(identity, settings: hub.settings)
        SignInPages(identity: identity, edge: edge, pages: pages, profiles: slices.profiles)
            .add(to: router)
        ForgottenPasswordPages(edge: edge, codes: slices.emailCodes, pages: pages).add(to: router)
        DeviceLoginPages(logins: identity.deviceLogins, pages: pages).add(to: router)
        ProfilePages(identity: identity, profiles: slices.profiles, pages: pages).add(to: router)
        AccountPages(
            identity: identity,
            edge: edge,
            codes: slices.emailCodes,
            profiles: slices.profiles,
            pages: pages
        ).add(to: router)
        TokenPages(tokens: identity.tokens, shownOnce: slices.shownOnce, world: world, pages: pages).add(to: router)
        KeyPairPages(keyPairs: identity.keyPairs, shownOnce: slices.shownOnce, world: world, pages: pages).add(
            to: router
        )
        SessionPages(sessions: identity.sessions, edge: edge, world: world, pages: pages).add(to: router)
        OrganizationPages(identity: identity, profiles: slices.profiles, pages: pages).add(to: router)
        OnboardingPages(identity: identity, profiles: slices.profiles, codes: slices.emailCodes, pages: pages)
            .add(to: router)
        MyGalleryPages(mine: slices.mine, growth: slices.growth, world: world, pages: pages)
            .add(to: router)
        MyBulkPages(mine: slices.mine, publishing: slices.publishing, pages: pages).add(to: router)
        MySubscriptionPages(
            subscriptions: slices.subscriptions,
            mine: slices.mine,
            world: world,
            pages: pages
        ).add(to: router)
        ExportPages(exports: slices.exports, mine: slices.mine, world: world, pages: pages).add(to: router)
    }

    func add(to api: APIRoutes) {
        MyGalleryRoutes(
            mine: slices.mine,
            growth: slices.growth,
            codes: slices.emailCodes,
            profiles: slices.profiles,
            exports: ExportRoutes(exports: slices.exports, world: slices.hub.world),
            edge: IdentityEdge(slices.hub.identity, settings: slices.hub.settings)
        ).add(to: api)
    }
}
