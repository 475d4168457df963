import Foundation
import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryServing
import GalleryTesting
import Synchronization
import Testing

@testable import GalleryMarket

/// A mail server of a test: notes what it is given, or fails as it is told.
final class RecordingMailer: Mailer {
    private let state = Mutex<(failures: [MailFailure], sent: [MailMessage])>(([], []))
    let delivers: Bool

    init(delivers: Bool = true) {
        self.delivers = delivers
    }

    var sent: [MailMessage] { state.withLock { $0.sent } }

    func fail(_ failures: [MailFailure]) { state.withLock { $0.failures = failures } }

    func send(_ message: MailMessage) async throws {
        try state.withLock { state in
            if !state.failures.isEmpty { throw state.failures.removeFirst() }
            state.sent.append(message)
        }
    }
}

/// Notifications that go out by mail.
struct MailingHub {
    let hub: TestFiles
    let mailer: RecordingMailer
    let mail: Mail
    let mails: NotificationMails
    let notifications: Notifications
    let worker: JobWorker

    init(_ database: any Database, delivers: Bool = true) throws {
        hub = try TestFiles(database)
        mailer = RecordingMailer(delivers: delivers)
        var settings = Settings.Mail()
        settings.from = "gallery@example.org"
        settings.gatherSeconds = 60
        settings.pauseMinutes = 10
        mail = Mail(
            database: database,
            mailer: mailer,
            settings: settings,
            origin: "https://gallery.test",
            catalogue: { .empty },
            world: hub.world
        )
        mails = NotificationMails(
            database: database,
            mail: mail,
            links: UnsubscribeLinks(key: [1, 2, 3]),
            settings: settings,
            world: hub.world
        )
        notifications = Notifications(database: database, world: hub.world)
        var handlers = JobHandlers()
        mail.register(in: &handlers)
        mails.register(in: &handlers)
        worker = JobWorker(database: database, world: hub.world, handlers: handlers)
    }

    func tell(_ kind: NotificationKind, _ viewer: Viewer, key: String = "") async throws {
        let (ids, world) = ([viewer.account?.id].compactMap { $0 }, hub.world)
        try await hub.database.write { db in
            try db.tell(kind, to: ids, about: .site(page: "/x", key: key), by: nil, world: world)
        }
    }

    func wait(_ seconds: Int) async throws {
        hub.clock.advance(by: .seconds(seconds))
        try await worker.drain()
    }
}

