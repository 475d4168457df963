package import Foundation
package import GalleryDatabase
package import GalleryModel
package import GalleryServing

/// Something an account was told of.
package struct NotificationEntry: Record, Equatable {
    package let id: String
    package let account: AccountID
    package let kind: NotificationKind
    package let repo: RepoID?
    package let page: String
    package let values: [String: String]
    /// Who caused it; nil for the gallery itself, or an account that is gone.
    package let actor: AccountID?
    package let actorName: String?
    package let actorNickname: String?
    /// How many of the kind it stands for.
    package let count: Int
    /// Those of `count` that have gone out by mail.
    package let mailedCount: Int
    /// False where it is only mailed.
    package let isShown: Bool
    package let isRead: Bool
    package let createdAt: Date
    package let updatedAt: Date

    static let columns: SQL = """
        n.id, n.account, n.kind, n.repo, n.page, n.detail, n.actor, n.count, n.mailed_count, n.is_shown, n.is_read, n.created_at,
        n.updated_at, a.name AS actor_name, a.nickname AS actor_nickname
        """

    static let tables: SQL = "FROM notifications n LEFT JOIN accounts a ON a.id = n.actor"

    package init(row: Row) throws {
        id = try row.get("id")
        account = try row.get("account")
        kind = try row.get("kind")
        repo = try row.optional("repo")
        page = try row.get("page")
        let detail: String = try row.get("detail")
        values = try JSONDecoder().decode([String: String].self, from: Data(detail.utf8))
        actor = try row.optional("actor")
        actorName = try row.optional("actor_name")
        actorNickname = try row.optional("actor_nickname")
        count = try row.get("count")
        mailedCount = try row.get("mailed_count")
        isShown = try row.get("is_shown")
        isRead = try row.get("is_read")
        createdAt = try row.get("created_at")
        updatedAt = try row.get("updated_at")
    }
}

/// A notification as its account may read it now.
package struct ReadableNotification: Sendable, Equatable {
    package var entry: NotificationEntry
    /// The asset it is about, under today's name; nil where there is none, or it may no longer be seen.
    package var asset: Asset?
    /// Whether it is about an asset that may no longer be seen.
    package var isVeiled: Bool

    package struct Asset: Sendable, Equatable {
        package var kind: RepoKind
        package var name: RepoName
        /// The title in the owner's language; empty where there is none.
        package var title: String
    }

    /// Where it leads; nil where that may no longer be seen.
    package var path: String? {
        if let asset { return "/\(asset.kind.pathPrefix)\(asset.name)\(entry.page)" }
        return isVeiled ? nil : entry.page
    }
}

/// What an account has chosen about notifications.
package struct NotificationPreferences: Sendable, Equatable {
    /// The switch for all e-mail of this sort.
    package var mails: Bool
    /// The language of the mails; nil for all that the gallery speaks.
    package var language: Language?
    /// For every kind, what was chosen or is standard.
    package var choices: [NotificationKind: NotificationChoice]

    package init(mails: Bool, language: Language?, choices: [NotificationKind: NotificationChoice]) {
        self.mails = mails
        self.language = language
        self.choices = choices
    }
}

/// What can be wrong with notifications.
package enum NotificationError: DomainError, Equatable {
    case unknown
    case badCursor
    case alwaysShown(NotificationKind)

    package var problem: Problem {
        switch self {
        case .unknown: Problem(.missing, "notification-unknown", "You have no such notification.")
        case .badCursor: .invalid("cursor-invalid", "This page of the list does not exist: start from the first one.")
        case .alwaysShown(let kind):
            .invalid("notification-always-shown", "Notifications of the kind '\(kind.rawValue)' are always shown.")
        }
    }
}

/// Has an account's waiting notifications sent by e-mail; done where mail is sent.
package struct NotificationMailJob: Job {
    package static let kind = "notifications.mail"

    package var account: AccountID

    package init(account: AccountID) {
        self.account = account
    }

    /// At most one of them waits per account.
    package var singleKey: String { "\(Self.kind) \(account)" }
}

/// Tells many accounts of something, some at a time.
struct NotificationFanOutJob: Job {
    static let kind = "notifications.fan-out"

    var kind: NotificationKind
    var recipients: [AccountID]
    var topic: NotificationTopic
    var actor: AccountID?
}

/// Forgets notifications of long ago.
struct NotificationSweepJob: Job {
    static let kind = "notifications.sweep"
}
