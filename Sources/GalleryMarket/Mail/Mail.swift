import Foundation
package import GalleryDatabase
import GalleryHub
package import GalleryModel
package import GalleryServing

/// Mails of the gallery: written into the outbox in the transaction that they follow from, sent by jobs.
package struct Mail: Sendable {
    /// Mails to one address within an hour, notifications aside.
    private static let mostPerHour = 10
    private static let keptFor: TimeInterval = 30 * 86_400

    let database: any Database
    let mailer: any Mailer
    let world: World
    let settings: Settings.Mail
    /// What the addresses in mails begin with.
    package let origin: String
    private let catalogue: @Sendable () -> Catalogue

    package init(
        database: any Database,
        mailer: any Mailer,
        settings: Settings.Mail,
        origin: String,
        catalogue: @escaping @Sendable () -> Catalogue,
        world: World
    ) {
        self.database = database
        self.mailer = mailer
        self.settings = settings
        self.origin = origin
        self.catalogue = catalogue
        self.world = world
    }

    /// As the settings have it: through their mail server, or into the outbox where they name none.
    package init(
        database: any Database,
        settings: Settings,
        catalogue: @escaping @Sendable () -> Catalogue,
        world: World
    ) {
        let server = settings.server
        self.init(
            database: database,
            mailer: settings.mail.host.isEmpty ? OutboxMailer() : SMTPMailer(settings.mail),
            settings: settings.mail,
            origin: server.publicURL.isEmpty ? "http://\(server.host):\(server.port)" : server.publicURL,
            catalogue: catalogue,
            world: world
        )
    }

    /// Whether mails leave this machine.
    package var delivers: Bool { mailer.delivers }

    /// The texts in one language, or in all where it is not known.
    package func words(_ language: Language?) -> [Phrases] {
        let catalogue = catalogue()
        return (language.map { [$0] } ?? Language.allCases).map { Phrases($0, catalogue) }
    }

    // MARK: Writing

    /// Puts a mail into the outbox, from where a job sends it once the transaction is done.
    ///
    /// Throws `MailError.badAddress`, and `.tooMany` where the address was sent many mails lately.
    package func post(_ draft: MailDraft, to recipient: String, _ db: any SQLConnection) throws {
        guard let address = MailAddress(recipient) else { throw MailError.badAddress }
        let now = world.now()
        if draft.template != "notifications" {
            let count = try db.mailCount(to: address.text, since: now.addingTimeInterval(-3600))
            guard count < Self.mostPerHour else { throw MailError.tooMany }
        }
        let id = world.newID()
        try db.insertMail(id, draft, to: address, at: now)
        try db.enqueue(MailSendJob(mail: id), at: now)
    }

    /// Posts a code that somebody has to type: `purpose` names the texts `mail.<purpose>.subject` and `mail.<purpose>.text`.
    package func postCode(
        _ code: String,
        for purpose: String,
        minutes: Int,
        to recipient: String,
        account: AccountID?,
        language: Language?,
        _ db: any SQLConnection
    ) throws {
        let contents = words(language).map { words in
            MailContent(
                language: words.language,
                subject: words.say("mail.\(purpose).subject"),
                blocks: [
                    .paragraph(words.say("mail.\(purpose).text")), .code(code),
                    .paragraph(words.say("mail.code.note", ["minutes": String(minutes)])),
                ]
            )
        }
        try post(MailDraft(template: purpose, account: account, contents: contents), to: recipient, db)
    }

    // MARK: Operators

    /// The outbox, the latest first, with how many there are of each state; for administrators.
    package func outbox(
        _ state: OutgoingMail.State? = nil,
        before id: String? = nil,
        limit: Int = 50,
        by viewer: Viewer
    ) async throws -> (mails: [OutgoingMail], next: String?, counts: [OutgoingMail.State: Int]) {
        try mustBeOperator(viewer)
        return try await database.read { db in
            let found = try db.mails(state, before: id, limit: limit + 1)
            let shown = Array(found.prefix(limit))
            return (shown, found.count > limit ? shown.last?.id : nil, try db.mailCounts())
        }
    }

    package func mail(_ id: String, by viewer: Viewer) async throws -> OutgoingMail {
        try mustBeOperator(viewer)
        guard let mail = try await database.read({ db in try db.mail(id) }) else { throw MailError.unknown }
        return mail
    }

    /// Tries a mail again that was refused.
    package func sendAgain(_ id: String, by viewer: Viewer) async throws {
        let operatorID = try mustBeOperator(viewer)
        let world = world
        try await database.write { db in
            guard let mail = try db.mail(id) else { throw MailError.unknown }
            guard mail.state == .failed else { throw MailError.notWaiting }
            try db.setMailWaiting(id, at: world.now())
            try db.enqueue(MailSendJob(mail: id), at: world.now())
            try db.audit("mail.repeat", on: id, by: operatorID, detail: ["template": mail.template], world: world)
        }
    }

    // MARK: Jobs

    package func register(in handlers: inout JobHandlers) {
        handlers.on(MailSendJob.self) { job in try await send(job.mail) }
        handlers.on(MailSweepJob.self) { _ in try await sweep() }
        handlers.every(.seconds(86_400), enqueue: MailSweepJob())
    }

    /// Hands a mail over and notes what became of it; throws when it has to be tried again.
    func send(_ id: String) async throws {
        let (mail, now) = (try await database.read { db in try db.mail(id) }, world.now())
        // Forgotten meanwhile, or sent by a worker that died before it could say so.
        guard let mail, mail.state == .waiting else { return }
        guard mailer.delivers else { return try await database.write { db in try db.noteMailKept(id, at: now) } }
        do {
            guard let message = message(mail) else {
                throw MailFailure.refused("the address of sender or recipient is no address")
            }
            try await mailer.send(message)
        } catch let failure as MailFailure {
            var isFinal = mail.attempts + 1 >= MailSendJob.attempts
            if case .refused = failure { isFinal = true }
            let isLast = isFinal
            try await database.write { db in
                try db.noteMailFailure(id, isFinal: isLast, error: String(failure.description.prefix(500)), at: now)
            }
            // Whether refused or given up, the outbox says so; there is nothing more for the queue to do.
            if isFinal { return }
            throw failure
        }
        try await database.write { db in try db.noteMailSent(id, at: now) }
    }

    private func message(_ mail: OutgoingMail) -> MailMessage? {
        guard let from = MailAddress(settings.from), let to = MailAddress(mail.recipient) else { return nil }
        return MailMessage(
            id: mail.id,
            from: from,
            fromName: settings.fromName,
            to: to,
            subject: mail.subject,
            text: mail.text,
            html: mail.html,
            unsubscribeURL: mail.unsubscribeURL,
            date: mail.createdAt
        )
    }

    private func sweep() async throws {
        let limit = world.now().addingTimeInterval(-Self.keptFor)
        try await database.write { db in try db.deleteMails(before: limit) }
    }

    @discardableResult
    private func mustBeOperator(_ viewer: Viewer) throws -> AccountID {
        let account = try viewer.mustBeSignedIn()
        guard account.role == .admin, viewer.onlyRepo == nil, viewer.scope.includes(.admin) else {
            throw Problem.notYours
        }
        return account.id
    }
}

/// Sends one mail.
struct MailSendJob: Job {
    static let kind = "mail.send"
    static let attempts = 12
    static let firstDelay = Duration.seconds(30)

    var mail: String
}

/// Forgets mails of long ago.
struct MailSweepJob: Job {
    static let kind = "mail.sweep"
}
