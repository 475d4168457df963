import Foundation
package import GalleryDatabase
package import GalleryModel

/// Which accounts operators look for; what is nil or empty does not matter.
package struct AccountSearch: Sendable, Equatable {
    /// A part of the name, the nickname or the e-mail address, or an `ur…` id.
    package var text = ""
    package var kind: AccountKind?
    package var role: SiteRole?
    package var isDisabled: Bool?

    package init() {}
}

/// What an owner may store beyond what the site allows; nil is as the site has it.
package struct OwnerLimits: Sendable, Equatable {
    package var fileBytes: Int64?
    package var repositoryBytes: Int64?

    package init(fileBytes: Int64? = nil, repositoryBytes: Int64? = nil) {
        self.fileBytes = fileBytes
        self.repositoryBytes = repositoryBytes
    }

    fileprivate var areSound: Bool {
        [
            fileBytes.map { (1...Int64(Content.largestFileOfAll)).contains($0) },
            repositoryBytes.map { (1...1_000_000_000_000_000).contains($0) },
        ].allSatisfy { $0 ?? true }
    }
}

/// An account as operators see it.
package struct AccountParticulars: Sendable, Equatable {
    package var account: Account
    package var limits: OwnerLimits
    /// What its repositories are charged together.
    package var usedBytes: Int64
    package var repositories: Int
    package var sessions: [Session]
    package var tokens: [TokenEntry]
    package var keyPairs: Int
    /// Of a person; of an organisation its members.
    package var memberships: [MemberEntry]
}

extension Operators {
    private static let memberships = 500

    /// Accounts that fit, by name, from the one after `name`.
    package func search(
        _ search: AccountSearch,
        after name: String = "",
        limit: Int = 50,
        by viewer: Viewer?
    ) async throws -> (accounts: [Account], next: String?) {
        _ = try mustOperate(viewer)
        let (key, limit) = (AccountName.key(name), min(max(limit, 1), 1000))
        let found = try await database.read { try $0.accounts(search, after: key, limit: limit + 1) }
        let shown = Array(found.prefix(limit))
        return (shown, found.count > limit ? shown.last?.name : nil)
    }

    package func particulars(of name: String, by viewer: Viewer?) async throws -> AccountParticulars {
        _ = try mustOperate(viewer)
        return try await database.read { db in
            guard let account = try db.account(named: name) else { throw AccountError.unknown(name) }
            let stored = try db.row(
                """
                SELECT COUNT(*) AS count, CAST(COALESCE(SUM(used_bytes), 0) AS BIGINT) AS bytes
                FROM repositories WHERE owner = \(account.id)
                """
            )
            return AccountParticulars(
                account: account,
                limits: try db.limits(of: account.id),
                usedBytes: try stored?.get("bytes") ?? 0,
                repositories: try stored?.get("count") ?? 0,
                sessions: try db.sessions(of: account.id),
                tokens: try db.tokenEntries(of: account.id),
                keyPairs: try db.keyPairs(of: account.id).count,
                memberships: account.kind == .user
                    ? try db.organizations(of: account.id)
                    : try db.members(of: account.id, after: "", limit: Self.memberships)
            )
        }
    }

    /// Allows an owner more or less than others, or the same again.
    package func setLimits(_ limits: OwnerLimits, of name: String, by viewer: Viewer?) async throws {
        let actor = try mustOperate(viewer)
        guard limits.areSound else { throw AccountError.badLimits }
        try await database.write { [world] db in
            guard let account = try db.account(named: name) else { throw AccountError.unknown(name) }
            try db.set(limits, of: account.id)
            var detail = ["name": account.name]
            detail["fileBytes"] = limits.fileBytes.map(String.init) ?? "standard"
            detail["repositoryBytes"] = limits.repositoryBytes.map(String.init) ?? "standard"
            try db.audit("account.set-limits", on: account.id.rawValue, by: actor, detail: detail, world: world)
        }
    }

