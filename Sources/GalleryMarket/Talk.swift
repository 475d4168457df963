package import GalleryHub
package import GalleryServing
import Hummingbird

/// The slices in which people hear of one another: comments, notifications, mails.
package struct Talk: Sendable {
    package let mail: Mail
    package let notificationMails: NotificationMails
    package let streams = NotificationStreams()
    package let unsubscribeLinks: UnsubscribeLinks
    package let comments: Comments
    package let upkeep: NotificationUpkeep

    package init(hub: HubSlices, words: Words, catalogue: @escaping @Sendable () -> Catalogue) {
        mail = Mail(database: hub.database, settings: hub.settings, catalogue: catalogue, world: hub.world)
        unsubscribeLinks = UnsubscribeLinks(key: hub.identity.box.signingKey(for: "unsubscribe links"))
        notificationMails = NotificationMails(
            database: hub.database,
            mail: mail,
            links: unsubscribeLinks,
            settings: hub.settings.mail,
            world: hub.world
        )
        comments = Comments(database: hub.database, world: hub.world) { text, db in try words.check(text, db) }
        upkeep = NotificationUpkeep(streams: streams, database: hub.database, world: hub.world)
    }

    package func register(in handlers: inout JobHandlers) {
        mail.register(in: &handlers)
        notificationMails.register(in: &handlers)
    }
}

/// Their pages and operations.
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
