import GalleryDatabase
import GalleryModel
import GalleryTesting
import Testing

@testable import GalleryHub

@Suite struct CollectionsTests {
    private let page = ListPage(limit: 10)

    @Test(arguments: TestDatabase.all)
    func `a collection is filled, reordered, renamed and deleted`(_ kind: TestDatabase) async throws {
        try await kind.run { database throws in
            let hub = try SocialHub(database)
            let (ada, bob) = (try await hub.person("ada"), try await hub.person("bob"))
            for name in ["a", "b"] { try await hub.repo(name, of: ada) }
            let made = try await hub.collections.create(
                title: "Things I like!",
                description: "",
                isPrivate: false,
                owner: nil,
                by: ada
            )
            let id = made.collection.id
            #expect(made.collection.slug == "ada/things-i-like-\(id)")
            #expect(Collections.id(in: made.collection.slug) == id)
            await #expect(throws: CollectionError.exists(slug: made.collection.slug)) {
                try await hub.collections.create(
                    title: "Things I like!",
                    description: "",
                    isPrivate: true,
                    owner: "ada",
                    by: ada
                )
            }
            _ = try await hub.collections.add(type: "model", subject: "ada/a", note: "first", to: id, by: ada)
            var filled = try await hub.collections.add(type: "model", subject: "ada/b", note: "", to: id, by: ada)
            #expect(filled.items.map(\.position) == [0, 1])
            await #expect(throws: CollectionError.itemExists) {
                try await hub.collections.add(type: "model", subject: "ADA/A", note: "", to: id, by: ada)
            }
            await #expect(throws: CollectionError.unknownSubject) {
                try await hub.collections.add(type: "model", subject: "ada/none", note: "", to: id, by: ada)
            }
            await #expect(throws: CollectionError.notYours) {
                try await hub.collections.add(type: "model", subject: "ada/a", note: "", to: id, by: bob)
            }
            filled = try await hub.collections.changeItem(
                filled.items[0].id,
                note: "moved",
                position: 1,
                of: id,
                by: ada
            )
            #expect(filled.items.map(\.note) == ["", "moved"])
            var change = CollectionChange()
            change.title = "Renamed"
            #expect(try await hub.collections.change(id, change, by: ada).collection.title == "Renamed")
            try await hub.collections.removeItem(filled.items[0].id, of: id, by: ada)
            #expect(try await hub.collections.collection(id, by: .visitor).items.map(\.position) == [0])
            try await hub.collections.delete(id, by: ada)
            await #expect(throws: CollectionError.unknown) { try await hub.collections.collection(id, by: ada) }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `private collections and private items are for those who may see them`(_ kind: TestDatabase) async throws {
        try await kind.run { database throws in
            let hub = try SocialHub(database)
            let (ada, bob) = (try await hub.person("ada"), try await hub.person("bob"))
            try await hub.repo("open", of: ada)
            try await hub.repo("hidden", of: ada, visibility: .owner)
            let id = try await hub.collections.create(
                title: "Mine",
                description: "",
                isPrivate: true,
                owner: nil,
                by: ada
            ).collection.id
            for name in ["ada/open", "ada/hidden"] {
                _ = try await hub.collections.add(type: "model", subject: name, note: "", to: id, by: ada)
            }
            await #expect(throws: CollectionError.unknown) { try await hub.collections.collection(id, by: bob) }
            #expect(try await hub.collections.list(.init(), page, by: bob).elements.isEmpty)
            var change = CollectionChange()
            change.isPrivate = false
            #expect(try await hub.collections.change(id, change, by: ada).items.count == 2)
            #expect(try await hub.collections.collection(id, by: bob).items.count == 1)
            var filter = CollectionFilter()
            filter.repos = [(.model, RepoName(owner: "ada", name: "hidden"))]
            #expect(try await hub.collections.list(filter, page, by: bob).elements.isEmpty)
            #expect(try await hub.collections.list(filter, page, by: ada).elements.map(\.collection.id) == [id])
            filter = CollectionFilter()
            filter.owners = ["ada"]
            #expect(try await hub.collections.list(filter, page, by: .visitor).elements.count == 1)
        }
    }
}
