package import GalleryDatabase
package import GalleryModel

/// Who people are and how they show it: accounts, organisations, tokens, keys and sessions.
package struct Identity: Sendable {
    package let authentication: Authentication
    package let sessions: Sessions

    /// What the operators decide about identity.
    package struct Rules: Sendable {
        package var isSignUpOpen = true
        package var sessions = SessionLimits()
        package var passwordCost = PasswordHasher.Cost.interactive

        package init() {}
    }

    package init(database: any Database, world: World, rules: Rules = Rules()) {
        let passwords = PasswordHasher(cost: rules.passwordCost)
        let guesses = Guesses(database: database, world: world)
        authentication = Authentication(
            database: database, world: world, passwords: passwords, guesses: guesses, limits: rules.sessions)
        sessions = Sessions(
            database: database, world: world, passwords: passwords, guesses: guesses, authentication: authentication,
            limits: rules.sessions)
    }
}
