import GalleryDatabase
import GalleryModel
import GalleryTesting
import Testing

@testable import GalleryHub

@Suite struct LikesTests {
    private let page = ListPage(limit: 2)

    @Test(arguments: TestDatabase.all)
    func `a like counts once and can be taken back`(_ kind: TestDatabase) async throws {
        try await kind.run { database throws in
            let hub = try SocialHub(database)
            let (ada, bob) = (try await hub.person("ada"), try await hub.person("bob"))
            let repo = try await hub.repo("m", of: ada)
            for _ in 0..<2 { try await hub.likes.like(repo, by: bob) }
            try await hub.likes.like(repo, by: ada)
            #expect(try await hub.repositories.details(of: repo, by: .visitor).repository.likes == 2)
            #expect(
                try await hub.likes.likers(of: repo, page, by: .visitor).elements.map(\.name).sorted() == [
                    "ada", "bob",
                ]
            )
            for _ in 0..<2 { try await hub.likes.unlike(repo, by: bob) }
            #expect(try await hub.repositories.details(of: repo, by: .visitor).repository.likes == 1)
            await #expect(throws: AccessError.self) { try await hub.likes.like(repo, by: .visitor) }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a list of likes leaves out what its reader may not see`(_ kind: TestDatabase) async throws {
        try await kind.run { database throws in
            let hub = try SocialHub(database)
            let (ada, bob) = (try await hub.person("ada"), try await hub.person("bob"))
            for name in ["a", "b", "c"] {
                try await hub.likes.like(hub.repo(name, of: ada), by: ada)
                hub.clock.advance(by: .seconds(1))
            }
            try await hub.likes.like(hub.repo("hidden", of: ada, visibility: .owner), by: ada)
            let first = try await hub.likes.likes(of: "ADA", page, by: bob)
            #expect(first.elements.map(\.name.name) == ["c", "b"])
            let next = try #require(first.next)
            let second = try await hub.likes.likes(of: "ada", next, by: bob)
            #expect(second.elements.map(\.name.name) == ["a"])
            #expect(second.next == nil)
            #expect(try await hub.likes.likes(of: "ada", page, by: ada).elements.first?.name.name == "hidden")
            await #expect(throws: LikesError.unknownUser("eve")) { try await hub.likes.likes(of: "eve", page, by: bob) }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `profiles count what is visible, and followers`(_ kind: TestDatabase) async throws {
        try await kind.run { database throws in
            let hub = try SocialHub(database)
            let (ada, bob) = (try await hub.person("ada"), try await hub.person("bob"))
            _ = try await hub.identity.organization("acme", of: "ada", members: ["bob": .read])
            try await hub.repo("m", of: ada)
            try await hub.repo("hidden", of: ada, visibility: .owner)
            try await hub.likes.follow("ada", .user, by: bob)
            try await hub.likes.follow("acme", .organization, by: bob)
            let seen = try await hub.likes.profile(of: "ada", .user, by: bob)
            #expect(seen.repositories == [.model: 1])
            #expect(seen.followers == 1)
            #expect(seen.isFollowedByViewer)
            #expect(seen.organizations.map(\.name) == ["acme"])
            #expect(try await hub.likes.profile(of: "ada", .user, by: ada).repositories == [.model: 2])
            #expect(try await hub.likes.profile(of: "acme", .organization, by: .visitor).members == 2)
            #expect(try await hub.likes.members(of: "acme", page, by: .visitor).elements.map(\.name) == ["ada", "bob"])
            #expect(try await hub.likes.following(of: "bob", page, by: .visitor).elements.count == 2)
            try await hub.likes.unfollow("ada", .user, by: bob)
            #expect(try await hub.likes.followers(of: "ada", .user, page, by: .visitor).elements.isEmpty)
            await #expect(throws: LikesError.unknownOrganization("ada")) {
                try await hub.likes.profile(of: "ada", .organization, by: bob)
            }
            await #expect(throws: LikesError.cannotFollow) { try await hub.likes.follow("bob", .user, by: bob) }
        }
    }
}
