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
    /// The name of the picture that was sent, or empty.
    package var picture: String
    /// Whether its owner has shown that the e-mail address reaches them.
    package var isEmailConfirmed: Bool
    /// Whether operators have seen who this is.
    package var isRealNameVerified: Bool
    package let createdAt: Date

    /// The account ID that can be copied and used wherever a name is taken.
    package var publicID: String { "ur\(number)" }

    package var avatarPath: String { avatarPath(.medium) }

    /// The address of the picture, or of the drawing where there is none.
    package func avatarPath(_ size: AvatarSize) -> String {
        picture.isEmpty ? "/avatars/\(name).svg" : "/avatars/\(picture)-\(size.side).webp"
    }

    package static let columns: SQL = """
        accounts.id, accounts.number, accounts.kind, accounts.name, accounts.nickname, accounts.email, accounts.bio,
        accounts.role, accounts.is_disabled, accounts.is_private_by_default, accounts.picture,
        accounts.is_email_confirmed, accounts.is_real_name_verified, accounts.created_at
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
        picture = try row.get("picture")
        isEmailConfirmed = try row.get("is_email_confirmed")
        isRealNameVerified = try row.get("is_real_name_verified")
        createdAt = try row.get("created_at")
    }
}
