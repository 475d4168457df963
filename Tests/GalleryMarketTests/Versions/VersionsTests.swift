import Foundation
import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryServing
import GalleryTesting
import Testing

@testable import GalleryMarket

struct VersionsTests {
    @Test(arguments: TestDatabase.all)
    func `versions keep their commits, and go offline where another stays`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database, policy: .automatic)
            let (ada, bob) = (try await house.person("ada"), try await house.person("bob"))
            let root = try await house.person("root", role: .admin)
            let repo = try await house.published(of: ada, reviewer: root)
            let versions = house.market.versions
            let first = try await house.commit(["a.txt": "one"], to: repo, by: ada)
            let words = Versions.Words(notes: "First", constraints: "Needs a GPU")
            #expect(try await versions.add("1.0.0", words, to: repo, by: ada).commit == first)
            await #expect(throws: VersionError.lastAvailable) {
                try await versions.takeOffline("1.0.0", of: repo, by: ada)
            }
            try await house.commit(["a.txt": "two"], to: repo, by: ada)
            _ = try await versions.add("1.10.0", Versions.Words(), to: repo, by: ada)
            _ = try await versions.add("1.9.0", Versions.Words(), to: repo, by: ada)
            #expect(try await versions.list(of: repo, by: .visitor).map(\.number) == ["1.10.0", "1.9.0", "1.0.0"])
            await #expect(throws: VersionError.exists("1.9.0")) {
                try await versions.add("1.9.0", Versions.Words(), to: repo, by: ada)
            }
            await #expect(throws: VersionError.badNumber("v2")) {
                try await versions.add("v2", Versions.Words(), to: repo, by: ada)
            }
            await #expect(throws: VersionError.tagInUse("1.0.0")) {
                try await house.hub.files.deleteTag("1.0.0", of: repo, by: ada)
            }
            _ = try await house.hub.files.squash("main", message: "squashed", of: repo, by: ada)
            #expect(try await house.hub.files.text(at: "a.txt", revision: "1.0.0", of: repo, by: bob) == "one")

            #expect(try await versions.takeOffline("1.0.0", of: repo, by: ada).state == .offline)
            #expect(try await versions.list(of: repo, by: bob).map(\.number) == ["1.10.0", "1.9.0"])
            #expect(try await versions.list(of: repo, by: ada).count == 3)
            for revision in ["1.0.0", "refs/tags/1.0.0", "refs/gallery/1.0.0"] {
                await #expect(throws: FilesError.self) {
                    try await house.hub.files.resolve(revision, of: repo, by: bob)
                }
            }
            await #expect(throws: FilesError.self) {
                try await house.hub.files.deleteBranch("refs/gallery/1.0.0", of: repo, by: ada)
            }
            _ = try await house.hub.files.collector.collect(repo, storedBefore: .distantFuture)
            #expect(try await house.hub.files.text(at: "a.txt", revision: first.hex, of: repo, by: ada) == "one")
            let shown = try await house.hub.files.references(of: repo, by: ada)
            #expect(shown.tags.map(\.shortName) == ["1.10.0", "1.9.0"] && shown.converts.isEmpty)

            let edited = try await versions.edit("1.9.0", words, of: repo, by: ada)
            #expect(edited.notes == "First")
            await #expect(throws: AccessError.self) { try await versions.add("3.0.0", words, to: repo, by: bob) }
            await #expect(throws: VersionError.unknown("9.9.9")) {
                try await versions.edit("9.9.9", words, of: repo, by: ada)
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a new version of what is published is reviewed`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database)
            let (ada, bob) = (try await house.person("ada"), try await house.person("bob"))
            let rita = try await house.person("rita", role: .reviewer)
            let repo = try await house.asset(of: ada)
            let versions = house.market.versions
            _ = try await house.publishing.publish(
                repo,
                MarketHouse.form(),
                version: "1.0.0",
                accepting: [.publishing, .service],
                by: ada
            )
            _ = try await house.publishing.decide(repo, approve: true, by: rita)
            #expect(try await versions.list(of: repo, by: bob).map(\.number) == ["1.0.0"])

            try await house.commit(["a.txt": "two"], to: repo, by: ada)
            #expect(try await versions.add("2.0.0", Versions.Words(notes: "New"), to: repo, by: ada).state == .inReview)
            #expect(try await versions.list(of: repo, by: bob).map(\.number) == ["1.0.0"])
            #expect(try await versions.list(of: repo, by: rita).map(\.number) == ["2.0.0", "1.0.0"])
            let queue = try await house.publishing.queue(by: rita).items
            #expect(queue.map(\.version) == ["2.0.0"] && queue.first?.description == "New")
            await #expect(throws: FilesError.self) { try await house.hub.files.resolve("2.0.0", of: repo, by: bob) }
            _ = try await versions.decide("2.0.0", approve: false, reason: "Broken", of: repo, by: rita)
            #expect(try await versions.list(of: repo, by: ada).first?.reason == "Broken")
            _ = try await versions.add("2.0.0", Versions.Words(), to: repo, by: ada)
            _ = try await versions.decide("2.0.0", approve: true, of: repo, by: rita)
            _ = try await house.hub.files.resolve("2.0.0", of: repo, by: bob)
            #expect(try await house.publishing.queue(by: rita).items.isEmpty)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a notebook has one version`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database, policy: .automatic)
            let ada = try await house.person("ada")
            let repo = try await house.asset(kind: .notebook, of: ada)
            await #expect(throws: VersionError.unsupported) {
                try await house.market.versions.add("1.0.0", Versions.Words(), to: repo, by: ada)
            }
        }
    }
}
