import Foundation
package import GalleryDatabase
import GalleryHub
package import GalleryModel
package import GalleryServing

/// Notifications by e-mail: gathered for a while, then sent in one mail.
package struct NotificationMails: Sendable {
    /// Notifications told one by one in a mail; of more only the number.
    private static let mostItems = 20
    private static let most = 200

    let database: any Database
    let mail: Mail
    let links: UnsubscribeLinks
    let settings: Settings.Mail
    let world: World

    package init(database: any Database, mail: Mail, links: UnsubscribeLinks, settings: Settings.Mail, world: World) {
        self.database = database
        self.mail = mail
        self.links = links
        self.settings = settings
        self.world = world
    }

    package func register(in handlers: inout JobHandlers) {
        handlers.on(NotificationMailJob.self) { job in try await write(to: job.account) }
    }

    /// Writes one mail with all that waits, or comes back later when it is too early.
    func write(to account: AccountID) async throws {
        let now = world.now()
        try await database.write { db in
            let waiting = try db.notificationsToMail(to: account, limit: Self.most)
            guard let oldest = waiting.map(\.createdAt).min(), let person = try db.account(account) else { return }
            let last = try db.lastNotificationMail(to: account) ?? .distantPast
            let due = max(
                oldest.addingTimeInterval(Double(settings.gatherSeconds)),
                last.addingTimeInterval(Double(settings.pauseMinutes) * 60)
            )
            guard due <= now else {
                let job = NotificationMailJob(account: account)
                let delay = Duration.milliseconds(Int64((due.timeIntervalSince(now) * 1000).rounded(.up)))
                return try db.enqueue(job, at: now, delay: delay, singleKey: job.singleKey)
            }
            try db.settleMail(of: waiting)
            let wanted = try wanted(waiting, of: person, db)
            guard !wanted.isEmpty, !person.isDisabled, MailAddress(person.email) != nil else { return }
            try mail.post(draft(wanted, for: person, language: try db.mailLanguage(of: account)), to: person.email, db)
            try db.noteNotificationMail(to: account, at: now)
        }
    }

    /// Those that are still unread, still wanted and still to be seen.
    private func wanted(
        _ waiting: [NotificationEntry],
        of person: Account,
        _ db: any SQLConnection
    ) throws -> [ReadableNotification] {
        guard try db.takesMail(person.id) else { return [] }
        let choices = try db.notificationChoices(of: person.id)
        let viewer = Viewer(account: Viewer.Account(id: person.id, name: person.name, role: person.role), scope: .read)
        return try waiting.filter { entry in
            !entry.isRead && (choices[entry.kind] ?? entry.kind.standard).byMail
        }.map { try db.readable($0, for: viewer) }.filter { !$0.isVeiled }
    }

    private func draft(_ notifications: [ReadableNotification], for person: Account, language: Language?) -> MailDraft {
        let kinds = Set(notifications.map(\.entry.kind))
        let url = mail.origin + links.path(for: person.id, kinds.count == 1 ? kinds.first : nil)
        return MailDraft(
            template: "notifications",
            account: person.id,
            unsubscribeURL: url,
            contents: mail.words(language).map { words in
                content(notifications, for: person, unsubscribeURL: url, words)
            }
        )
    }

    private func content(
        _ notifications: [ReadableNotification],
        for person: Account,
        unsubscribeURL: String,
        _ words: Phrases
    ) -> MailContent {
        let texts = notifications.map { notification in
            // Of those gathered, only what no mail has told yet.
            let count = max(1, notification.entry.count - notification.entry.mailedCount)
            return (NotificationText(notification, count: count, words), notification)
        }
        let total = texts.count
        var blocks: [MailContent.Block] = [
            .paragraph(words.say("mail.greeting", ["name": person.nickname.isEmpty ? person.name : person.nickname]))
        ]
        blocks += texts.prefix(Self.mostItems).map { text, notification in
            // Through the notification's own address, which marks it as read; one kept off the page has none.
            let path = notification.entry.isShown ? "/notifications/\(notification.entry.id)" : notification.path
            return .item(text.title, detail: text.detail, url: path.map { mail.origin + $0 })
        }
        if total > Self.mostItems {
            blocks.append(.paragraph(words.say("mail.more", count: total - Self.mostItems)))
        }
        blocks.append(.button(words.say("mail.open"), url: mail.origin + "/notifications"))
        blocks.append(.note(words.say("mail.why"), link: words.say("mail.unsubscribe"), url: unsubscribeURL))
        return MailContent(
            language: words.language,
            subject: total == 1 ? texts[0].0.title : words.say("mail.digest.subject", count: total),
            blocks: blocks
        )
    }
}