@Suite struct MailTests {
    @Test(arguments: TestDatabase.all)
    func `notifications are gathered, mailed once, and then not too often`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let hub = try MailingHub(database)
            let ada = try await hub.hub.identity.person("ada")
            try await hub.tell(.mention, ada)
            try await hub.tell(.reply, ada)
            try await hub.wait(1)
            #expect(hub.mailer.sent.isEmpty, "more may come")
            try await hub.wait(60)
            #expect(hub.mailer.sent.count == 1)
            let first = try #require(hub.mailer.sent.first)
            #expect(first.to.text == "ada@example.org")
            #expect(first.text.contains("notification.mention") && first.text.contains("notification.reply"))
            #expect(first.unsubscribeURL?.contains(".all.") == true)
            try await hub.tell(.mention, ada)
            try await hub.wait(120)
            #expect(hub.mailer.sent.count == 1, "ten minutes lie between two mails")
            try await hub.wait(600)
            #expect(hub.mailer.sent.count == 2)
            #expect(hub.mailer.sent[1].unsubscribeURL?.contains(".mention.") == true)
            try await hub.wait(3600)
            #expect(hub.mailer.sent.count == 2, "each is told once")
        }
    }

    @Test(arguments: TestDatabase.all)
    func `what was read or switched off meanwhile is not mailed`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let hub = try MailingHub(database)
            let ada = try await hub.hub.identity.person("ada")
            try await hub.tell(.mention, ada)
            try await hub.notifications.readAll(by: ada)
            try await hub.wait(61)
            try await hub.tell(.reply, ada)
            _ = try await hub.notifications.choose(
                [.reply: NotificationChoice(onPage: true, byMail: false)],
                by: ada
            )
            try await hub.wait(700)
            #expect(hub.mailer.sent.isEmpty)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a mail is tried again until it is taken, and given up where it is refused`(_ kind: TestDatabase) async throws
    {
        try await kind.runMarket { database in
            let hub = try MailingHub(database)
            let admin = try await hub.hub.identity.person("root1", role: .admin)
            func post(_ purpose: String, to address: String = "ada@example.org") async throws {
                let mail = hub.mail
                try await database.write { db in
                    try mail.postCode(
                        "424242",
                        for: purpose,
                        minutes: 10,
                        to: address,
                        account: nil,
                        language: .english,
                        db
                    )
                }
            }
            hub.mailer.fail([.deferred("busy"), .deferred("busy")])
            try await post("verification")
            for _ in 0..<4 { try await hub.wait(120) }
            #expect(hub.mailer.sent.count == 1)
            #expect(hub.mailer.sent.first?.text.contains("424242") == true)
            var outbox = try await hub.mail.outbox(by: admin)
            #expect(outbox.counts == [.sent: 1] && outbox.mails[0].attempts == 3)
            #expect(outbox.mails[0].text.isEmpty, "the code is nobody's any more")

            hub.mailer.fail([.refused("no such user")])
            try await post("verification")
            try await hub.wait(1)
            outbox = try await hub.mail.outbox(.failed, by: admin)
            #expect(outbox.mails.map(\.error) == ["The mail server refused the mail: no such user."])
            try await hub.mail.sendAgain(outbox.mails[0].id, by: admin)
            try await hub.wait(1)
            #expect(hub.mailer.sent.count == 2)
            await #expect(throws: MailError.notWaiting) {
                try await hub.mail.sendAgain(outbox.mails[0].id, by: admin)
            }
            await #expect(throws: MailError.badAddress) { try await post("x", to: "a@b\r\nRCPT TO:<c@d>") }
            for _ in 0..<8 { try await post("verification") }
            await #expect(throws: MailError.tooMany) { try await post("verification") }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `without a mail server mails stay where operators read them`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let hub = try MailingHub(database, delivers: false)
            let ada = try await hub.hub.identity.person("ada")
            let admin = try await hub.hub.identity.person("root1", role: .admin)
            try await hub.tell(.mention, ada)
            try await hub.wait(61)
            let outbox = try await hub.mail.outbox(by: admin)
            #expect(outbox.mails.map(\.state) == [.kept] && !outbox.mails[0].text.isEmpty)
            for viewer in [ada, Viewer(account: admin.account, scope: .write)] {
                await #expect(throws: Problem.notYours) { try await hub.mail.outbox(by: viewer) }
            }
            await #expect(throws: Problem.signInFirst) { try await hub.mail.outbox(by: .visitor) }
        }
    }

    @Test func `an unsubscribe link is good for what it names alone`() {
        let links = UnsubscribeLinks(key: [1, 2, 3])
        let path = links.path(for: AccountID("id-7"), .mention)
        let token = String(path.dropFirst("/unsubscribe/".count))
        #expect(links.target(of: token)?.account == AccountID("id-7"))
        #expect(links.target(of: token)?.kind == .mention)
        #expect(links.target(of: token.replacingOccurrences(of: "id-7", with: "id-8")) == nil)
        #expect(links.target(of: token.replacingOccurrences(of: "mention", with: "all")) == nil)
        #expect(UnsubscribeLinks(key: [9]).target(of: token) == nil)
        for hostile in ["", "..", "a.b.c", "id-7.all.", String(repeating: ".", count: 5000)] {
            #expect(links.target(of: hostile) == nil)
        }
    }
}
