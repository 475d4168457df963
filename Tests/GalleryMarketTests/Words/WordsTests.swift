import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryTesting
import Testing

@testable import GalleryMarket

struct WordsTests {
    @Test(arguments: TestDatabase.all)
    func `operators keep the lists and every check follows at once`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let world = World.fixed()
            let identity = try Identity.testing(database, world: world)
            let (ada, root) = (try await identity.person("ada"), try await identity.person("root", role: .admin))
            let words = Words(world: world)
            func check(_ text: String) async throws {
                try await database.read { try words.check(text, as: "title", $0) }
            }

            try await check("坏词")
            #expect(try await words.add(["坏词", " B-Word "], to: .abuse, by: root, in: database) == 2)
            await #expect(throws: WordsError.found(field: "title", text: "坏 词")) { try await check("这是坏 词吗") }
            await #expect(throws: WordsError.self) { try await check("b word") }
            #expect(try await words.trial(of: "坏词", by: root, in: database).map(\.text) == ["坏词"])
            let listed = try await words.list(.abuse, by: root, in: database).words
            #expect(listed.map(\.word) == ["B-Word", "坏词"])
            #expect(try await words.list(nil, containing: "坏", by: root, in: database).words.map(\.word) == ["坏词"])
            #expect(try await words.list(nil, limit: 1, by: root, in: database).next == "bword")

            #expect(try await words.remove(["坏词"], by: root, in: database) == 1)
            try await check("坏词")
            let audit = try await database.read { try $0.auditEntries(limit: 10).map(\.action) }
            #expect(audit.contains("words.add") && audit.contains("words.remove"))

            await #expect(throws: Problem.notYours) { try await words.add(["x y"], to: .other, by: ada, in: database) }
            await #expect(throws: Problem.signInFirst) {
                try await words.list(nil, by: .visitor, in: database)
            }
            await #expect(throws: WordsError.badWord("a")) {
                try await words.add(["a"], to: .other, by: root, in: database)
            }
        }
    }
}
