import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryServing
import GalleryTesting
import Testing

@testable import GalleryMarket

struct CreationTests {
    @Test(arguments: TestDatabase.all)
    func `an asset is created with what is known of it, where one may`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database, policy: .automatic)
            let (ada, bob) = (try await house.person("ada"), try await house.person("bob"))
            try await house.organization("acme", of: "ada", members: ["bob": .read])
            let creation = house.market.creation
            #expect(try await creation.owners(for: ada) == ["ada", "acme"])
            #expect(try await creation.owners(for: bob) == ["bob"])
            var new = NewAsset(kind: .dataset, owner: "acme", name: "numbers", title: "数字", licence: "mit")
            new.description = "Numbers"
            let made = try await creation.create(new, by: ada)
            #expect(made.title == "数字" && made.isPrivate)
            let readme = try await house.hub.files.text(at: "README.md", revision: "main", of: made.id, by: ada)
            #expect(readme == "---\nlicense: \"mit\"\n---\n\n# 数字\n\nNumbers\n")
            await #expect(throws: RepositoryError.self) { _ = try await creation.create(new, by: ada) }
            new.name = "others"
            await #expect(throws: RepositoryError.notYourNamespace("acme")) {
                _ = try await creation.create(new, by: bob)
            }
            new.description = String(repeating: "数", count: 91)
            await #expect(throws: CreationError.longDescription) { _ = try await creation.create(new, by: ada) }
            new.description = ""
            new.licence = "mit\n---"
            await #expect(throws: CreationError.badLicence("mit\n---")) { _ = try await creation.create(new, by: ada) }
            new.licence = "my-own"
            await #expect(throws: CreationError.badLicence("my-own")) { _ = try await creation.create(new, by: ada) }
            new.kind = .app
            await #expect(throws: CreationError.badKind) { _ = try await creation.create(new, by: ada) }
            let open = try await creation.create(NewAsset(kind: .model, name: "open", isPublic: true), by: ada)
            #expect(!open.isPrivate)
        }
    }
}
