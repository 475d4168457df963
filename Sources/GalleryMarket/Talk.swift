package import GalleryHub
package import GalleryServing

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
