import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryServing
import GalleryTesting
import Testing

@testable import GalleryMarket

struct PublishingBulkTests {
    @Test(arguments: TestDatabase.all)
    func `many assets are delisted and listed again, each by itself`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database, policy: .automatic)
            let (ada, bob) = (try await house.person("ada"), try await house.person("bob"))
            let one = try await house.published("one", of: ada, reviewer: ada)
            let two = try await house.published("two", of: ada, reviewer: ada)
            let draft = try await house.asset("draft", of: ada)
            let foreign = try await house.asset("foreign", of: bob)
            let all = [one, two, draft, foreign, one, RepoID("nothing")]
            let done = try await house.publishing.take(.delist, ofAll: all, by: ada)
            #expect(done.map { $0.problem == nil } == [true, true, false, false, false])
            #expect(done.map(\.name) == ["ada/one", "ada/two", "", "", ""])
            #expect(try await house.listing(one) == .delisted)
            #expect(try await house.listing(draft) == .draft)
            #expect(done[3].problem?.code == done[4].problem?.code)
            let again = try await house.publishing.take(.list, ofAll: [one, two], by: ada)
            #expect(again.allSatisfy { $0.problem == nil && $0.listing == .published })
            await #expect(throws: Problem.self) { try await house.publishing.take(.approve, ofAll: [one], by: ada) }
            await #expect(throws: Problem.self) { try await house.publishing.take(.list, ofAll: [], by: ada) }
            await #expect(throws: Problem.self) {
                try await house.publishing.take(.list, ofAll: (0...100).map { RepoID("r\($0)") }, by: ada)
            }
        }
    }
}