    /// Gives an account a password that nobody chose, and answers it: the only time it is known.
    package func replacePassword(of name: String, by viewer: Viewer?) async throws -> String {
        // Without letters and digits that look alike.
        let alphabet = Array("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789".utf8)
        let characters = Secret.draw(20, from: alphabet, world: world)
        let password = stride(from: 0, to: 20, by: 5).map { String(decoding: characters[$0..<$0 + 5], as: UTF8.self) }
            .joined(separator: "-")
        try await resetPassword(of: name, to: password, by: viewer)
        return password
    }

    /// Whether anybody administers the gallery.
    package func exist() async throws -> Bool {
        try await accounts.database.read { try $0.hasOperator() }
    }

    /// Makes the first administrator, while there is none, and signs them in; `also` is done in the same transaction.
    package func createFirst(
        _ form: Accounts.SignUp,
        from origin: Sessions.Origin,
        also: @escaping @Sendable (any SQLConnection) throws -> Void
    ) async throws -> StartedSession {
        if let fault = AccountName.fault(in: form.name, chosenByOperator: true) { throw fault }
        try AccountRules.check(form)
        let hash = try await passwords.hash(form.password)
        let account = try await accounts.insert(form, role: .admin, passwordHash: hash, by: nil) { db in
            guard try !db.hasOperator() else { throw AccountError.hasOperator }
            try also(db)
        }
        return try await accounts.sessions.start(for: account.id, from: origin)
    }

    /// Ends every session of an account.
    package func endSessions(of name: String, by viewer: Viewer?) async throws {
        try await change(name, "account.end-sessions", by: viewer) { _, _, _ in }
    }

    /// Revokes every token and key pair of an account, and ends its sessions.
    package func revokeCredentials(of name: String, by viewer: Viewer?) async throws {
        try await change(name, "account.revoke-credentials", by: viewer) { db, account, _ in
            try db.deleteTokens(of: account.id)
            for pair in try db.keyPairs(of: account.id) { try db.deleteKeyPair(pair.accessKey) }
        }
    }
}

extension SQLConnection {
    fileprivate func accounts(_ search: AccountSearch, after key: String, limit: Int) throws -> [Account] {
        var conditions: [SQL] = ["accounts.name_key > \(key)"]
        if let kind = search.kind { conditions.append("accounts.kind = \(kind)") }
        if let role = search.role { conditions.append("accounts.role = \(role)") }
        if let isDisabled = search.isDisabled { conditions.append("accounts.is_disabled = \(isDisabled)") }
        let text = AccountName.key(String(search.text.prefix(254)))
        if let number = AccountName.number(text) {
            conditions.append("accounts.number = \(number)")
        } else if !text.isEmpty {
            let pattern = "%\(text.replacing(/[\\%_]/) { "\\\($0.output)" })%"
            conditions.append(
                """
                (accounts.name_key LIKE \(pattern) ESCAPE '\\' OR LOWER(accounts.nickname) LIKE \(pattern) ESCAPE '\\'
                    OR LOWER(accounts.email) LIKE \(pattern) ESCAPE '\\')
                """
            )
        }
        return try rows(
            Account.self,
            """
            SELECT \(sql: Account.columns) FROM accounts
            WHERE \(sql: conditions.joined(" AND ")) ORDER BY accounts.name_key LIMIT \(limit)
            """
        )
    }

    fileprivate func hasOperator() throws -> Bool {
        try exists("SELECT 1 FROM accounts WHERE role = 'admin' AND is_disabled = 0 LIMIT 1")
    }

    func limits(of owner: AccountID) throws -> OwnerLimits {
        guard let row = try row("SELECT file_bytes, repository_bytes FROM owner_limits WHERE account = \(owner)") else {
            return OwnerLimits()
        }
        return OwnerLimits(
            fileBytes: try row.optional("file_bytes"),
            repositoryBytes: try row.optional("repository_bytes")
        )
    }

    fileprivate func set(_ limits: OwnerLimits, of owner: AccountID) throws {
        try execute(
            """
            INSERT INTO owner_limits (account, file_bytes, repository_bytes)
            VALUES (\(owner), \(limits.fileBytes), \(limits.repositoryBytes))
            ON CONFLICT (account) DO UPDATE SET file_bytes = excluded.file_bytes,
                repository_bytes = excluded.repository_bytes
            """
        )
    }
}
