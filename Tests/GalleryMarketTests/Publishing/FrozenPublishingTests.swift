import Foundation
import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryServing
import GalleryTesting
import Testing

@testable import GalleryCompute
@testable import GalleryMarket

/// What publishing does while its owner's account is frozen.
struct FrozenPublishingTests {
    private static let steps =
        HubMigrations.all + MarketMigrations.all + ComputeMigrations.all + HubMigrations.volatile

    @Test(arguments: TestDatabase.all)
    func `a frozen account publishes nothing and changes nothing of what is published`(
        _ kind: TestDatabase
    ) async throws {
        try await kind.run(migrations: Self.steps) { database in
            let house = try await MarketHouse(database, policy: .automatic, guarding: FrozenStorage.guarding)
            let ada = try await house.person("ada")
            let shown = try await house.published("shown", of: ada, reviewer: ada)
            let draft = try await house.asset("draft", of: ada)
            _ = try await house.published("other", of: try await house.person("bob"), reviewer: ada)
            let (publishing, market) = (house.publishing, house.market)
            _ = try await market.versions.add("1.0.0", Versions.Words(), to: shown, by: ada)
            let account = try ada.mustBeSignedIn().id
            for state in [Standing.State.retention, .released] {
                try await database.write { db in try db.save(Standing(state, since: TestClock.start), of: account) }
                let refused: [@Sendable () async throws -> Void] = [
                    { try await house.send(draft, by: ada) },
                    // With the licence that the card has already, and with another, which would be written to it.
                    { _ = try await publishing.change(shown, MarketHouse.form(), by: ada) },
                    { _ = try await publishing.change(shown, MarketHouse.form { $0.licence = "apache-2.0" }, by: ada) },
                    { try await publishing.setPapers([], of: shown, by: ada) },
                    { _ = try await market.versions.add("1.1.0", Versions.Words(), to: shown, by: ada) },
                    { _ = try await market.versions.edit("1.0.0", Versions.Words(notes: "x"), of: shown, by: ada) },
                    { _ = try await market.relations.relate(shown, to: "bob/other", by: ada) },
                    { _ = try await market.covers.replace(of: shown, with: [1], by: ada) },
                    { try await market.covers.remove(of: shown, by: ada) },
                    {
                        let wish = NewUpload(repo: shown, path: "big.bin", size: 9, fingerprint: "big")
                        _ = try await market.uploads.begin(wish, by: ada)
                    },
                    { try await publishing.delete(shown, confirming: "ada/shown", by: ada) },
                ]
                for (index, body) in refused.enumerated() {
                    await #expect(throws: BillingError.frozen, "\(index)") { try await body() }
                }
                #expect(try await house.listing(draft) == .draft)
                #expect(try await house.listing(shown) == .published)
            }
            // It may be taken off the shelf, yet comes back only once everything is paid.
            _ = try await publishing.take(.delist, of: shown, by: ada)
            await #expect(throws: BillingError.frozen) { try await publishing.take(.list, of: shown, by: ada) }
            let many = try await publishing.take(.list, ofAll: [shown], by: ada)
            #expect(many.first?.problem?.code == "billing-frozen")
            try await database.write { db in try db.save(Standing(.clear, since: TestClock.start), of: account) }
            _ = try await publishing.take(.list, of: shown, by: ada)
            #expect(try await house.send(draft, by: ada) == .published)
        }
    }
}
