import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryServing
import GalleryTesting
import Testing

@testable import GalleryMarket

/// Algorithms whose code is open, or not.
struct OpenCodeTests {
    @Test(arguments: TestDatabase.all)
    func `closed code is described and used, but read by its keepers alone`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database, policy: .automatic)
            let (ada, bob) = (try await house.person("ada"), try await house.person("bob"))
            let closed = MarketHouse.form { $0.isCodeOpen = false }
            let repo = try await house.published("sort", kind: .algorithm, form: closed, of: ada, reviewer: ada)
            try await house.commit(["train.py": "print(1)"], to: repo, by: ada)
            try await house.subscribe(bob, to: repo)
            #expect(await house.may(.readCard, repo, .visitor))
            for viewer in [Viewer.visitor, bob] { #expect(await !house.may(.readFiles, repo, viewer)) }
            #expect(await house.may(.readFiles, repo, ada))
            let name = RepoName(owner: "ada", name: "sort")
            let error = await #expect(throws: AccessError.self) {
                try await house.hub.files.lookUp("train.py", at: "main", kind: .algorithm, name: name, by: bob)
            }
            #expect(error?.problem.code == "access-code-closed" && error?.problem.hubCode == .gatedRepo)
            _ = try await house.hub.files.lookUp("README.md", at: "main", kind: .algorithm, name: name, by: bob)

            // Opened after it was delisted, subscribers read it as it stood then.
            _ = try await house.publishing.take(.delist, of: repo, by: ada)
            try await house.commit(["later.py": "print(2)"], to: repo, by: ada)
            #expect(await !house.may(.readFiles, repo, bob))
            _ = try await house.publishing.change(
                repo,
                MarketHouse.form { ($0.isCodeOpen, $0.codeLicence) = (true, "apache-2.0") },
                by: ada
            )
            _ = try await house.hub.files.lookUp("train.py", at: "main", kind: .algorithm, name: name, by: bob)
            await #expect(throws: FilesError.self) {
                try await house.hub.files.lookUp("later.py", at: "main", kind: .algorithm, name: name, by: bob)
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `only algorithms close their code, and what nobody spoke of is open`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database, policy: .automatic)
            let ada = try await house.person("ada")
            let closed = MarketHouse.form { $0.isCodeOpen = false }
            let model = try await house.published("model", form: closed, of: ada, reviewer: ada)
            #expect(await house.may(.readFiles, model, .visitor))
            let pushed = try await house.hub.repositories.create(
                NewRepository(kind: .algorithm, name: "pushed", visibility: .everyone),
                by: ada
            )
            #expect(await house.may(.readFiles, pushed.id, .visitor))
        }
    }
}
