import Foundation
package import GalleryDatabase
package import GalleryModel

extension SQLConnection {
    /// The role of `account` in `organization`; nil where it is no member.
    package func membership(of account: AccountID, in organization: AccountID) throws -> OrganizationRole? {
        try value(
            OrganizationRole.self,
            "SELECT role FROM memberships WHERE organization = \(organization) AND account = \(account)"
        )
    }

    /// The organisations of a person, by name.
    package func organizations(of account: AccountID) throws -> [MemberEntry] {
        try rows(
            MemberEntry.self,
            """
            SELECT \(sql: Account.columns), memberships.role AS membership_role
            FROM memberships JOIN accounts ON accounts.id = memberships.organization
            WHERE memberships.account = \(account)
            ORDER BY accounts.name_key
            """
        )
    }

    /// The members of an organisation, by name, from the one after `key`.
    package func members(of organization: AccountID, after key: String, limit: Int) throws -> [MemberEntry] {
        try rows(
            MemberEntry.self,
            """
            SELECT \(sql: Account.columns), memberships.role AS membership_role
            FROM memberships JOIN accounts ON accounts.id = memberships.account
            WHERE memberships.organization = \(organization) AND accounts.name_key > \(key)
            ORDER BY accounts.name_key LIMIT \(limit)
            """
        )
    }

    package func memberCount(of organization: AccountID) throws -> Int {
        try value(Int.self, "SELECT COUNT(*) FROM memberships WHERE organization = \(organization)") ?? 0
    }

    func setMembership(of account: AccountID, in organization: AccountID, role: OrganizationRole, at now: Date) throws {
        try execute(
            """
            INSERT INTO memberships (organization, account, role, created_at)
            VALUES (\(organization), \(account), \(role), \(now))
            ON CONFLICT (organization, account) DO UPDATE SET role = excluded.role
            """
        )
    }

    func removeMembership(of account: AccountID, in organization: AccountID) throws {
        try execute("DELETE FROM memberships WHERE organization = \(organization) AND account = \(account)")
    }

    /// Whether anybody but `account` administers the organisation and can sign in.
    func hasOtherAdmin(than account: AccountID, in organization: AccountID) throws -> Bool {
        try exists(
            """
            SELECT 1 FROM memberships JOIN accounts ON accounts.id = memberships.account
            WHERE memberships.organization = \(organization) AND memberships.role = 'admin'
                AND memberships.account <> \(account) AND accounts.is_disabled = 0
            """
        )
    }
}
