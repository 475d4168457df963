import Foundation
import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryTesting
import Testing

@testable import GalleryMarket

@Suite struct NotificationStreamsTests {
    @Test(arguments: TestDatabase.all)
    func `an open page hears of what was written elsewhere, and of nobody else's`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let hub = try TestFiles(database)
            let (ada, bob) = (try await hub.identity.person("ada"), try await hub.identity.person("bob"))
            let account = try #require(ada.account?.id)
            let streams = NotificationStreams()
            let upkeep = NotificationUpkeep(streams: streams, database: database, world: hub.world)
            let (id, signals) = try #require(await streams.open(for: account, .empty, at: hub.clock.now))
            var iterator = signals.makeAsyncIterator()
            #expect(await iterator.next() == .state(.empty))
            func tell(_ viewer: Viewer) async throws {
                let (ids, world) = ([viewer.account?.id].compactMap { $0 }, hub.world)
                try await database.write { db in
                    try db.tell(.mention, to: ids, about: .site(page: "/"), by: nil, world: world)
                }
                try await upkeep.look()
            }
            try await tell(bob)
            try await tell(ada)
            #expect(await iterator.next() == .state(NotificationState(unread: 1, latest: hub.clock.now)))
            hub.clock.advance(by: .seconds(21))
            try await upkeep.look()
            #expect(await iterator.next() == .beat)
            try await Notifications(database: database, world: hub.world).readAll(by: ada)
            try await upkeep.look()
            #expect(await iterator.next() == .state(.empty))
            hub.clock.advance(by: .seconds(600))
            try await upkeep.look()
            #expect(await iterator.next() == nil, "after a while a page shows again who it is")
            await streams.close(id)
        }
    }

    @Test func `an account has only so many open pages`() async throws {
        let streams = NotificationStreams()
        let now = TestClock.start
        var ids: [Int] = []
        for _ in 0..<NotificationStreams.mostPerAccount {
            ids.append(try #require(await streams.open(for: AccountID("a"), .empty, at: now)).id)
        }
        #expect(await streams.open(for: AccountID("a"), .empty, at: now) == nil)
        #expect(await streams.open(for: AccountID("b"), .empty, at: now) != nil)
        await streams.close(ids[0])
        #expect(await streams.open(for: AccountID("a"), .empty, at: now) != nil)
    }
}
