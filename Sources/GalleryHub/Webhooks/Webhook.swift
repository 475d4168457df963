package import Foundation
package import GalleryDatabase
package import GalleryModel

/// What a webhook may be told of.
package enum WebhookDomain: String, Sendable, Codable, CaseIterable {
    case repo, discussion
}

/// What a webhook listens to: one repository, or all of an owner.
package enum WebhookWatch: Sendable, Equatable {
    case repo(RepoID, RepoKind, RepoName)
    case account(AccountID, AccountKind, name: String)

    var type: String {
        switch self {
        case .repo(_, let kind, _): kind.hubType
        case .account(_, .user, _): "user"
        case .account(_, .organization, _): "org"
        }
    }

    var name: String {
        switch self {
        case .repo(_, _, let name): name.description
        case .account(_, _, let name): name
        }
    }
}

/// An address that somebody wants told of what happens.
package struct Webhook: Record, Equatable {
    package let id: String
    package let owner: AccountID
    package var url: String
    package var sealedSecret: [UInt8]?
    package var domains: [WebhookDomain]
    package var isDisabled: Bool
    package var watches: [WebhookWatch] = []

    init(id: String, owner: AccountID) {
        self.id = id
        self.owner = owner
        url = ""
        domains = []
        isDisabled = false
    }

    package init(row: Row) throws {
        id = try row.get("id")
        owner = try row.get("owner")
        url = try row.get("url")
        sealedSecret = try row.optional("sealed_secret")
        domains = (try row.get("hears_repo") ? [.repo] : []) + (try row.get("hears_discussion") ? [.discussion] : [])
        isDisabled = try row.get("is_disabled")
    }
}

/// One message to a webhook, and what became of it.
package struct WebhookDelivery: Record, Equatable {
    package enum State: String, Sendable, SQLConvertible {
        case waiting, delivered, failed
    }

    package let id: String
    package let webhook: String
    package let scope: String
    package let action: String
    package let payload: String
    package let state: State
    package let attempts: Int
    /// The HTTP status of the last answer.
    package let status: Int?
    package let error: String
    package let createdAt: Date

    package init(row: Row) throws {
        id = try row.get("id")
        webhook = try row.get("webhook")
        scope = try row.get("scope")
        action = try row.get("action")
        payload = try row.get("payload")
        state = try row.get("state")
        attempts = try row.get("attempts")
        status = try row.optional("status")
        error = try row.get("error")
        createdAt = try row.get("created_at")
    }
}
