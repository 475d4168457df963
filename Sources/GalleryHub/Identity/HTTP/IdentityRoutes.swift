package import GalleryServing
package import Hummingbird

/// The HTTP surface of identity.
package struct IdentityRoutes: Sendable {
    private let edge: IdentityEdge

    package init(_ identity: Identity, settings: Settings) {
        edge = IdentityEdge(identity, settings: settings)
    }

    package func add(to router: some RouterMethods<GalleryContext>, api: APIRoutes) {
        api.group("Accounts") {
            SessionRoutes(edge: edge).add(to: $0)
            AccountRoutes(edge: edge).add(to: $0)
            TokenRoutes(edge: edge).add(to: $0)
            KeyPairRoutes(edge: edge).add(to: $0)
            AvatarRoutes(edge: edge).add(to: router, api: $0)
        }
        api.group("Organisations") { OrganizationRoutes(edge: edge).add(to: $0) }
        api.group("Operations") { OperatorRoutes(edge: edge).add(to: $0) }
        WhoamiRoutes(edge: edge).add(to: router)
        DeviceLoginRoutes(edge: edge).add(to: router)
        TokenExchangeRoutes(edge: edge).add(to: router)
    }
}

extension Identity.Rules {
    /// What the settings say about identity.
    package init(_ settings: Settings) {
        self.init()
        let isOpen = settings.identity.allowsSignUp
        isSignUpOpen = { isOpen }
        let whole = Duration.seconds(settings.identity.sessionHours * 3600)
        sessions = SessionLimits(idle: min(whole, .seconds(7 * 86_400)), absolute: whole)
    }
}
