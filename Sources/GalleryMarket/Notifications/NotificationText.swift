import GalleryHub
import GalleryModel
import GalleryServing

/// What a notification says in a language: the same on the page, in a toast and in a mail.
struct NotificationText: Sendable, Equatable {
    /// Who did what to what.
    let title: String
    /// What was said, or why; empty where there is nothing.
    let detail: String

    init(_ notification: ReadableNotification, count: Int? = nil, _ words: Phrases) {
        let entry = notification.entry
        let count = count ?? entry.count
        var values = entry.values
        values["actor"] = entry.actorName ?? words.say("notification.somebody")
        values["asset"] = notification.asset.map(\.name.description) ?? words.say("notification.veiled")
        let key = "notification.\(entry.kind.rawValue)"
        title =
            entry.kind.gathers && count > 1
            ? words.say("\(key).many", count: count, values) : words.say(key, values)
        // What may no longer be seen is not quoted either.
        if notification.isVeiled {
            detail = ""
        } else if let reason = entry.values["reason"], !reason.isEmpty {
            detail = words.say("notification.reason", ["reason": reason])
        } else {
            detail = entry.values["excerpt"] ?? ""
        }
    }
}

extension NotificationKind {
    /// The icon of the sprite that stands for it.
    var icon: String {
        switch group {
        case .conversation: self == .commentLiked ? "heart" : "comment"
        case .applications: "key"
        case .publishing: "eye"
        case .subscriptions: "bookmark"
        case .compute: "play"
        case .gallery: "bell"
        }
    }
}
