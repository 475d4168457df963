import Foundation
import GalleryDatabase
package import GalleryModel

/// Signing in and out, and the sessions that come of it.
package struct Sessions: Sendable {
    let database: any Database
    let world: World
    let passwords: PasswordHasher
    let guesses: Guesses
    let authentication: Authentication
    let limits: SessionLimits

    /// Where a request to sign in comes from.
    package struct Origin: Sendable {
        package var address: String
        package var agent: String
        /// The cookie it carried; that session ends.
        package var cookie: String?

        package init(address: String, agent: String, cookie: String? = nil) {
            self.address = address
            self.agent = agent
            self.cookie = cookie
        }
    }

    static func hash(of cookie: String) -> SHA256Digest { SHA256Digest.of("session ".utf8 + Array(cookie.utf8)) }

    /// Checks name and password and starts a session; unknown, disabled and mistyped all sound alike.
    package func signIn(name: String, password: String, from origin: Origin) async throws -> StartedSession {
        let account = try await verify(name: name, password: password, from: origin.address)
        return try await start(for: account.id, from: origin)
    }

    /// The account that `password` belongs to; for every place that takes a password.
    package func verify(name: String, password: String, from address: String) async throws -> Account {
        guard name.utf8.count <= 96, password.utf8.count <= 256 else { throw Self.refused }
        try await guesses.begin(.signIn(account: name, address: address))
        let found = try await database.read { db -> (Account, String?)? in
            guard let account = try db.account(named: name) else { return nil }
            return (account, try db.passwordHash(of: account.id))
        }
        let fits = try await passwords.verify(password, against: found?.1)
        guard fits, let account = found?.0, account.maySignIn else { throw Self.refused }
        try await guesses.forgive(.signIn(account: name, address: address))
        return account
    }

    /// A session for somebody whose identity is certain, with a new cookie.
    func start(for account: AccountID, from origin: Origin) async throws -> StartedSession {
        let cookie = Secret.alphanumeric(43, world: world)
        let old = origin.cookie.map(Self.hash)
        let started = try await database.write { [world, limits] db in
            if let old { try db.deleteSession(hash: old) }
            guard let holder = try db.account(account), holder.maySignIn else { throw Self.refused }
            let session = try db.insertSession(
                Self.hash(of: cookie),
                of: account,
                agent: String(origin.agent.prefix(200)),
                address: origin.address,
                limits: limits,
                world: world
            )
            return StartedSession(session: session, account: holder, cookie: cookie)
        }
        authentication.forget()
        return started
    }

    package func signOut(cookie: String) async throws {
        let hash = Self.hash(of: cookie)
        try await database.write { try $0.deleteSession(hash: hash) }
        authentication.forget()
    }

    package func list(by viewer: Viewer) async throws -> [Session] {
        let account = try viewer.mustManageAccount()
        let now = world.now()
        return try await database.read { try $0.sessions(of: account.id).filter { !$0.isOver(at: now) } }
    }

    /// Which of the viewer's sessions this cookie stands for.
    package func current(cookie: String) async throws -> SessionID? {
        let hash = Self.hash(of: cookie)
        return try await database.read { try $0.sessionHolder(hash)?.session.id }
    }

    /// Ends all of the viewer's sessions but the one of this cookie.
    package func endOthers(than cookie: String?, by viewer: Viewer) async throws {
        let account = try viewer.mustManageAccount()
        let hash = cookie.map(Self.hash)
        try await database.write { try $0.deleteSessions(of: account.id, but: hash) }
        authentication.forget()
    }

    /// Ends one of the viewer's own sessions.
    package func end(_ id: SessionID, by viewer: Viewer) async throws {
        let account = try viewer.mustManageAccount()
        try await database.write { db in
            guard let session = try db.session(id), session.account == account.id else { throw Self.unknown }
            try db.deleteSession(id)
        }
        authentication.forget()
    }

    private static let refused = Problem(
        .unauthenticated,
        "sign-in-refused",
        "Name and password do not fit together, or the account is disabled."
    )
    private static let unknown = Problem(.missing, "session-not-found", "There is no such session.")
}

extension Viewer {
    /// The account, where the credential may change the account itself: a session or a token with the scope admin.
    package func mustManageAccount() throws -> Account {
        let account = try mustBeSignedIn()
        guard scope == .admin, onlyRepo == nil else {
            throw Problem(
                .forbidden,
                "scope-too-narrow",
                "This access token does not allow that: sign in, or use one with the scope 'admin'."
            )
        }
        return account
    }
}
