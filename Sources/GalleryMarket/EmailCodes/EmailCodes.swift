import Foundation
package import GalleryDatabase
package import GalleryHub
package import GalleryModel
package import GalleryServing

/// Codes sent by e-mail: to confirm an address, and to choose a new password.
package struct EmailCodes: Sendable {
    /// Has a code sent to an address, in the transaction that makes it.
    package typealias Post = @Sendable (_ code: String, _ letter: Letter, _ db: any SQLConnection) throws -> Void

    /// What a mail with a code is about.
    package struct Letter: Sendable {
        package var purpose: EmailCodePurpose
        package var account: Account
        package var email: String
        package var language: Language
    }

    /// How long a code is good.
    package static let minutes = Int(EmailCode.lifetime / .seconds(60))

    let database: any Database
    let world: World
    let accounts: Accounts
    let guesses: Guesses
    let key: [UInt8]
    let post: Post

    package init(
        database: any Database,
        world: World,
        identity: Identity,
        post: @escaping Post
    ) {
        self.database = database
        self.world = world
        accounts = identity.accounts
        guesses = identity.guesses
        key = identity.box.signingKey(for: "codes sent by e-mail")
        self.post = post
    }

    // MARK: A new address

    /// Sends a code to an address that the viewer wants to be reached at.
    package func requestAddress(
        _ text: String,
        from address: String,
        in language: Language,
        by viewer: Viewer
    ) async throws {
        let me = try viewer.mustManageAccount()
        let email = try accounts.checkedEmail(text)
        try await guesses.begin(.mailedCode(address: address))
        try await database.write { db in
            guard let account = try db.account(me.id) else { throw Problem.signInFirst }
            try send(.address, to: email, of: account, in: language, db)
        }
    }

    /// Takes the address that the code was sent to.
    @discardableResult
    package func confirmAddress(_ code: String, by viewer: Viewer) async throws -> Account {
        let me = try viewer.mustManageAccount()
        let outcome = try await database.write { db -> Result<Account, EmailCodeError> in
            switch try check(code, of: me.id, .address, db) {
            case .failure(let error): return .failure(error)
            case .success(let found):
                try db.closeEmailCodes(of: me.id, .address)
                try accounts.confirmEmail(found.email, of: me.id, in: db)
                guard let account = try db.account(me.id) else { throw Problem.signInFirst }
                return .success(account)
            }
        }
        return try outcome.get()
    }

    /// The address that a code waits to be shown for, so that a page can say where it went.
    package func waitingAddress(by viewer: Viewer) async throws -> String? {
        let me = try viewer.mustManageAccount()
        let now = world.now()
        return try await database.read { try $0.openEmailCode(of: me.id, .address, at: now)?.email }
    }

    // MARK: A forgotten password

    /// Sends a code to the confirmed address of an account; says nothing on whether there is one.
    package func requestPassword(for text: String, from address: String, in language: Language) async throws {
        guard text.utf8.count <= 254 else { return }
        try await guesses.begin(.mailedCode(address: address))
        try await database.write { db in
            guard let account = try db.forgetfulAccount(text), account.isEmailConfirmed, !account.isDisabled,
                !account.email.isEmpty
            else { return }
            do {
                try mustWait(account.id, account.email, db)
            } catch is EmailCodeError {
                // Whoever asks must not learn from it that there is such an account.
                return
            }
            try send(.password, to: account.email, of: account, in: language, db)
        }
    }

    /// Chooses a new password with the code that was sent, and signs in.
    package func replacePassword(
        of text: String,
        code: String,
        with new: String,
        at origin: Sessions.Origin
    ) async throws -> StartedSession {
        try await guesses.begin(.mailedCode(address: origin.address))
        let outcome = try await database.write { db -> Result<AccountID, EmailCodeError> in
            guard text.utf8.count <= 254, let account = try db.forgetfulAccount(text) else {
                return .failure(.wrong(triesLeft: 1))
            }
            // No code at all must sound like a wrong one.
            return try check(code, of: account.id, .password, db).map { _ in account.id }
                .mapError { $0 == .none ? .wrong(triesLeft: 1) : $0 }
        }
        let id = try outcome.get()
        let started = try await accounts.replaceForgottenPassword(of: id, with: new, at: origin) { db in
            guard case .success = try check(code, of: id, .password, db) else { throw EmailCodeError.none }
            try db.closeEmailCodes(of: id, .password)
        }
        try await guesses.forgive(.mailedCode(address: origin.address))
        return started
    }

    // MARK: Upkeep

    package func register(in handlers: inout JobHandlers) {
        handlers.on(EmailCodeSweepJob.self) { _ in
            let day = world.now().addingTimeInterval(-86_400)
            try await database.write { db in _ = try db.sweepEmailCodes(before: day, limit: 10_000) }
        }
        handlers.every(.seconds(86_400), enqueue: EmailCodeSweepJob())
    }

    /// Counts a wrong try, so it must not be undone by an error.
    private func check(
        _ code: String,
        of account: AccountID,
        _ purpose: EmailCodePurpose,
        _ db: any SQLConnection
    ) throws -> Result<EmailCode, EmailCodeError> {
        guard let open = try db.openEmailCode(of: account, purpose, at: world.now()) else { return .failure(.none) }
        let digits = code.prefix(64).filter { !$0.isWhitespace && $0 != "-" }
        guard Secret.equal(hash(digits, of: open.id).bytes, open.hash.bytes) else {
            try db.countWrongEmailCode(open.id)
            return .failure(.wrong(triesLeft: open.triesLeft - 1))
        }
        return .success(open)
    }

    private func send(
        _ purpose: EmailCodePurpose,
        to email: String,
        of account: Account,
        in language: Language,
        _ db: any SQLConnection
    ) throws {
        try mustWait(account.id, email, db)
        try db.closeEmailCodes(of: account.id, purpose)
        let id = world.newID()
        let code = Secret.digits(EmailCode.digits, world: world)
        try db.insertEmailCode(id, hash(code, of: id), of: account.id, purpose, to: email, at: world.now())
        try post(code, Letter(purpose: purpose, account: account, email: email, language: language), db)
    }

    private func mustWait(_ account: AccountID, _ email: String, _ db: any SQLConnection) throws {
        let now = world.now()
        let hour = now.addingTimeInterval(-3600)
        let times = try db.emailCodeTimes(of: account, since: hour)
        if let last = times.first, now.timeIntervalSince(last) < EmailCode.pause / .seconds(1) {
            throw EmailCodeError.tooSoon(seconds: Int(EmailCode.pause / .seconds(1) - now.timeIntervalSince(last)) + 1)
        }
        guard times.count < EmailCode.mostPerHour,
            try db.emailCodeCount(to: email, since: hour) < EmailCode.mostPerHour
        else { throw EmailCodeError.tooMany }
    }

    private func hash(_ code: some StringProtocol, of id: String) -> SHA256Digest {
        HMAC.sha256("\(id) \(code)".utf8, key: key)
    }
}

/// Forgets codes of yesterday.
struct EmailCodeSweepJob: Job {
    static let kind = "email-codes.sweep"
}
