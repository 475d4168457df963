import Foundation
package import GalleryDatabase
package import GalleryModel

extension SQLConnection {
    package func account(_ id: AccountID) throws -> Account? {
        try row(Account.self, "SELECT \(sql: Account.columns) FROM accounts WHERE id = \(id)")
    }

    /// Finds by name in any case, by a name the account had formerly, or by its `ur…` id.
    ///
    /// Where the answer's name differs from what was asked, the caller may redirect.
    package func account(named name: String) throws -> Account? {
        let key = AccountName.key(name)
        let columns = Account.columns
        if let account = try row(
            Account.self,
            "SELECT \(sql: columns) FROM accounts WHERE name_key = \(key)"
        ) {
            return account
        }
        if let number = AccountName.number(key) {
            return try row(Account.self, "SELECT \(sql: columns) FROM accounts WHERE number = \(number)")
        }
        return try row(
            Account.self,
            """
            SELECT \(sql: columns) FROM accounts
            JOIN former_account_names ON former_account_names.account = accounts.id
            WHERE former_account_names.name_key = \(key)
            """
        )
    }

    /// Those of `ids` that exist, in no order: for lists that show names.
    package func accounts(_ ids: some Collection<AccountID>) throws -> [Account] {
        guard !ids.isEmpty else { return [] }
        return try rows(
            Account.self,
            "SELECT \(sql: Account.columns) FROM accounts WHERE id IN (\(values: ids))"
        )
    }

    func accountsPage(of kind: AccountKind?, after key: String, limit: Int) throws -> [Account] {
        let condition: SQL = if let kind { "AND kind = \(kind)" } else { "" }
        return try rows(
            Account.self,
            """
            SELECT \(sql: Account.columns) FROM accounts
            WHERE name_key > \(key) \(sql: condition)
            ORDER BY name_key LIMIT \(limit)
            """
        )
    }

    /// The account that has the name now or had it once.
    func accountOrFormer(named name: String) throws -> AccountID? {
        let key = AccountName.key(name)
        return try value(AccountID.self, "SELECT id FROM accounts WHERE name_key = \(key)")
            ?? value(AccountID.self, "SELECT account FROM former_account_names WHERE name_key = \(key)")
    }

    func isAccountNameTaken(_ name: String) throws -> Bool {
        try accountOrFormer(named: name) != nil
    }

    func passwordHash(of id: AccountID) throws -> String? {
        try value(String.self, "SELECT password_hash FROM accounts WHERE id = \(id)")
    }

    /// Inserts with the next account number.
    func insertAccount(_ new: NewAccount, id: AccountID, at now: Date) throws {
        guard
            let number = try value(
                Int.self,
                "UPDATE account_numbers SET last = last + 1 WHERE id = 1 RETURNING last"
            )
        else { throw DatabaseError.unexpectedValue(column: "last") }
        try execute(
            """
            INSERT INTO accounts (
                id, number, kind, name, name_key, nickname, email, bio, role, is_disabled, is_private_by_default,
                password_hash, created_at, updated_at)
            VALUES (
                \(id), \(number), \(new.kind), \(new.name), \(AccountName.key(new.name)), \(new.nickname), \(new.email), '',
                \(new.role), 0, \(new.isPrivateByDefault), \(new.passwordHash), \(now), \(now))
            """
        )
    }

    func updateProfile(_ account: Account, at now: Date) throws {
        try execute(
            """
            UPDATE accounts
            SET nickname = \(account.nickname), email = \(account.email), bio = \(account.bio), updated_at = \(now)
            WHERE id = \(account.id)
            """
        )
    }

    func setConfirmedEmail(_ email: String, of id: AccountID, at now: Date) throws {
        try execute(
            "UPDATE accounts SET email = \(email), is_email_confirmed = 1, updated_at = \(now) WHERE id = \(id)"
        )
    }

    func setRealNameVerified(_ isVerified: Bool, of id: AccountID, at now: Date) throws {
        try execute(
            "UPDATE accounts SET is_real_name_verified = \(isVerified), updated_at = \(now) WHERE id = \(id)"
        )
    }

    func setPasswordHash(_ hash: String, of id: AccountID, at now: Date) throws {
        try execute("UPDATE accounts SET password_hash = \(hash), updated_at = \(now) WHERE id = \(id)")
    }

    func setDisabled(_ isDisabled: Bool, _ id: AccountID, at now: Date) throws {
        try execute("UPDATE accounts SET is_disabled = \(isDisabled), updated_at = \(now) WHERE id = \(id)")
    }

    func setRole(_ role: SiteRole, of id: AccountID, at now: Date) throws {
        try execute("UPDATE accounts SET role = \(role), updated_at = \(now) WHERE id = \(id)")
    }

    func setPrivateByDefault(_ isPrivate: Bool, of id: AccountID, at now: Date) throws {
        try execute("UPDATE accounts SET is_private_by_default = \(isPrivate), updated_at = \(now) WHERE id = \(id)")
    }

    /// Renames, and keeps the old name as a redirect; taking one's own former name back ends its redirect.
    func renameAccount(_ account: Account, to name: String, at now: Date) throws {
        let key = AccountName.key(name)
        let oldKey = AccountName.key(account.name)
        try execute("DELETE FROM former_account_names WHERE name_key = \(key)")
        try execute(
            "UPDATE accounts SET name = \(name), name_key = \(key), updated_at = \(now) WHERE id = \(account.id)"
        )
        try noteChange(ofOwner: account.id, at: now)
        guard key != oldKey else { return }
        try execute(
            """
            INSERT INTO former_account_names (name_key, account, renamed_at)
            VALUES (\(oldKey), \(account.id), \(now))
            """
        )
    }

    /// Whether an operator other than `id` could still sign in.
    func hasOtherOperator(than id: AccountID) throws -> Bool {
        try exists("SELECT 1 FROM accounts WHERE role = 'admin' AND is_disabled = 0 AND id <> \(id)")
    }
}

/// What an account starts with.
struct NewAccount: Sendable {
    var kind: AccountKind
    var name: String
    var nickname: String
    var email = ""
    var role = SiteRole.user
    var isPrivateByDefault = false
    var passwordHash: String?
}
