package import Foundation
import GalleryHub
import GalleryModel
import GalleryServing

/// A notification in the interface.
package struct NotificationBody: Codable, Sendable {
    package var id: String
    package var kind: String
    /// What it says, in the language of the request.
    package var text: String
    package var detail: String
    /// Where it leads on this site; null where that may no longer be seen.
    package var path: String?
    package var actor: String?
    /// The asset it is about, under today's name.
    package var asset: String?
    /// How many of the kind it stands for.
    package var count: Int
    package var isRead: Bool
    package var createdAt: Date
    package var updatedAt: Date

    init(_ notification: ReadableNotification, _ words: Phrases) {
        let entry = notification.entry
        let said = NotificationText(notification, words)
        id = entry.id
        kind = entry.kind.rawValue
        text = said.title
        detail = said.detail
        path = notification.path
        actor = entry.actorName
        asset = notification.asset?.name.description
        count = entry.count
        isRead = entry.isRead
        createdAt = entry.createdAt
        updatedAt = entry.updatedAt
    }
}

/// How many notifications are unread.
package struct UnreadBody: Codable, Sendable {
    /// Counted up to 100.
    package var unread: Int
}

/// Which notifications to mark as read.
package struct ReadUntilBody: Codable, Sendable {
    /// Those that had arrived by then, in milliseconds since 1970; all where it is null.
    package var until: Int?
}

/// Where to be told of what.
package struct NotificationSettingsBody: Codable, Sendable {
    package struct Choice: Codable, Sendable {
        package var kind: String
        package var onPage: Bool
        package var byMail: Bool
    }

    /// The switch for all e-mail with notifications.
    package var mails: Bool?
    /// The language of e-mails: `en`, `zh`, or an empty text for both.
    package var language: String?
    package var choices: [Choice]?

    init(_ preferences: NotificationPreferences) {
        mails = preferences.mails
        language = preferences.language?.rawValue ?? ""
        choices = NotificationKind.allCases.compactMap { kind in
            preferences.choices[kind].map { Choice(kind: kind.rawValue, onPage: $0.onPage, byMail: $0.byMail) }
        }
    }
}
