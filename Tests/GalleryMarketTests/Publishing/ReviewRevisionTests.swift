import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryServing
import GalleryTesting
import Testing

@testable import GalleryMarket

/// A reviewer never lets through what they did not see.
struct ReviewRevisionTests {
    @Test(arguments: TestDatabase.all)
    func `what changed in review has to be looked at again`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database)
            let (ada, rita) = (try await house.person("ada"), try await house.person("rita", role: .reviewer))
            _ = try await house.person("bob")
            let repo = try await house.asset(of: ada)
            try await house.send(repo, by: ada)
            func seen() async throws -> String {
                try #require(try await house.publishing.queue(by: rita).items.first).revision
            }
            func approve(_ revision: String?) async throws {
                _ = try await house.publishing.decide(repo, approve: true, seen: revision, by: rita)
            }
            let changes: [@Sendable () async throws -> Void] = [
                { _ = try await house.publishing.change(repo, MarketHouse.form { $0.secondTitle = "Other" }, by: ada) },
                {
                    _ = try await house.publishing.change(repo, MarketHouse.form { $0.licence = "apache-2.0" }, by: ada)
                },
                {
                    let form = MarketHouse.form { ($0.visibility, $0.named) = (.named, ["bob"]) }
                    _ = try await house.publishing.change(repo, form, by: ada)
                }, { try await house.commit(["weights.txt": "others"], to: repo, by: ada) },
                { _ = try await house.hub.repositories.change(repo, .init(description: "By the hub"), by: ada) },
                {
                    let paper = Paper(title: "A paper", link: "https://example.org/a")
                    try await house.publishing.setPapers([paper], of: repo, by: ada)
                },
            ]
            for (number, change) in changes.enumerated() {
                let before = try await seen()
                #expect(try await house.publishing.standing(of: repo, by: rita).revision == before)
                try await change()
                await #expect(throws: PublishingError.formChanged, "\(number)") { try await approve(before) }
                await #expect(throws: PublishingError.formChanged, "\(number)") { try await approve(nil) }
                await #expect(throws: PublishingError.formChanged, "\(number)") {
                    try await house.publishing.decide(repo, approve: false, reason: "No", seen: before, by: rita)
                }
            }
            #expect(try await house.listing(repo) == .inReview)
            try await approve(try await seen())
            #expect(try await house.listing(repo) == .published)
            #expect(try await house.publishing.standing(of: repo, by: ada).revision == nil)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a version that was rewritten has to be looked at again`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database)
            let (ada, rita) = (try await house.person("ada"), try await house.person("rita", role: .reviewer))
            let repo = try await house.published(of: ada, reviewer: rita)
            let versions = house.market.versions
            _ = try await versions.add("1.0.0", Versions.Words(notes: "First"), to: repo, by: ada)
            let item = try #require(try await house.publishing.queue(by: rita).items.first)
            _ = try await versions.edit("1.0.0", Versions.Words(notes: "Rewritten"), of: repo, by: ada)
            for revision in [item.revision, nil] {
                await #expect(throws: PublishingError.formChanged) {
                    try await versions.decide("1.0.0", approve: true, seen: revision, of: repo, by: rita)
                }
            }
            let again = try #require(try await house.publishing.queue(by: rita).items.first)
            #expect(again.description == "Rewritten" && again.revision != item.revision)
            let done = try await versions.decide("1.0.0", approve: true, seen: again.revision, of: repo, by: rita)
            #expect(done.state == .available)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `an owner and a reviewer at once`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database)
            let (ada, rita) = (try await house.person("ada"), try await house.person("rita", role: .reviewer))
            for number in 0..<8 {
                let repo = try await house.asset("tiny\(number)", of: ada)
                try await house.send(repo, by: ada)
                let item = try #require(try await house.publishing.queue(by: rita).items.first)
                async let change = house.publishing.change(repo, MarketHouse.form { $0.description = "New" }, by: ada)
                async let decision = house.publishing.decide(repo, approve: true, seen: item.revision, by: rita)
                let approved: Bool
                do {
                    _ = try await decision
                    approved = true
                } catch PublishingError.formChanged { approved = false }
                _ = try await change
                // Either it was let through as it was seen, before the change, or not at all.
                let steps = try await database.read { db in
                    try db.values(
                        String.self,
                        "SELECT action FROM publication_events WHERE repo = \(repo) ORDER BY at, id"
                    )
                }
                #expect(steps.contains("approve") == approved)
                #expect(try await house.listing(repo) == (approved ? .published : .inReview))
                if !approved {
                    let again = try #require(try await house.publishing.queue(by: rita).items.first { $0.repo == repo })
                    #expect(again.description == "New")
                    _ = try await house.publishing.decide(repo, approve: true, seen: again.revision, by: rita)
                }
            }
        }
    }
}
