import Foundation
import GalleryDatabase
package import GalleryModel

/// What operators do with other people's accounts: administrators by their pages, or whoever holds the data folder by
/// `gallery admin`, for whom the viewer is nil.
package struct Operators: Sendable {
    let database: any Database
    let world: World
    let passwords: PasswordHasher
    let accounts: Accounts
    let authentication: Authentication

    package func createUser(
        name: String,
        email: String,
        role: SiteRole,
        password: String?,
        by viewer: Viewer?
    ) async throws -> Account {
        let actor = try mustOperate(viewer)
        if let fault = AccountName.fault(in: name, chosenByOperator: true) { throw fault }
        let form = Accounts.SignUp(name: name, password: password ?? "", email: email)
        if password != nil { try AccountRules.check(form) }
        var hash: String?
        if let password { hash = try await passwords.hash(password) }
        return try await accounts.insert(form, role: role, passwordHash: hash, by: actor)
    }

    /// Accounts by name, from the one after `name`.
    package func accounts(
        of kind: AccountKind? = nil,
        after name: String = "",
        limit: Int = 100,
        by viewer: Viewer?
    ) async throws -> [Account] {
        _ = try mustOperate(viewer)
        let key = AccountName.key(name)
        return try await database.read { try $0.accountsPage(of: kind, after: key, limit: min(max(limit, 1), 1000)) }
    }

    /// Bars an account, or lets it in again; its sessions end, its tokens are refused while it is barred.
    package func setDisabled(_ isDisabled: Bool, _ name: String, by viewer: Viewer?) async throws {
        let action = isDisabled ? "account.disable" : "account.enable"
        try await change(name, action, by: viewer) { db, account, now in
            guard try !isDisabled || account.role != .admin || db.hasOtherOperator(than: account.id) else {
                throw AccountError.lastOperator
            }
            try db.setDisabled(isDisabled, account.id, at: now)
        }
    }

    package func setRole(_ role: SiteRole, of name: String, by viewer: Viewer?) async throws {
        try await change(name, "account.set-role", detail: ["role": role.rawValue], by: viewer) { db, account, now in
            guard try role == .admin || account.role != .admin || db.hasOtherOperator(than: account.id) else {
                throw AccountError.lastOperator
            }
            try db.setRole(role, of: account.id, at: now)
        }
    }

    /// Notes that operators have seen who a person is, or takes that back.
    package func setRealNameVerified(_ isVerified: Bool, of name: String, by viewer: Viewer?) async throws {
        let actor = try mustOperate(viewer)
        try await database.write { [world] db in
            let account = try db.person(named: name)
            try db.setRealNameVerified(isVerified, of: account.id, at: world.now())
            try db.audit(
                isVerified ? "account.verify-real-name" : "account.unverify-real-name",
                on: account.id.rawValue,
                by: actor,
                detail: ["name": account.name],
                world: world
            )
        }
    }

    package func resetPassword(of name: String, to password: String, by viewer: Viewer?) async throws {
        _ = try mustOperate(viewer)
        try AccountRules.password(password, name: name)
        let hash = try await passwords.hash(password)
        try await change(name, "account.reset-password", by: viewer) { db, account, now in
            try db.setPasswordHash(hash, of: account.id, at: now)
        }
    }

    /// A token for somebody else, as the console makes them.
    package func createToken(for name: String, scope: Scope, by viewer: Viewer?) async throws -> IssuedToken {
        let actor = try mustOperate(viewer)
        return try await database.write { [world] db in
            let account = try db.person(named: name)
            let request = TokenRequest(name: "made by an operator", scope: scope, origin: .operator)
            let issued = try db.issueToken(request, to: account.id, world: world)
            try db.audit(
                "token.create",
                on: issued.token.id.rawValue,
                by: actor,
                detail: ["account": account.name, "scope": scope.rawValue],
                world: world
            )
            return issued
        }
    }

    package func auditLog(before id: String? = nil, limit: Int = 100, by viewer: Viewer?) async throws -> [AuditEntry] {
        _ = try mustOperate(viewer)
        return try await database.read { try $0.auditEntries(before: id, limit: min(max(limit, 1), 1000)) }
    }

    /// One change of a person's rights: done, recorded, and every session of theirs ended.
    func change(
        _ name: String,
        _ action: String,
        detail: [String: String] = [:],
        by viewer: Viewer?,
        _ body: @escaping @Sendable (any SQLConnection, Account, Date) throws -> Void
    ) async throws {
        let actor = try mustOperate(viewer)
        try await database.write { [world] db in
            let account = try db.person(named: name)
            try body(db, account, world.now())
            try db.deleteSessions(of: account.id)
            let detail = detail.merging(["name": account.name]) { first, _ in first }
            try db.audit(action, on: account.id.rawValue, by: actor, detail: detail, world: world)
        }
        authentication.forget()
    }

    func mustOperate(_ viewer: Viewer?) throws -> AccountID? {
        guard let viewer else { return nil }
        let account = try viewer.mustManageAccount()
        guard account.role == .admin else { throw Problem.notYours }
        return account.id
    }
}

extension SQLConnection {
    /// A person's account, or the problem that there is none.
    func person(named name: String) throws -> Account {
        guard let account = try account(named: name) else { throw AccountError.unknown(name) }
        guard account.kind == .user else { throw AccountError.notAPerson(name) }
        return account
    }

    /// An organisation, or the problem that there is none.
    package func organization(named name: String) throws -> Account {
        guard let account = try account(named: name), account.kind == .organization else {
            throw AccountError.notAnOrganization(name)
        }
        return account
    }
}
