import Foundation
import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryServing
import GalleryTesting
import Testing

@testable import GalleryMarket

struct GrowthTests {
    private static func growth(_ database: any Database, _ world: World, zone: String = "UTC") -> Growth {
        var settings = Settings.Growth()
        settings.timeZone = zone
        return Growth(database: database, rewards: GrowthRewards(settings: settings, world: world))
    }

    @Test(arguments: TestDatabase.all)
    func `checking in counts once a day, however often and at once`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let clock = TestClock()
            let world = World.fixed(clock)
            let identity = try Identity.testing(database, world: world)
            let ada = try await identity.person("ada")
            let growth = Self.growth(database, world)
            let firsts = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<8 { group.addTask { try await growth.checkIn(by: ada) } }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(firsts == 1)
            #expect(try await growth.summary(by: ada).points == 1)
            clock.advance(by: .seconds(86_400))
            #expect(try await growth.summary(by: ada).hasCheckedInToday == false)
            #expect(try await growth.summary(by: ada).streak == 1)
            #expect(try await growth.checkIn(by: ada))
            let summary = try await growth.summary(by: ada)
            #expect(summary == GrowthSummary(points: 2, hasCheckedInToday: true, streak: 2, checkInPoints: 1))
            clock.advance(by: .seconds(2 * 86_400))
            #expect(try await growth.summary(by: ada).streak == 0)
        }
    }

    @Test
    func `a day begins where the gallery stands`() {
        let evening = Date(timeIntervalSince1970: 1_767_286_800)  // 2026-01-01 17:00 UTC
        #expect(GrowthDay(timeZone: "UTC").text(evening) == "2026-01-01")
        #expect(GrowthDay(timeZone: "Asia/Shanghai").text(evening) == "2026-01-02")
        #expect(GrowthDay(timeZone: "America/New_York").text(evening) == "2026-01-01")
    }

    @Test(arguments: TestDatabase.all)
    func `an asset brings points once, and only some on one day`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let clock = TestClock()
            let world = World.fixed(clock)
            let files = try TestFiles(database)
            let ada = try await files.identity.person("ada")
            let growth = Self.growth(database, world)
            let me = try ada.mustBeSignedIn().id
            for number in 0..<7 {
                let repo = try await files.repository("m\(number)", of: ada)
                for _ in 0..<2 {
                    try await database.write { try growth.rewards.reward(publicationOf: repo.id, by: me, in: $0) }
                }
                clock.advance(by: .seconds(1))
            }
            #expect(try await growth.summary(by: ada).points == 50)
            let first = try await growth.history(limit: 3, by: ada)
            #expect(first.entries.map(\.asset?.name.name) == ["m4", "m3", "m2"])
            let rest = try await growth.history(after: first.next, limit: 3, by: ada)
            #expect(rest.entries.map(\.asset?.name.name) == ["m1", "m0"])
            #expect(rest.next == nil)
            clock.advance(by: .seconds(86_400))
            let repo = try await files.repository("tomorrow", of: ada)
            try await database.write { try growth.rewards.reward(publicationOf: repo.id, by: me, in: $0) }
            #expect(try await growth.summary(by: ada).points == 60)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `the ledger is only added to, and is one's own`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let world = World.fixed()
            let identity = try Identity.testing(database, world: world)
            let ada = try await identity.person("ada")
            let bob = try await identity.person("bob")
            let growth = Self.growth(database, world)
            try await growth.checkIn(by: ada)
            #expect(try await growth.history(by: bob).entries.isEmpty)
            for statement: SQL in ["UPDATE growth_entries SET points = 9", "DELETE FROM growth_entries"] {
                await #expect(throws: (any Error).self) { try await database.write { _ = try $0.execute(statement) } }
            }
            await #expect(throws: Problem.signInFirst) { try await growth.checkIn(by: .visitor) }
            let reader = Viewer(account: ada.account, scope: .read)
            await #expect(throws: Problem.notYours) { try await growth.checkIn(by: reader) }
            let bound = Viewer(account: ada.account, onlyRepo: RepoID("one"))
            await #expect(throws: Problem.notYours) { try await growth.summary(by: bound) }
            await #expect(throws: Problem.self) { try await growth.history(after: "nonsense", by: ada) }
        }
    }
}
