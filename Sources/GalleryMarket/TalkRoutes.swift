import GalleryHub
import GalleryServing
import Hummingbird

/// The pages and operations of comments, notifications and mails.
struct TalkRoutes: Sendable {
    let talk: Talk
    let hub: HubSlices
    let asset: AssetPages
    private var pages: Pages { asset.pages }

    func add(to router: Router<GalleryContext>, api: APIRoutes) {
        NotificationPages(notifications: hub.notifications, streams: talk.streams, pages: pages, world: hub.world)
            .add(to: router)
        NotificationSettingsPages(
            notifications: hub.notifications,
            accounts: hub.identity.accounts,
            links: talk.unsubscribeLinks,
            pages: pages
        ).add(to: router)
        OutboxPages(mail: talk.mail, pages: pages, world: hub.world).add(to: router)
        CommentPages(base: asset, comments: talk.comments).add(to: router)
        api.group("Comments") { CommentRoutes(comments: talk.comments, repositories: hub.repositories).add(to: $0) }
        api.group("Notifications") { NotificationRoutes(notifications: hub.notifications).add(to: $0) }
        api.group("Operations") { MailRoutes(mail: talk.mail).add(to: $0) }
    }
}
