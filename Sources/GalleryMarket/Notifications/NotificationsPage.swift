import Foundation
import GalleryHub
import GalleryServing

/// `/notifications`
struct NotificationsPage: Page {
    static let template = "notifications/notifications"

    struct Choice: Sendable {
        let text: String
        let path: String
        let isCurrent: Bool
    }

    struct Row: Sendable {
        let id: String
        let icon: String
        let text: String
        let detail: String?
        /// Nil where what it is about may no longer be seen.
        let path: String?
        let time: Moment
        let isUnread: Bool
        let action: String
    }

    let choices: [Choice]
    let groups: [Choice]
    let rows: [Row]
    let hasRows: Bool
    let emptyText: String
    let hasUnread: Bool
    /// The moment up to which "mark all as read" goes: what comes after this page was made stays unread.
    let until: String
    let nextPath: String?

    init(
        _ notifications: [ReadableNotification],
        next: String?,
        filter: NotificationFilter,
        unread: Int,
        now: Date,
        _ context: GalleryContext
    ) {
        let words = context.words
        let formats = context.formats
        let address = { (isUnread: Bool, group: NotificationKind.Group?, cursor: String?) in
            var parts = isUnread ? ["show=unread"] : []
            if let group { parts.append("group=\(group.rawValue)") }
            if let cursor { parts.append("cursor=\(cursor)") }
            return "/notifications" + (parts.isEmpty ? "" : "?" + parts.joined(separator: "&"))
        }
        choices = [false, true].map { isUnread in
            Choice(
                text: words.say(isUnread ? "notifications.unread" : "notifications.all"),
                path: address(isUnread, filter.group, nil),
                isCurrent: isUnread == filter.isUnread
            )
        }
        groups = ([nil] + NotificationKind.Group.allCases).map { group in
            Choice(
                text: words.say("notifications.group.\(group?.rawValue ?? "any")"),
                path: address(filter.isUnread, group, nil),
                isCurrent: group == filter.group
            )
        }
        rows = notifications.map { notification in
            let text = NotificationText(notification, words)
            let entry = notification.entry
            return Row(
                id: entry.id,
                icon: entry.kind.icon,
                text: text.title,
                detail: text.detail.isEmpty ? nil : text.detail,
                path: notification.path == nil ? nil : "/notifications/\(entry.id)",
                time: formats.moment(entry.updatedAt, now: now),
                isUnread: !entry.isRead,
                action: entry.isRead ? "unread" : "read"
            )
        }
        hasRows = !rows.isEmpty
        emptyText = words.say(filter.isUnread ? "notifications.empty.unread" : "notifications.empty")
        hasUnread = unread > 0
        until = String(Int64(now.timeIntervalSince1970 * 1000))
        nextPath = next.map { address(filter.isUnread, filter.group, $0) }
    }
}

/// `/settings/notifications`
struct NotificationSettingsPage: Page {
    static let template = "notifications/settings"

    struct Group: Sendable {
        let name: String
        let rows: [Row]
    }

    struct Row: Sendable {
        let kind: String
        let name: String
        let onPage: Bool
        let byMail: Bool
        let isAlwaysShown: Bool
    }

    struct Choice: Sendable {
        let value: String
        let text: String
        let isCurrent: Bool
    }

    let menu: [SideEntry]
    let mails: Bool
    let email: String?
    let languages: [Choice]
    let groups: [Group]

    init(_ preferences: NotificationPreferences, email: String, isReviewer: Bool, _ context: GalleryContext) {
        let words = context.words
        menu = SettingsMenu.entries("notifications", context)
        mails = preferences.mails
        self.email = email.isEmpty ? nil : email
        languages =
            [
                Choice(
                    value: "",
                    text: words.say("notifications.language.both"),
                    isCurrent: preferences.language == nil
                )
            ]
            + Language.allCases.map {
                Choice(value: $0.rawValue, text: $0.name, isCurrent: $0 == preferences.language)
            }
        groups = NotificationKind.Group.allCases.map { group in
            let kinds = NotificationKind.allCases.filter { $0.group == group && (isReviewer || !$0.isForReviewers) }
            return Group(
                name: words.say("notifications.group.\(group.rawValue)"),
                rows: kinds.map { kind in
                    let choice = preferences.choices[kind] ?? kind.standard
                    return Row(
                        kind: kind.rawValue,
                        name: words.say("notifications.kind.\(kind.rawValue)"),
                        onPage: choice.onPage,
                        byMail: choice.byMail,
                        isAlwaysShown: kind.isAlwaysShown
                    )
                }
            )
        }
    }
}
