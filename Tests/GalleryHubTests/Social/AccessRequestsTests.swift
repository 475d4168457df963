import GalleryDatabase
import GalleryModel
import GalleryTesting
import Testing

@testable import GalleryHub

@Suite struct AccessRequestsTests {
    private let page = ListPage(limit: 10)

    private func states(_ hub: SocialHub, _ repo: RepoID, by viewer: Viewer) async throws -> [[String]] {
        var result: [[String]] = []
        for state in GrantState.allCases {
            result.append(try await hub.access.list(of: repo, state, page, by: viewer).elements.map(\.account.name))
        }
        return result
    }

    @Test(arguments: TestDatabase.all)
    func `asking, accepting, taking back and rejecting`(_ kind: TestDatabase) async throws {
        try await kind.run { database throws in
            let hub = try SocialHub(database)
            let (ada, bob) = (try await hub.person("ada"), try await hub.person("bob"))
            let repo = try await hub.repo("m", of: ada, gating: .manual)
            try await hub.repositories.check(.see, on: repo, by: bob)
            await #expect(throws: AccessError.self) { try await hub.repositories.check(.readFiles, on: repo, by: bob) }

            #expect(try await hub.access.ask(for: repo, fields: ["why": "curious"], by: bob) == .pending)
            #expect(try await hub.access.ask(for: repo, fields: [:], by: bob) == .pending)
            #expect(try await states(hub, repo, by: ada) == [["bob"], [], []])
            try await hub.access.decide(.user("bob"), .accepted, of: repo, by: ada)
            try await hub.repositories.check(.readFiles, on: repo, by: bob)
            await #expect(throws: AccessRequestError.alreadyDecided(.accepted)) {
                try await hub.access.decide(.user("bob"), .accepted, of: repo, by: ada)
            }
            try await hub.access.decide(.user("bob"), .pending, of: repo, by: ada)
            await #expect(throws: AccessError.self) { try await hub.repositories.check(.readFiles, on: repo, by: bob) }
            let id = try #require(
                try await hub.access.list(of: repo, .pending, page, by: ada).elements.first?.request.id
            )
            try await hub.access.decide(.request(id), .rejected, reason: "No.", of: repo, by: ada)
            #expect(try await states(hub, repo, by: ada) == [[], [], ["bob"]])
            // Whoever was rejected may ask again.
            #expect(try await hub.access.ask(for: repo, fields: ["why": "really"], by: bob) == .pending)
            let again = try #require(try await hub.access.list(of: repo, .pending, page, by: ada).elements.first)
            #expect(again.request.fieldsJSON.contains("really") && again.request.rejectionReason.isEmpty)
            await #expect(throws: AccessRequestError.unknownRequest) {
                try await hub.access.decide(.user("ada"), .accepted, of: repo, by: ada)
            }
            await #expect(throws: AccessRequestError.unknownUser("eve")) {
                try await hub.access.decide(.user("eve"), .accepted, of: repo, by: ada)
            }
            await #expect(throws: AccessError.self) { try await hub.access.list(of: repo, .pending, page, by: bob) }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `access given by hand, and at once where gating is automatic`(_ kind: TestDatabase) async throws {
        try await kind.run { database throws in
            let hub = try SocialHub(database)
            let (ada, bob) = (try await hub.person("ada"), try await hub.person("bob"))
            let repo = try await hub.repo("m", of: ada, gating: .manual)
            try await hub.access.grant("bob", of: repo, by: ada)
            try await hub.repositories.check(.readFiles, on: repo, by: bob)
            #expect(
                try await hub.access.list(of: repo, .accepted, page, by: ada).elements.first?.request.isByHand == true
            )
            await #expect(throws: AccessRequestError.alreadyGranted) {
                try await hub.access.grant("bob", of: repo, by: ada)
            }
            await #expect(throws: AccessRequestError.needsNoAccess) {
                try await hub.access.grant("ada", of: repo, by: ada)
            }

            let open = try await hub.repo("open", of: ada, gating: .automatic)
            await #expect(throws: AccessError.self) { try await hub.repositories.check(.readFiles, on: open, by: bob) }
            #expect(try await hub.access.ask(for: open, fields: [:], by: bob) == .accepted)
            try await hub.repositories.check(.readFiles, on: open, by: bob)
            let free = try await hub.repo("free", of: ada)
            await #expect(throws: AccessRequestError.notGated) {
                try await hub.access.ask(for: free, fields: [:], by: bob)
            }
        }
    }
}
