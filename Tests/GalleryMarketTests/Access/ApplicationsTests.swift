import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryServing
import GalleryTesting
import Testing

@testable import GalleryMarket

struct ApplicationsTests {
    private func reminders(_ database: any Database) async throws -> Int {
        try await database.read { db in
            try db.value(Int.self, "SELECT COUNT(*) FROM notifications WHERE kind = 'application-reminder'") ?? 0
        }
    }

    @Test(arguments: TestDatabase.all)
    func `owners are reminded every three days of applications that wait, and never twice`(
        _ kind: TestDatabase
    ) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database, policy: .automatic)
            let (ada, bob, eve) = (
                try await house.person("ada"), try await house.person("bob"), try await house.person("eve")
            )
            let requests = house.hub.accessRequests
            let gated = MarketHouse.form { $0.isGated = true }
            let repo = try await house.published(form: gated, of: ada, reviewer: ada)
            for viewer in [bob, eve] {
                _ = try await house.market.applications.apply(
                    for: repo,
                    name: "N",
                    reason: "R",
                    accepting: [.data, .service],
                    by: viewer
                )
            }
            house.clock.advance(by: .seconds(86_400 * 2))
            try await requests.remind()
            #expect(try await reminders(database) == 0)
            house.clock.advance(by: .seconds(86_400))
            try await requests.remind()
            // As after a restart, or on a second node.
            try await AccessRequests(database: database, world: house.world).remind()
            #expect(try await reminders(database) == 1)
            let detail = try await database.read { db in
                try db.value(String.self, "SELECT detail FROM notifications WHERE kind = 'application-reminder'")
            }
            #expect(detail == #"{"waiting":"2"}"#)
            try await house.market.applications.decide("eve", .accepted, of: repo, by: ada)
            house.clock.advance(by: .seconds(86_400 * 3))
            try await requests.remind()
            #expect(try await reminders(database) == 2)

            // Switched off, nobody is told; decided on, nothing waits.
            _ = try await house.hub.notifications.choose(
                [.applicationReminder: NotificationChoice(onPage: false, byMail: false)],
                by: ada
            )
            house.clock.advance(by: .seconds(86_400 * 3))
            try await requests.remind()
            #expect(try await reminders(database) == 2)
            try await house.market.applications.decide("bob", .rejected, reason: "No", of: repo, by: ada)
            house.clock.advance(by: .seconds(86_400 * 9))
            try await requests.remind()
            #expect(try await reminders(database) == 2)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `the list of applications goes on where it ended`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database, policy: .automatic)
            let ada = try await house.person("ada")
            let repo = try await house.published(
                form: MarketHouse.form { $0.isGated = true },
                of: ada,
                reviewer: ada
            )
            for number in 1...5 {
                let viewer = try await house.person("user\(number)")
                if number != 3 { house.clock.advance(by: .seconds(1)) }
                try await house.market.agreements.accept([.service, .data], by: viewer)
                _ = try await house.hub.accessRequests.ask(for: repo, fields: [:], by: viewer)
            }
            var names: [String] = []
            var cursor: String?
            repeat {
                let page = try await house.market.applications.list(
                    of: repo,
                    .pending,
                    after: cursor,
                    limit: 2,
                    by: ada
                )
                names += page.applications.map(\.account.name)
                cursor = page.next
            } while cursor != nil
            #expect(names.count == 5 && Set(names).count == 5 && names.first == "user5" && names.last == "user1")
            await #expect(throws: Problem.self) {
                try await house.market.applications.list(of: repo, .pending, after: "x", by: ada)
            }
        }
    }
}
