import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import Hummingbird

/// Notifications in the interface.
struct NotificationRoutes: Sendable {
    let notifications: Notifications

    func add(to api: APIRoutes) {
        api.get(
            "notifications",
            "List your notifications, the latest first",
            query: [
                .truth("unread", "Only those not read yet."),
                .choice("group", NotificationKind.Group.self, "Only those of one group of kinds."),
            ] + APIParameter.paging,
            answers: APIPage<NotificationBody>.self
        ) { call in
            let (cursor, limit) = try call.paging()
            let query = try call.query()
            let filter = NotificationFilter(isUnread: try query.truth("unread"), group: try .named(query["group"]))
            let found = try await notifications.list(filter, after: cursor, limit: limit, by: call.viewer)
            let words = call.context.words
            return APIPage(items: found.notifications.map { NotificationBody($0, words) }, next: found.next)
        }
        api.get("notifications/unread", "Count your unread notifications", answers: UnreadBody.self) { call in
            _ = try call.viewer.mustBeSignedIn()
            return UnreadBody(unread: try await notifications.unread(by: call.viewer))
        }
        api.send(
            .put,
            "notifications/read",
            "Mark all notifications as read, or those that had arrived by a moment",
            body: ReadUntilBody.self,
            answers: UnreadBody.self
        ) { call in
            let until = call.body.until.map { Date(timeIntervalSince1970: Double($0) / 1000) }
            try await notifications.readAll(until: until, by: call.viewer)
            return UnreadBody(unread: try await notifications.unread(by: call.viewer))
        }
        for (method, isRead, summary) in [
            (HTTPRequest.Method.put, true, "Mark a notification as read"),
            (.delete, false, "Mark a notification as unread"),
        ] {
            api.send(
                method,
                "notifications/{notification}/read",
                summary,
                answers: NotificationBody.self
            ) { call in
                let changed = try await notifications.setRead(isRead, call.path("notification"), by: call.viewer)
                return NotificationBody(changed, call.context.words)
            }
        }
        api.send(.delete, "notifications/{notification}", "Delete a notification") { call in
            try await notifications.delete(call.path("notification"), by: call.viewer)
        }
        addSettings(to: api)
    }

    private func addSettings(to api: APIRoutes) {
        api.get(
            "settings/notifications",
            "Show where you are told of what",
            answers: NotificationSettingsBody.self
        ) { call in
            NotificationSettingsBody(try await notifications.preferences(by: call.viewer))
        }
        api.send(
            .patch,
            "settings/notifications",
            "Choose where you are told of what; what is left out stays",
            body: NotificationSettingsBody.self,
            answers: NotificationSettingsBody.self
        ) { call in
            let choices = try (call.body.choices ?? []).map { choice in
                guard let kind = NotificationKind(rawValue: choice.kind) else { throw Self.unknownKind(choice.kind) }
                return (kind, NotificationChoice(onPage: choice.onPage, byMail: choice.byMail))
            }
            let language: Language?? = try call.body.language.map(Self.language)
            return NotificationSettingsBody(
                try await notifications.choose(
                    mails: call.body.mails,
                    language: language,
                    Dictionary(choices) { $1 },
                    by: call.viewer
                )
            )
        }
    }

    static func language(_ text: String) throws -> Language? {
        if text.isEmpty { return nil }
        guard let language = Language(rawValue: text) else {
            throw Problem.invalid("language-unknown", "The languages are en and zh; an empty text stands for both.")
        }
        return language
    }

    private static func unknownKind(_ kind: String) -> Problem {
        .invalid("notification-kind-unknown", "There are no notifications of the kind '\(kind.prefix(40))'.")
    }
}
