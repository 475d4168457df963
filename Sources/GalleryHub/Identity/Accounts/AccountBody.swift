import Foundation
import GalleryModel

/// An account in our own API; the e-mail address, role and state only for itself and operators.
package struct AccountBody: Codable, Sendable {
    let id: String
    let kind: AccountKind
    let name: String
    let nickname: String
    let bio: String
    let avatarURL: String
    let createdAt: Date
    let email: String?
    let role: SiteRole?
    let isDisabled: Bool?
    let isEmailConfirmed: Bool?
    let isRealNameVerified: Bool?
    let isPrivateByDefault: Bool?

    package init(_ account: Account, isOwn: Bool = false) {
        id = account.publicID
        kind = account.kind
        name = account.name
        nickname = account.nickname
        bio = account.bio
        avatarURL = account.avatarPath
        createdAt = account.createdAt
        email = isOwn ? account.email : nil
        role = isOwn && account.kind == .user ? account.role : nil
        isDisabled = isOwn ? account.isDisabled : nil
        isEmailConfirmed = isOwn ? account.isEmailConfirmed : nil
        isRealNameVerified = isOwn && account.kind == .user ? account.isRealNameVerified : nil
        isPrivateByDefault = account.kind == .organization ? account.isPrivateByDefault : nil
    }
}
