package import Foundation
package import GalleryDatabase
package import GalleryModel

/// Who people are and how they show it: accounts, organisations, tokens, keys and sessions.
package struct Identity: Sendable {
    let database: any Database
    package let authentication: Authentication
    package let sessions: Sessions
    package let accounts: Accounts
    package let avatars: Avatars
    package let operators: Operators
    package let organizations: Organizations
    package let tokens: Tokens
    package let keyPairs: KeyPairs
    package let deviceLogins: DeviceLogins
    package let tokenExchange: TokenExchange
    /// Slows down whoever tries passwords and codes.
    package let guesses: Guesses
    /// Seals whatever must be kept secret but readable to us.
    package let box: SecretBox

    /// What the operators decide about identity.
    package struct Rules: Sendable {
        package var isSignUpOpen: @Sendable () -> Bool = { true }
        package var sessions = SessionLimits()
        package var passwordCost = PasswordHasher.Cost.interactive
        /// Throws when what people call themselves or say of themselves may not be shown.
        package var check: @Sendable (_ texts: [String], any SQLConnection) throws -> Void = { _, _ in }
        /// Whose worker shows a token that begins with `run_`; nil where there is no such run.
        package var worker: WorkerFinder = { _, _ in nil }

        package init() {}
    }

    /// `keys` is the folder of key files; the first start makes the key there.
    package init(database: any Database, world: World, keys: URL, rules: Rules = Rules()) throws {
        let passwords = PasswordHasher(cost: rules.passwordCost)
        self.database = database
        guesses = Guesses(database: database, world: world)
        avatars = Avatars(database: database, world: world)
        box = try SecretBox(folder: keys, world: world)
        authentication = Authentication(
            database: database,
            world: world,
            passwords: passwords,
            guesses: guesses,
            limits: rules.sessions,
            worker: rules.worker
        )
        sessions = Sessions(
            database: database,
            world: world,
            passwords: passwords,
            guesses: guesses,
            authentication: authentication,
            limits: rules.sessions
        )
        accounts = Accounts(
            database: database,
            world: world,
            passwords: passwords,
            guesses: guesses,
            sessions: sessions,
            authentication: authentication,
            isSignUpOpen: rules.isSignUpOpen,
            check: rules.check
        )
        operators = Operators(
            database: database,
            world: world,
            passwords: passwords,
            accounts: accounts,
            authentication: authentication
        )
        organizations = Organizations(
            database: database,
            world: world,
            authentication: authentication,
            check: rules.check
        )
        tokens = Tokens(database: database, world: world, authentication: authentication)
        keyPairs = KeyPairs(database: database, world: world, box: box, guesses: guesses)
        deviceLogins = DeviceLogins(database: database, world: world, guesses: guesses, authentication: authentication)
        tokenExchange = TokenExchange(database: database, world: world, sessions: sessions, keyPairs: keyPairs)
    }
}
