package import Foundation
package import GalleryDatabase
package import GalleryModel

/// An account's place in an organisation.
package struct Membership: Record, Equatable {
    package let organization: AccountID
    package let account: AccountID
    package var role: OrganizationRole
    package let createdAt: Date

    package init(row: Row) throws {
        organization = try row.get("organization")
        account = try row.get("account")
        role = try row.get("role")
        createdAt = try row.get("created_at")
    }
}

/// One line of a list of members, or of a person's organisations: the other side and the role.
package struct MemberEntry: Record, Equatable {
    package let account: Account
    package let role: OrganizationRole

    package init(row: Row) throws {
        account = try Account(row: row)
        role = try row.get("membership_role")
    }
}
