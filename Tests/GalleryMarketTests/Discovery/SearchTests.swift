import Foundation
import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryTesting
import SearchIndex
import Testing

@testable import GalleryMarket

struct SearchTests {
    @Test(arguments: TestDatabase.all)
    func `Chinese and English are found by word, part and two characters`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let market = try TestDiscovery(database)
            let ada = try await market.hub.identity.person("ada")
            try await market.asset("Qwen2.5-7B-Instruct", title: "通义千问大语言模型", of: ada)
            try await market.asset(
                "resnet-50",
                description: "Image classifier, naïve",
                card: "pipeline_tag: image-classification",
                of: ada
            )
            try await market.asset("notes", .notebook, readme: "如何训练一个语言模型 with PyTorch", of: ada)
            try await market.settle()
            #expect(try await market.found("千问") == ["Qwen2.5-7B-Instruct"])
            #expect(try await market.found("语言模型") == ["Qwen2.5-7B-Instruct", "notes"])
            #expect(try await market.found("问") == ["Qwen2.5-7B-Instruct"])
            #expect(try await market.found("型语") == [])
            #expect(try await market.found("qwen2.5") == ["Qwen2.5-7B-Instruct"])
            #expect(try await market.found("wen2") == ["Qwen2.5-7B-Instruct"])
            #expect(try await market.found("7b instr") == ["Qwen2.5-7B-Instruct"])
            #expect(try await market.found("QWEN 模型") == ["Qwen2.5-7B-Instruct"])
            #expect(try await market.found("esne") == ["resnet-50"])
            #expect(try await market.found("naive") == ["resnet-50"])
            #expect(try await market.found("图像分类") == ["resnet-50"])
            #expect(try await market.found("训练 pytorch") == ["notes"])
            #expect(try await market.found("Ｑｗｅｎ") == ["Qwen2.5-7B-Instruct"])
            #expect(try await market.found("ada/resnet-50") == ["resnet-50"])
            #expect(try await market.found("nothing") == [])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a name comes before a tag, a tag before a description, that before the text`(
        _ kind: TestDatabase
    ) async throws {
        try await kind.runMarket { database in
            let market = try TestDiscovery(database)
            let ada = try await market.hub.identity.person("ada")
            try await market.asset("in-text", readme: "about whales", of: ada)
            try await market.asset("in-description", description: "whales", of: ada)
            try await market.asset("in-tag", card: "tags: [whales]", of: ada)
            try await market.asset("big-whales", of: ada)
            try await market.asset("whales", of: ada)
            try await market.settle()
            #expect(
                try await market.found("whales") == ["whales", "big-whales", "in-tag", "in-description", "in-text"]
            )
        }
    }

    @Test(arguments: TestDatabase.all)
    func `what is not everybody's is found by nobody else, not by its text either`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let market = try TestDiscovery(database)
            let ada = try await market.hub.identity.person("ada")
            let bob = try await market.hub.identity.person("bob")
            let root = try await market.hub.identity.person("root", role: .admin)
            let hidden = try await market.asset(
                "hidden",
                card: "license: mit",
                readme: "secret whales",
                visibility: .owner,
                of: ada
            )
            let named = try await market.asset("named", readme: "whales", visibility: .named, of: ada)
            try await market.hub.repositories.setReaders([bob.account!.id], of: named, by: ada)
            let gated = try await market.asset("gated", title: "Gate", readme: "whales", of: ada)
            _ = try await market.hub.repositories.change(gated, RepositorySettings(gating: .manual), by: ada)
            try await market.settle()
            #expect(try await market.found("whales") == [])
            #expect(try await market.found("gate") == ["gated"])
            #expect(try await market.found("whales", by: bob) == ["named"])
            // A draft is on its owner's page, not in lists.
            #expect(try await market.found("whales", by: ada) == ["named"])
            #expect(try await market.found("whales", by: root) == ["named"])
            let owner = try await market.hub.identity.accounts.account(named: "ada")
            for (viewer, names) in [
                (ada, ["gated", "named", "hidden"]), (bob, ["gated", "named"]), (.visitor, ["gated"]),
            ] {
                #expect(
                    try await Set(market.list(by: viewer) { $0.owner = owner }.assets.map(\.name.name)) == Set(names)
                )
            }
            #expect(try await market.list().facets[.license] == nil)
            #expect(try await market.list().total == 1)
            _ = try await market.hub.repositories.change(hidden, RepositorySettings(visibility: .everyone), by: ada)
            try await market.settle()
            #expect(try await market.found("whales") == ["hidden"])
            // Hidden again, and nobody has told search yet.
            _ = try await market.hub.repositories.change(hidden, RepositorySettings(visibility: .owner), by: ada)
            #expect(try await market.found("whales") == [])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `what changes, moves or goes is found so`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let market = try TestDiscovery(database)
            let ada = try await market.hub.identity.person("ada")
            let repo = try await market.asset("first", readme: "whales", of: ada)
            try await market.settle()
            try await market.hub.commit(["README.md": "dolphins"], of: repo, by: ada)
            try await market.settle()
            #expect(try await market.found("whales") == [])
            #expect(try await market.found("dolphins") == ["first"])
            _ = try await market.hub.repositories.move(repo, to: RepoName(owner: "ada", name: "second"), by: ada)
            try await market.settle()
            #expect(try await market.found("first") == [])
            #expect(try await market.found("second") == ["second"])
            try await market.hub.repositories.delete(repo, by: ada)
            #expect(try await market.found("second") == [])
            try await market.settle()
            #expect(try await market.list().total == 0)
            // A new node, and an index made anew, say the same.
            try await market.asset("third", of: ada)
            try await market.settle()
            _ = try await market.discovery.indexer.rebuild()
            let other = Discovery(database: database, files: market.hub.files, world: market.hub.world)
            #expect(try await other.list(AssetQuery(), by: .visitor).assets.map(\.name.name) == ["third"])
        }
    }

    @Test(
        arguments: TestDatabase.all,
        [
            "\"", "a\" OR \"b", "NEAR(a b)", "{names} : x", "-whales", "whales*", "^whales", "'", "whales' & 'x", "\\",
            "!",
            "whales | x", "<->", "(", ")", ":*", "a:b", "AND", "OR NOT", "%", "_", "whales; DROP TABLE x",
            "\u{0}whales",
            "🐳", "é̂̂̂̂̂", "|", "~wha",
        ]
    )
    func `hostile searches are only text`(_ kind: TestDatabase, _ text: String) async throws {
        try await kind.runMarket { database in
            let market = try TestDiscovery(database)
            let ada = try await market.hub.identity.person("ada")
            try await market.asset("whales", of: ada)
            try await market.settle()
            let names = try await market.found(text)
            #expect(names.isEmpty || names == ["whales"])
        }
    }

    @Test func `a text is searched up to a length, and a cursor must be one`() async throws {
        try await TestDatabase.sqlite.runMarket { database in
            let market = try TestDiscovery(database)
            await #expect(throws: Problem.self) {
                try await market.found(String(repeating: "x", count: AssetQuery.longestText + 1))
            }
            await #expect(throws: Problem.self) { try await market.list { $0.cursor = "what" } }
        }
    }
}
