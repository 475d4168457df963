import Foundation
import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryTesting
import SearchIndex
import Testing

@testable import GalleryMarket

struct ListTests {
    @Test(arguments: TestDatabase.all)
    func `facets are counted and narrow`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let market = try TestDiscovery(database)
            let ada = try await market.hub.identity.person("ada")
            let one = try await market.asset(
                "one",
                card: "license: mit\npipeline_tag: text-generation\nlanguage: [zh, en]\ntags: [chat, tiny]",
                of: ada
            )
            try await market.asset(
                "two",
                card: "license: apache-2.0\npipeline_tag: text-generation\ntags: [chat]",
                of: ada
            )
            try await market.asset(
                "three",
                .dataset,
                card: "license: mit\ntask_categories: [text-generation]\ntags: [tiny]",
                of: ada
            )
            try await market.mark(one, "is_official = 1")
            try await market.settle()
            let all = try await market.list()
            #expect(all.total == 3)
            #expect(all.facets[.kind] == [.init(text: "model", count: 2), .init(text: "dataset", count: 1)])
            #expect(all.facets[.license] == [.init(text: "mit", count: 2), .init(text: "apache-2.0", count: 1)])
            #expect(all.facets[.task] == [.init(text: "text-generation", count: 3)])
            #expect(all.facets[.tag] == [.init(text: "chat", count: 2), .init(text: "tiny", count: 2)])
            #expect(all.facets[.mark] == [.init(text: "official", count: 1)])
            let narrow = try await market.list { $0.filters = [.kind: ["model"], .license: ["mit"]] }
            #expect(narrow.assets.map(\.name.name) == ["one"])
            #expect(narrow.facets[.license] == [.init(text: "apache-2.0", count: 1), .init(text: "mit", count: 1)])
            #expect(narrow.assets[0].languages == ["en", "zh"])
            #expect(narrow.assets[0].marks == [.official])
            #expect(try await market.list { $0.filters = [.tag: ["chat", "tiny"]] }.total == 1)
            #expect(try await market.list { $0.filters = [.mark: ["official"]] }.total == 1)
            try await market.mark(one, "is_official = 0")
            try await market.settle()
            #expect(try await market.list { $0.filters = [.mark: ["official"]] }.total == 0)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `every order has its first, and follows what is counted`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let market = try TestDiscovery(database)
            let ada = try await market.hub.identity.person("ada")
            let first = try await market.asset("first", of: ada)
            let second = try await market.asset("second", of: ada)
            try await market.asset("third", of: ada)
            try await market.hub.commit(["x": "y"], of: first, by: ada)
            try await market.settle()
            let likes = Likes(database: database, world: market.hub.world)
            try await likes.like(second, by: ada)
            let counter = try await market.hub.counter()
            for number in 1...3 { await counter.count(.download, of: first, by: .visitor, at: "10.0.0.\(number)") }
            try await counter.flush()
            try await market.settle()
            func order(_ order: ShelfOrder) async throws -> [String] {
                try await market.list { $0.order = order }.assets.map(\.name.name)
            }
            #expect(try await order(.newest) == ["third", "second", "first"])
            #expect(try await order(.updated).first == "first")
            #expect(try await order(.downloads).first == "first")
            #expect(try await order(.favourites).first == "second")
            #expect(try await order(.trending) == ["second", "first", "third"])
            #expect(try await order(.relevance) == ["second", "first", "third"])
            #expect(try await market.list().assets[1].downloads == 3)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `pages neither lose nor repeat while others publish`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let market = try TestDiscovery(database)
            let ada = try await market.hub.identity.person("ada")
            for number in 1...12 { try await market.asset("m\(number)", of: ada) }
            try await market.settle()
            var seen: [String] = []
            var cursor: String?
            var round = 0
            repeat {
                let page = try await market.list {
                    $0.order = .newest
                    $0.limit = 5
                    $0.cursor = cursor
                }
                seen += page.assets.map(\.name.name)
                cursor = page.next
                round += 1
                try await market.asset("later\(round)", of: ada)
                try await market.settle()
            } while cursor != nil && round < 20
            #expect(seen == (1...12).reversed().map { "m\($0)" })
        }
    }

    @Test(arguments: TestDatabase.all)
    func `no question reads the whole of a big table`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let market = try TestDiscovery(database)
            let ada = try await market.hub.identity.person("ada")
            try await database.read { db throws in
                let plans = try db.plans {
                    _ = try $0.shelfChanges(after: ShelfMark(version: 7, number: 9), limit: 100)
                    _ = try $0.unlistedNumbers(for: ada)
                    _ = try $0.matches(of: .init("ada/whales"), width: 1)
                    _ = try $0.matches(of: .init("ada/whales"), width: 4)
                    _ = try $0.numbers(named: "ada/whales")
                    _ = try $0.assets([1, 2, 3], for: ada)
                }
                #expect(plans.count >= 6)
                for plan in plans { #expect(plan.scans.isEmpty, "\(plan)") }
            }
        }
    }
}
