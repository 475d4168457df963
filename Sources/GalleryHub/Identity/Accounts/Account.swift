package import Foundation
package import GalleryDatabase
package import GalleryModel

/// Who is behind an account.
package enum AccountKind: String, Sendable, Codable, CaseIterable, SQLConvertible {
    case user, organization
}

extension SiteRole: SQLConvertible {}
extension Scope: SQLConvertible {}

/// A person or an organisation: whatever can own repositories.
package struct Account: Record, Equatable {
    package let id: AccountID
    /// Counts up from 10001; shown as `ur10001`.
    package let number: Int
    package let kind: AccountKind
    package var name: String
    /// What people see beside the name; starts as the name.
    package var nickname: String
    /// Empty where none was given.
    package var email: String
    package var bio: String
    package var role: SiteRole
    package var isDisabled: Bool
    /// For organisations: repositories created without a word on visibility are private.
    package var isPrivateByDefault: Bool
    package let createdAt: Date

    /// The account ID that can be copied and used wherever a name is taken.
    package var publicID: String { "ur\(number)" }

    package var avatarPath: String { "/avatars/\(name).svg" }

    package static let columns: SQL = """
        accounts.id, accounts.number, accounts.kind, accounts.name, accounts.nickname, accounts.email, accounts.bio,
        accounts.role, accounts.is_disabled, accounts.is_private_by_default, accounts.created_at
        """

    package init(row: Row) throws {
        id = try row.get("id")
        number = try row.get("number")
        kind = try row.get("kind")
        name = try row.get("name")
        nickname = try row.get("nickname")
        email = try row.get("email")
        bio = try row.get("bio")
        role = try row.get("role")
        isDisabled = try row.get("is_disabled")
        isPrivateByDefault = try row.get("is_private_by_default")
        createdAt = try row.get("created_at")
    }
}
