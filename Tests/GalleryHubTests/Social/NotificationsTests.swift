import GalleryDatabase
import GalleryModel
import GalleryServing
import GalleryTesting
import Testing

@testable import GalleryHub

@Suite struct NotificationsTests {
    private func tell(
        _ hub: SocialHub,
        _ kind: NotificationKind,
        _ recipients: [Viewer],
        about topic: NotificationTopic,
        by actor: Viewer? = nil
    ) async throws {
        let world = hub.world
        hub.clock.advance(by: .seconds(1))
        let ids = recipients.compactMap(\.account?.id)
        try await hub.database.write { db in
            try db.tell(kind, to: ids, about: topic, by: actor?.account?.id, world: world)
        }
    }

    private func titles(_ hub: SocialHub, of viewer: Viewer, unread: Bool = false) async throws -> [String] {
        let notifications = Notifications(database: hub.database, world: hub.world)
        return try await notifications.list(NotificationFilter(isUnread: unread), by: viewer).notifications.map {
            "\($0.entry.kind.rawValue) \($0.entry.count) \($0.path ?? "veiled")"
        }
    }

    @Test(arguments: TestDatabase.all)
    func `telling, reading, gathering and forgetting`(_ kind: TestDatabase) async throws {
        try await kind.run { database throws in
            let hub = try SocialHub(database)
            let notifications = Notifications(database: database, world: hub.world)
            let (ada, bob) = (try await hub.person("ada"), try await hub.person("bob"))
            let repo = try await hub.repo("m", of: ada)
            for number in 1...3 {
                let topic = NotificationTopic.asset(repo, page: "/comments#c\(number)")
                try await tell(hub, .comment, [ada, bob], about: topic, by: bob)
            }
            try await tell(hub, .mention, [ada], about: .asset(repo, page: "/comments"), by: bob)
            #expect(try await titles(hub, of: ada) == ["mention 1 /ada/m/comments", "comment 3 /ada/m/comments#c3"])
            #expect(try await titles(hub, of: bob).isEmpty)
            #expect(try await notifications.unread(by: ada) == 2)
            #expect(try await notifications.unread(by: .visitor) == 0)

            let first = try #require(try await notifications.list(by: ada).notifications.first)
            #expect(first.entry.actorName == "bob")
            try await notifications.setRead(true, first.entry.id, by: ada)
            #expect(try await titles(hub, of: ada, unread: true) == ["comment 3 /ada/m/comments#c3"])
            await #expect(throws: NotificationError.unknown) {
                try await notifications.setRead(true, first.entry.id, by: bob)
            }
            try await notifications.readAll(by: ada)
            #expect(try await notifications.unread(by: ada) == 0)
            // What was read stays as it is: a further comment is a notification of its own.
            try await tell(hub, .comment, [ada], about: .asset(repo), by: bob)
            #expect(try await titles(hub, of: ada, unread: true) == ["comment 1 /ada/m"])

            let page = try await notifications.list(limit: 2, by: ada)
            let next: String = try #require(page.next)
            let rest = try await notifications.list(after: next, limit: 2, by: ada)
            #expect(page.notifications.count + rest.notifications.count == 3 && rest.next == nil)
            await #expect(throws: NotificationError.badCursor) { try await notifications.list(after: "x", by: ada) }
            try await notifications.delete(first.entry.id, by: ada)
            await #expect(throws: NotificationError.unknown) { try await notifications.delete(first.entry.id, by: ada) }
            await #expect(throws: Problem.signInFirst) { try await notifications.list(by: .visitor) }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `nobody is told of what they may not see, and a later veil hides the name`(_ kind: TestDatabase) async throws {
        try await kind.run { database throws in
            let hub = try SocialHub(database)
            let (ada, bob) = (try await hub.person("ada"), try await hub.person("bob"))
            let secret = try await hub.repo("secret", of: ada, visibility: .owner)
            try await tell(hub, .mention, [bob], about: .asset(secret), by: ada)
            #expect(try await titles(hub, of: bob).isEmpty)
            let open = try await hub.repo("open", of: ada)
            try await tell(hub, .mention, [bob], about: .asset(open), by: ada)
            #expect(try await titles(hub, of: bob) == ["mention 1 /ada/open"])
            _ = try await hub.repositories.change(open, RepositorySettings(visibility: .owner), by: ada)
            #expect(try await titles(hub, of: bob) == ["mention 1 veiled"])
            // Whatever a message is made of, it leads to this site.
            try await tell(hub, .operatorMessage, [bob], about: .site(page: "//evil.example/"))
            #expect(try await titles(hub, of: bob).first == "operator-message 1 /")
        }
    }

