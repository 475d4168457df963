import Foundation
package import GalleryDatabase
package import GalleryModel
import Logging
import Synchronization

/// The viewer for whom a run works, by the digest of its worker's token.
package typealias WorkerFinder = @Sendable (SHA256Digest, any SQLConnection) throws -> Viewer?

/// Finds out who a request comes from.
package struct Authentication: Sendable {
    let database: any Database
    let world: World
    let passwords: PasswordHasher
    let guesses: Guesses
    let limits: SessionLimits
    private let worker: WorkerFinder
    let cache = CredentialCache()
    let lastUse = LastUse()
    private let verified = VerifiedPasswords()

    init(
        database: any Database,
        world: World,
        passwords: PasswordHasher,
        guesses: Guesses,
        limits: SessionLimits,
        worker: @escaping WorkerFinder = { _, _ in nil }
    ) {
        self.database = database
        self.world = world
        self.passwords = passwords
        self.guesses = guesses
        self.limits = limits
        self.worker = worker
    }

    /// Nil for a session that is over, since a browser goes on as a visitor; throws for anything else that is not right.
    package func identify(_ presented: PresentedCredential, from address: String) async throws -> Identified? {
        switch presented {
        case .token(let text): try await program(text)
        case .password(let name, let password): try await person(name, password, from: address)
        case .cookie(let cookie): try await browser(cookie)
        case .unreadable: throw Problem.invalidCredentials
        }
    }

    /// Forgets what is cached, so that a change of rights holds at once.
    package func forget() { cache.empty() }

    /// Writes down the uses of credentials that were not written yet.
    package func flush() async throws { try await write(lastUse.takeAll()) }

    private func program(_ text: String) async throws -> Identified {
        guard (8...256).contains(text.utf8.count) else { throw Problem.invalidCredentials }
        let hash = SHA256Digest.of(text.utf8)
        // Not kept: what a worker may do ends with its run.
        if text.hasPrefix("run_") {
            guard let viewer = try await database.readBriefly({ try worker(hash, $0) }) else {
                throw Problem.invalidCredentials
            }
            return Identified(viewer: viewer, credential: .worker)
        }
        let now = world.now()
        if let known = cache.find(hash, at: now) { return known }
        let ticket = cache.begin()
        guard let (token, account) = try await database.readBriefly({ try $0.tokenHolder(hash) }),
            !token.isExpired(at: now), account.maySignIn
        else { throw Problem.invalidCredentials }
        let identified = Identified(
            viewer: Viewer(account: account.viewerAccount, scope: token.scope, onlyRepo: token.repo),
            credential: .token(token.id)
        )
        cache.keep(identified, under: hash, until: token.expiresAt, at: now, ticket: ticket)
        try await note(identified.credential, at: now)
        return identified
    }

    private func browser(_ cookie: String) async throws -> Identified? {
        guard (8...256).contains(cookie.utf8.count) else { return nil }
        // Tokens and cookies share the cache: the prefix keeps one from being taken for the other.
        let hash = Sessions.hash(of: cookie)
        let now = world.now()
        if let known = cache.find(hash, at: now) { return known }
        let ticket = cache.begin()
        guard let (session, account) = try await database.readBriefly({ try $0.sessionHolder(hash) }),
            !session.isOver(at: now), account.maySignIn
        else { return nil }
        let identified = Identified(
            viewer: Viewer(account: account.viewerAccount),
            credential: .session(session.id)
        )
        cache.keep(
            identified,
            under: hash,
            until: min(session.idleUntil, session.expiresAt),
            at: now,
            ticket: ticket
        )
        try await note(identified.credential, at: now)
        return identified
    }

    /// Name and password in every request, as git and old tools send them: the slow hash is computed once, then the
    /// account's stored hash need only be the one it was checked against.
    private func person(_ name: String, _ password: String, from address: String) async throws -> Identified {
        guard name.utf8.count <= 96, password.utf8.count <= 256 else { throw Problem.invalidCredentials }
        let key = verified.key(name: name, password: password)
        let now = world.now()
        if let known = cache.find(key, at: now) { return known }
        let ticket = cache.begin()
        let found = try await database.read { db -> (Account, String?)? in
            guard let account = try db.account(named: name) else { return nil }
            return (account, try db.passwordHash(of: account.id))
        }
        let stored = found?.1
        if stored == nil || verified.hash(under: key) != stored {
            try await guesses.begin(.signIn(account: name, address: address))
            guard try await passwords.verify(password, against: stored) else { throw Problem.invalidCredentials }
            try await guesses.forgive(.signIn(account: name, address: address))
        }
        guard let (account, hash) = found, account.maySignIn, let hash else { throw Problem.invalidCredentials }
        verified.keep(hash, under: key)
        let identified = Identified(viewer: Viewer(account: account.viewerAccount), credential: .password)
        cache.keep(identified, under: key, until: nil, at: now, ticket: ticket)
        return identified
    }

    private func note(_ credential: Identified.Credential, at now: Date) async throws {
        if let batch = lastUse.note(credential, at: now) { try await write(batch) }
    }

    private func write(_ batch: LastUse.Batch) async throws {
        guard !batch.isEmpty else { return }
        let idle = limits.idle
        try await database.write { db in
            try db.noteTokenUse(batch.tokens)
            try db.noteSessionUse(batch.sessions, idle: idle)
        }
    }
}

extension Account {
    var maySignIn: Bool { kind == .user && !isDisabled }

    var viewerAccount: Viewer.Account { Viewer.Account(id: id, name: name, role: role) }
}

extension SQLConnection {
    /// The account as a viewer; nil where it may not sign in any more.
    package func viewerAccount(_ id: AccountID) throws -> Viewer.Account? {
        guard let account = try account(id), account.maySignIn else { return nil }
        return account.viewerAccount
    }
}

/// Which stored hash a name and password were last checked against, under a key nobody outside this process can compute.
private final class VerifiedPasswords: Sendable {
    private static let capacity = 10_000

    private let secret = World.live.randomBytes(32)
    private let hashes = Mutex<[SHA256Digest: String]>([:])

    func key(name: String, password: String) -> SHA256Digest {
        HMAC.sha256(Array(AccountName.key(name).utf8) + [0] + Array(password.utf8), key: secret)
    }

    func hash(under key: SHA256Digest) -> String? { hashes.withLock { $0[key] } }

    func keep(_ hash: String, under key: SHA256Digest) {
        hashes.withLock { hashes in
            if hashes.count >= Self.capacity { hashes.removeAll() }
            hashes[key] = hash
        }
    }
}
