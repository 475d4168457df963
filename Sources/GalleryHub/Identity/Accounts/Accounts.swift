import Foundation
package import GalleryDatabase
package import GalleryModel

/// Making accounts and looking after one's own.
package struct Accounts: Sendable {
    let database: any Database
    let world: World
    let passwords: PasswordHasher
    let guesses: Guesses
    let sessions: Sessions
    let authentication: Authentication
    package let isSignUpOpen: @Sendable () -> Bool
    let check: @Sendable ([String], any SQLConnection) throws -> Void

    /// What a visitor fills in.
    package struct SignUp: Sendable {
        package var name: String
        package var password: String
        package var email: String
        package var nickname: String

        package init(name: String, password: String, email: String = "", nickname: String = "") {
            self.name = name
            self.password = password
            self.email = email
            self.nickname = nickname
        }
    }

    /// Makes an account and signs it in.
    package func signUp(_ form: SignUp, from origin: Sessions.Origin) async throws -> StartedSession {
        guard isSignUpOpen() else { throw AccountError.signUpClosed }
        if let fault = AccountName.fault(in: form.name) { throw fault }
        try AccountRules.check(form)
        try await guesses.begin(.signUp(address: origin.address))
        let hash = try await passwords.hash(form.password)
        let account = try await insert(form, role: .user, passwordHash: hash, by: nil)
        return try await sessions.start(for: account.id, from: origin)
    }

    package func account(named name: String) async throws -> Account {
        guard let account = try await database.read({ try $0.account(named: name) }) else {
            throw AccountError.unknown(name)
        }
        return account
    }

    package func own(by viewer: Viewer) async throws -> Account {
        let me = try viewer.mustBeSignedIn()
        // Code that somebody else wrote need not know whom it works for, nor where mail reaches them.
        guard viewer.workerReads == nil else { throw Problem.notYours }
        guard let account = try await database.read({ try $0.account(me.id) }) else {
            throw AccountError.unknown(me.name)
        }
        return account
    }

    /// Changes what people see of oneself; nil leaves a field as it is.
    package func updateProfile(
        nickname: String? = nil,
        bio: String? = nil,
        by viewer: Viewer
    ) async throws -> Account {
        let me = try viewer.mustManageAccount()
        let now = world.now()
        return try await database.write { db in
            guard var account = try db.account(me.id) else { throw AccountError.unknown(me.name) }
            if let nickname { account.nickname = try AccountRules.nickname(nickname, orElse: account.name) }
            if let bio { account.bio = try AccountRules.bio(bio) }
            try check([nickname, bio].compactMap(\.self), db)
            try db.updateProfile(account, at: now)
            return account
        }
    }

    /// The address as it is kept, for a code to be sent there; throws where it does not look like one.
    package func checkedEmail(_ text: String) throws -> String {
        let email = try AccountRules.email(text)
        guard !email.isEmpty else { throw AccountError.invalidEmail }
        return email
    }

    /// Takes an address whose owner has shown the code that was sent there, in the transaction that spends the code.
    package func confirmEmail(_ email: String, of id: AccountID, in db: any SQLConnection) throws {
        try db.setConfirmedEmail(email, of: id, at: world.now())
        try db.audit("account.confirm-email", on: id.rawValue, by: id, world: world)
    }

    /// Renames one's account; the old name goes on leading here, and nobody else can take it.
    package func rename(to name: String, by viewer: Viewer) async throws -> Account {
        let me = try viewer.mustManageAccount()
        if let fault = AccountName.fault(in: name) { throw fault }
        let account = try await database.write { [world] db in
            guard let account = try db.account(me.id) else { throw AccountError.unknown(me.name) }
            try check([name], db)
            if let other = try db.accountOrFormer(named: name), other != account.id {
                throw AccountError.nameTaken(name)
            }
            try db.renameAccount(account, to: name, at: world.now())
            try db.audit(
                "account.rename",
                on: account.id.rawValue,
                by: me.id,
                detail: ["from": account.name, "to": name],
                world: world
            )
            return try db.account(me.id)
        }
        authentication.forget()
        guard let account else { throw AccountError.unknown(me.name) }
        return account
    }

    /// Ends every session and starts a fresh one where the change was made; tokens stay.
    package func changePassword(
        from old: String,
        to new: String,
        by viewer: Viewer,
        at origin: Sessions.Origin
    ) async throws -> StartedSession {
        let me = try viewer.mustManageAccount()
        try AccountRules.password(new, name: me.name)
        guard old.utf8.count <= 256 else { throw AccountError.wrongPassword }
        let attempt = Guesses.Attempt.signIn(account: me.name, address: origin.address)
        try await guesses.begin(attempt)
        let stored = try await database.read { try $0.passwordHash(of: me.id) }
        guard try await passwords.verify(old, against: stored) else { throw AccountError.wrongPassword }
        try await guesses.forgive(attempt)
        let hash = try await passwords.hash(new)
        try await database.write { [world] db in
            guard try db.passwordHash(of: me.id) == stored else { throw AccountError.wrongPassword }
            try db.setPasswordHash(hash, of: me.id, at: world.now())
            try db.deleteSessions(of: me.id)
            try db.audit("account.change-password", on: me.id.rawValue, by: me.id, world: world)
        }
        authentication.forget()
        return try await sessions.start(for: me.id, from: origin)
    }

    /// Gives an account whose owner forgot the password a new one; `prove` spends the proof that it is theirs.
    package func replaceForgottenPassword(
        of id: AccountID,
        with new: String,
        at origin: Sessions.Origin,
        prove: @escaping @Sendable (any SQLConnection) throws -> Void
    ) async throws -> StartedSession {
        guard let account = try await database.read({ try $0.account(id) }) else { throw Problem.signInFirst }
        try AccountRules.password(new, name: account.name)
        let hash = try await passwords.hash(new)
        try await database.write { [world] db in
            try prove(db)
            try db.setPasswordHash(hash, of: id, at: world.now())
            try db.deleteSessions(of: id)
            try db.audit("account.replace-forgotten-password", on: id.rawValue, by: id, world: world)
        }
        authentication.forget()
        return try await sessions.start(for: id, from: origin)
    }

    func insert(
        _ form: SignUp,
        role: SiteRole,
        passwordHash: String?,
        by actor: AccountID?,
        also: @escaping @Sendable (any SQLConnection) throws -> Void = { _ in }
    ) async throws -> Account {
        let id = AccountID(world.newID())
        return try await database.write { [world] db in
            try also(db)
            guard try !db.isAccountNameTaken(form.name) else { throw AccountError.nameTaken(form.name) }
            // Operators may know better.
            if actor == nil, role == .user { try check([form.name, form.nickname], db) }
            try db.insertAccount(
                NewAccount(
                    kind: .user,
                    name: form.name,
                    nickname: AccountRules.nickname(form.nickname, orElse: form.name),
                    email: AccountRules.email(form.email),
                    role: role,
                    passwordHash: passwordHash
                ),
                id: id,
                at: world.now()
            )
            try db.audit(
                "account.create",
                on: id.rawValue,
                by: actor,
                detail: ["name": form.name, "role": role.rawValue],
                world: world
            )
            guard let account = try db.account(id) else { throw AccountError.unknown(form.name) }
            return account
        }
    }
}
