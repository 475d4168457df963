import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryServing
import GalleryTesting
import Testing

@testable import GalleryMarket

/// What becomes of wishes that come through the hub API.
struct HubPublishingTests {
    private func make(_ house: MarketHouse, _ visibility: Visibility?, by viewer: Viewer) async throws -> Repository {
        try await house.hub.repositories.create(
            NewRepository(kind: .model, name: "tiny", visibility: visibility, description: "Tiny"),
            by: viewer
        )
    }

    private func set(
        _ house: MarketHouse,
        _ repo: RepoID,
        _ visibility: Visibility,
        by viewer: Viewer
    ) async throws
        -> Repository
    {
        try await house.hub.repositories.change(repo, RepositorySettings(visibility: visibility), by: viewer)
    }

    @Test(arguments: TestDatabase.all)
    func `under the automatic policy public is published and private is delisted`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database, policy: .automatic)
            let ada = try await house.person("ada")
            let made = try await make(house, nil, by: ada)
            #expect(made.listing == .published && made.visibility == .everyone)
            let hidden = try await set(house, made.id, .owner, by: ada)
            #expect(hidden.listing == .delisted && hidden.visibility == .owner)
            let shown = try await set(house, made.id, .everyone, by: ada)
            #expect(shown.listing == .published && shown.visibility == .everyone)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `under review a public wish waits for what the form asks for, and commits look at it again`(
        _ kind: TestDatabase
    ) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database)
            let (ada, rita) = (try await house.person("ada"), try await house.person("rita", role: .reviewer))
            let made = try await make(house, .everyone, by: ada)
            #expect(made.listing == .draft && made.visibility == .owner && made.awaitsPublication)
            try await house.commit(["README.md": "---\nlicense: mit\n---\n"], to: made.id, by: ada)
            #expect(try await house.listing(made.id) == .draft)
            try await house.market.agreements.accept([.publishing, .service], by: ada)
            try await house.commit(["config.json": "{}"], to: made.id, by: ada)
            #expect(try await house.listing(made.id) == .inReview)
            _ = try await house.publishing.decide(made.id, approve: true, by: rita)
            #expect(await house.may(.readFiles, made.id, .visitor))
            let hidden = try await set(house, made.id, .owner, by: ada)
            #expect(hidden.listing == .delisted)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `what is published keeps to the words that may be shown`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database, policy: .automatic)
            let (ada, root) = (try await house.person("ada"), try await house.person("root", role: .admin))
            let repo = try await house.published(of: ada, reviewer: root)
            _ = try await house.market.words.add(["坏词", "badname"], to: .abuse, by: root, in: database)
            await #expect(throws: WordsError.self) { try await house.commit(["README.md": "坏词"], to: repo, by: ada) }
            try await house.commit(["notes.txt": "坏词"], to: repo, by: ada)
            await #expect(throws: WordsError.self) {
                _ = try await house.hub.repositories.create(NewRepository(kind: .model, name: "bad-name"), by: ada)
            }
            await #expect(throws: WordsError.self) {
                try await house.hub.repositories.move(repo, to: RepoName(owner: "ada", name: "BadName"), by: ada)
            }
            // A draft is nobody's business yet.
            let draft = try await house.asset("draft", readme: "坏词", of: ada)
            await #expect(throws: WordsError.self) { try await set(house, draft, .everyone, by: ada) }
            #expect(try await house.listing(draft) == .draft)
        }
    }
}