    @Test(arguments: TestDatabase.all)
    func `an organisation's admins and the creator are told`(_ kind: TestDatabase) async throws {
        try await kind.run { database throws in
            let hub = try SocialHub(database)
            let people = ["ada", "bob", "eve"]
            for name in people { _ = try await hub.person(name) }
            let org = try await hub.identity.organization(
                "lab",
                of: "ada",
                members: ["bob": .contributor, "eve": .read]
            )
            let world = hub.world
            try await database.write { db in
                try db.tell(.operatorMessage, to: [org.id], about: .site(page: "/"), by: nil, world: world)
            }
            let told = try await database.read { db in
                try db.values(
                    String.self,
                    "SELECT a.name FROM notifications n JOIN accounts a ON a.id = n.account ORDER BY a.name"
                )
            }
            #expect(told == ["ada"])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `each kind can be switched off for the page and for mail`(_ kind: TestDatabase) async throws {
        try await kind.run { database throws in
            let hub = try SocialHub(database)
            let notifications = Notifications(database: database, world: hub.world)
            let (ada, bob) = (try await hub.person("ada"), try await hub.person("bob"))
            let repo = try await hub.repo("m", of: ada)
            let account = try #require(ada.account?.id)
            func waiting() async throws -> [String] {
                try await database.read { db in
                    try db.notificationsToMail(to: account, limit: 10).map(\.kind.rawValue)
                }
            }
            _ = try await notifications.choose(
                [
                    .mention: NotificationChoice(onPage: false, byMail: true),
                    .reply: NotificationChoice(onPage: true, byMail: false),
                    .discussion: NotificationChoice(onPage: false, byMail: false),
                ],
                by: ada
            )
            for kind in [NotificationKind.mention, .reply, .discussion, .commentLiked] {
                try await tell(hub, kind, [ada], about: .asset(repo), by: bob)
            }
            #expect(try await titles(hub, of: ada) == ["comment-liked 1 /ada/m", "reply 1 /ada/m"])
            #expect(try await waiting() == ["mention"])
            // What is only mailed is gone once it is mailed.
            try await database.write { db in
                try db.settleMail(of: db.notificationsToMail(to: account, limit: 10))
            }
            #expect(try await waiting().isEmpty)

            #expect(try await notifications.choose(mails: false, by: ada).mails == false)
            try await tell(hub, .mention, [ada], about: .asset(repo), by: bob)
            #expect(try await waiting().isEmpty)
            await #expect(throws: NotificationError.alwaysShown(.operatorMessage)) {
                try await notifications.choose(
                    [.operatorMessage: NotificationChoice(onPage: false, byMail: false)],
                    by: ada
                )
            }
            _ = try await notifications.choose(mails: true, by: ada)
            try await notifications.unsubscribe(account, from: .comment)
            #expect(try await notifications.preferences(by: ada).choices[.comment]?.byMail == false)
            try await notifications.unsubscribe(account, from: nil)
            #expect(try await notifications.preferences(by: ada).mails == false)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `many are told by jobs, and one mail job waits per account`(_ kind: TestDatabase) async throws {
        try await kind.run { database throws in
            let hub = try SocialHub(database)
            let notifications = Notifications(database: database, world: hub.world)
            var people: [Viewer] = []
            for number in 0..<5 { people.append(try await hub.person("person-\(number)")) }
            let strangers = (0..<Telling.atOnce).map { AccountID("nobody-\($0)") }
            let (ids, world) = (people.compactMap(\.account?.id) + strangers, hub.world)
            try await database.write { db in
                try db.tell(.operatorMessage, to: ids, about: .site(page: "/"), by: nil, world: world)
            }
            #expect(try await notifications.unread(by: people[0]) == 0)
            var handlers = JobHandlers()
            notifications.register(in: &handlers)
            try await JobWorker(database: database, world: hub.world, handlers: handlers).drain()
            for person in people { #expect(try await notifications.unread(by: person) == 1) }
            try await tell(hub, .operatorMessage, [people[0]], about: .site(page: "/"))
            let jobs = try await database.read { db in
                try db.value(Int.self, "SELECT COUNT(*) FROM jobs WHERE kind = \(NotificationMailJob.kind)")
            }
            #expect(jobs == 5)
        }
    }

    @Test func `a topic leads nowhere else, and its words have a limit`() {
        for page in ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"] {
            #expect(NotificationTopic.site(page: page).page == "/")
        }
        let topic = NotificationTopic.site(page: "/x", values: ["reason": String(repeating: "长", count: 1000)])
        #expect(topic.values["reason"]?.count == 300)
    }
}
