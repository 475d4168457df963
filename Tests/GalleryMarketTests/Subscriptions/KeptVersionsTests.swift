import Foundation
import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryServing
import GalleryTesting
import GitObjects
import Testing

@testable import GalleryMarket

/// What subscribers of a delisted asset go on reading.
struct KeptVersionsTests {
    private func paths(_ house: MarketHouse, _ repo: RepoID, at revision: String, by viewer: Viewer) async -> [String]?
    {
        let page = try? await house.hub.files.tree(revision: revision, of: repo, recursive: true, by: viewer)
        return page?.entries.map(\.path.text).filter { $0 != ".gitattributes" }
    }

    @Test(arguments: TestDatabase.all)
    func `a subscriber keeps what was there at the delisting and sees nothing that comes later`(
        _ kind: TestDatabase
    ) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database, policy: .automatic)
            let (ada, bob, eve) = (
                try await house.person("ada"), try await house.person("bob"), try await house.person("eve")
            )
            let (files, versions) = (house.hub.files, house.market.versions)
            let repo = try await house.published(of: ada, reviewer: ada)
            let first = try await house.commit(["one.txt": "1"], to: repo, by: ada)
            _ = try await versions.add("1.0.0", Versions.Words(), to: repo, by: ada)
            let last = try await house.commit(["two.txt": "2"], to: repo, by: ada)
            _ = try await versions.add("2.0.0", Versions.Words(), to: repo, by: ada)
            try await files.createBranch("draft", of: repo, by: ada)
            try await house.subscribe(bob, to: repo)
            house.clock.advance(by: .seconds(60))
            _ = try await house.publishing.take(.delist, of: repo, by: ada)
            house.clock.advance(by: .seconds(60))
            let card = "---\nlicense: apache-2.0\ntags: [secret]\n---\n"
            let later = try await house.commit(["three.txt": "3", "README.md": card], to: repo, by: ada)
            _ = try await versions.add("3.0.0", Versions.Words(), to: repo, by: ada)

            #expect(try await files.resolve("main", of: repo, by: bob).commit == last)
            #expect(try await files.resolve("HEAD", of: repo, by: bob).commit == last)
            #expect(try await files.resolve("1.0.0", of: repo, by: bob).commit == first)
            #expect(try await files.resolve(first.hex, of: repo, by: bob).commit == first)
            #expect(try await files.resolve(String(last.hex.prefix(8)), of: repo, by: bob).commit == last)
            #expect(try await files.resolve("main", of: repo, by: ada).commit == later)
            for revision in ["3.0.0", later.hex, String(later.hex.prefix(9)), "draft", "refs/gallery/kept"] {
                await #expect(throws: FilesError.self, "\(revision)") {
                    try await files.resolve(revision, of: repo, by: bob)
                }
            }
            #expect(await paths(house, repo, at: "main", by: bob) == ["README.md", "one.txt", "two.txt"])
            #expect(await paths(house, repo, at: later.hex, by: bob) == nil)
            #expect(try await files.references(of: repo, by: bob).branches.map(\.name) == ["refs/heads/main"])
            #expect(try await files.references(of: repo, by: bob).tags.map(\.shortName) == ["1.0.0", "2.0.0"])
            #expect(try await files.history(of: repo, by: bob).commits.first?.oid == last)
            await #expect(throws: FilesError.self) {
                try await files.history(of: repo, cursor: later.hex, by: bob)
            }
            await #expect(throws: FilesError.self) {
                try await files.difference(from: "main", to: later.hex, of: repo, by: bob)
            }
            let name = RepoName(owner: "ada", name: "tiny")
            await #expect(throws: FilesError.self) {
                try await files.lookUp("three.txt", at: "main", kind: .model, name: name, by: bob)
            }
            guard
                case .found(let file) = try await files.lookUp("two.txt", at: "main", kind: .model, name: name, by: bob)
            else { return #expect(Bool(false)) }
            #expect(file.commit == last)
            let details = try await house.hub.repositories.details(of: repo, by: bob)
            #expect(details.repository.head == last && details.tags.contains("license:mit"))
            #expect(!details.tags.contains("secret"))
            #expect(try await versions.list(of: repo, by: bob).map(\.number) == ["2.0.0", "1.0.0"])
            #expect(try await versions.list(of: repo, by: ada).map(\.number) == ["3.0.0", "2.0.0", "1.0.0"])
            await #expect(throws: Problem.self) {
                try await house.hub.repositories.duplicate(
                    repo,
                    to: RepoName(owner: "bob", name: "copy"),
                    visibility: nil,
                    by: bob
                )
            }
            await #expect(throws: (any Error).self) { try await files.resolve("main", of: repo, by: eve) }
            await #expect(throws: (any Error).self) { try await files.resolve(first.hex, of: repo, by: eve) }

            // What is kept survives rewriting and collecting, a version taken offline does not stay readable.
            _ = try await files.squash("main", message: "squashed", of: repo, by: ada)
            _ = try await files.collector.collect(repo, storedBefore: .distantFuture)
            #expect(await paths(house, repo, at: "main", by: bob) == ["README.md", "one.txt", "two.txt"])
            _ = try await versions.takeOffline("1.0.0", of: repo, by: ada)
            await #expect(throws: FilesError.self) { try await files.resolve("1.0.0", of: repo, by: bob) }

            // Listed again, everybody sees what is there now.
            _ = try await house.publishing.take(.list, of: repo, by: ada)
            #expect(await paths(house, repo, at: "main", by: bob)?.contains("three.txt") == true)
            #expect(try await files.resolve("3.0.0", of: repo, by: eve).reference == "refs/tags/3.0.0")
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a version taken offline is read by nobody but its keepers`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database, policy: .automatic)
            let (ada, bob) = (try await house.person("ada"), try await house.person("bob"))
            let (files, versions) = (house.hub.files, house.market.versions)
            let repo = try await house.published(of: ada, reviewer: ada)
            try await files.createBranch("side", of: repo, by: ada)
            let bad = try await house.commit(["bad.txt": "1"], to: repo, by: ada)
            _ = try await versions.add("1.0.0", Versions.Words(), to: repo, by: ada)
            _ = try await versions.add("1.0.1", at: "side", Versions.Words(), to: repo, by: ada)
            try await house.subscribe(bob, to: repo)
            #expect(try await files.resolve(bad.hex, of: repo, by: bob).commit == bad)
            _ = try await versions.takeOffline("1.0.0", of: repo, by: ada)
            // Part of the history of main still.
            #expect(try await files.resolve(bad.hex, of: repo, by: bob).commit == bad)
            _ = try await files.squash("main", message: "squashed", of: repo, by: ada)
            await #expect(throws: FilesError.self) { try await files.resolve(bad.hex, of: repo, by: bob) }
            await #expect(throws: FilesError.self) { try await files.resolve(bad.hex, of: repo, by: .visitor) }
            #expect(try await files.resolve(bad.hex, of: repo, by: ada).commit == bad)
        }
    }
}
