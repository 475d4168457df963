import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryServing
import GalleryTesting
import Testing

@testable import GalleryMarket

struct RelationsTests {
    @Test(arguments: TestDatabase.all)
    func `related assets are seen from both, by those who may see them`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database, policy: .automatic)
            let (ada, bob) = (try await house.person("ada"), try await house.person("bob"))
            let relations = house.market.relations
            let algorithm = try await house.published("sorter", kind: .algorithm, of: ada, reviewer: ada)
            let data = try await house.published("numbers", kind: .dataset, of: bob, reviewer: bob)
            let hidden = try await house.asset("hidden", kind: .dataset, of: ada)

            for text in [
                data.rawValue, "bob/numbers", "http://gallery.test/datasets/bob/numbers", " datasets/bob/numbers",
            ] {
                #expect(try await relations.find(text, by: ada).repo == data)
            }
            #expect(try await relations.relate(algorithm, to: "bob/numbers", by: ada).name.description == "bob/numbers")
            await #expect(throws: RelationError.exists) {
                try await relations.relate(algorithm, to: data.rawValue, by: ada)
            }
            _ = try await relations.relate(algorithm, to: hidden.rawValue, by: ada)
            #expect(try await relations.list(of: algorithm, by: .visitor).map(\.repo) == [data])
            #expect(Set(try await relations.list(of: algorithm, by: ada).map(\.repo)) == [data, hidden])
            #expect(try await relations.list(of: data, by: .visitor).map(\.repo) == [algorithm])
            #expect(try await relations.list(of: data, kind: .model, by: bob).isEmpty)

            await #expect(throws: RelationError.itself) {
                try await relations.relate(algorithm, to: algorithm.rawValue, by: ada)
            }
            for text in ["ada/hidden", hidden.rawValue, "nobody/nothing", "x", ""] {
                await #expect(throws: RelationError.self) { try await relations.relate(data, to: text, by: bob) }
            }
            await #expect(throws: AccessError.self) {
                try await relations.relate(algorithm, to: data.rawValue, by: bob)
            }
            // The other side may end it, too.
            try await relations.unrelate(algorithm, from: data, by: bob)
            #expect(try await relations.list(of: data, by: bob).isEmpty)
            await #expect(throws: RelationError.unknown) {
                try await relations.unrelate(data, from: algorithm, by: bob)
            }
            await #expect(throws: AccessError.self) { try await relations.unrelate(algorithm, from: hidden, by: bob) }
        }
    }
}
