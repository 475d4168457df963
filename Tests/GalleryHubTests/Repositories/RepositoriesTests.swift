import Foundation
import GalleryDatabase
import GalleryModel
import GalleryTesting
import Testing

@testable import GalleryHub

@Suite struct `Repositories are kept` {
    @Test(arguments: TestDatabase.all)
    func `a name is taken once, whatever its case`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let hub = try TestFiles(database)
            let ada = try await hub.identity.person("ada")
            try await hub.repository("Tiny", of: ada)
            let error = await #expect(throws: RepositoryError.self) { try await hub.repository("tiny", of: ada) }
            #expect(error?.problem.detail == "You already created this model repo")
            try await hub.repository("tiny", kind: .dataset, of: ada)
            for name in ["", "a--b", "a/b", "-a", "a.git", "x y", "..", "名"] {
                await #expect(throws: RepositoryError.badName(name)) { try await hub.repository(name, of: ada) }
            }
            let found = try await hub.repositories.locate(.model, RepoName(owner: "ADA", name: "TINY"), by: .visitor)
            #expect(found.name.description == "ada/Tiny")
            #expect(!found.isMoved)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a renamed repository is found by its former names until one is taken anew`(_ kind: TestDatabase) async throws
    {
        try await kind.run { database in
            let hub = try TestFiles(database)
            let (ada, bob) = (try await hub.identity.person("ada"), try await hub.identity.person("bob"))
            let acme = try await hub.identity.organization("acme", of: "ada")
            let repo = try await hub.repository("one", visibility: .owner, of: ada)
            try await hub.commit(["f": "x"], of: repo.id, by: ada)
            _ = try await hub.repositories.move(repo.id, to: RepoName(owner: "ada", name: "two"), by: ada)
            let moved = try await hub.repositories.move(repo.id, to: RepoName(owner: "acme", name: "three"), by: ada)
            #expect(moved.owner == acme.id)
            for name in ["ada/one", "ada/two"] {
                let name = try #require(RepoName(name))
                let location = try await hub.repositories.locate(.model, name, by: ada)
                #expect(location.isMoved)
                #expect(location.name.description == "acme/three")
                #expect(
                    try await hub.files.lookUp("f", at: "main", kind: .model, name: name, by: ada)
                        == .moved(location.name)
                )
                // Its new name is as private as it is.
                await #expect(throws: AccessError.self) { try await hub.repositories.locate(.model, name, by: bob) }
            }
            try await hub.repository("one", of: ada)
            #expect(try await !hub.repositories.locate(.model, RepoName(owner: "ada", name: "one"), by: ada).isMoved)
            let error = await #expect(throws: RepositoryError.self) {
                try await hub.repositories.move(repo.id, to: RepoName(owner: "ada", name: "ONE"), by: ada)
            }
            #expect(error?.problem.detail == "A model repository called ada/one already exists")
            await #expect(throws: RepositoryError.notYourNamespace("bob")) {
                try await hub.repositories.move(repo.id, to: RepoName(owner: "bob", name: "mine"), by: ada)
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `an organisation's new repositories are as private as it wants`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let hub = try TestFiles(database)
            let (ada, bob) = (try await hub.identity.person("ada"), try await hub.identity.person("bob"))
            _ = try await hub.identity.organization(
                "acme",
                of: "ada",
                members: ["bob": .read],
                isPrivateByDefault: true
            )
            let repo = try await hub.repositories.create(NewRepository(kind: .model, owner: "acme", name: "m"), by: ada)
            #expect(repo.visibility == .owner)
            #expect(try await hub.repositories.locate(.model, repo.name, by: bob).id == repo.id)
            await #expect(throws: AccessError.self) {
                try await hub.repositories.locate(.model, repo.name, by: .visitor)
            }
            await #expect(throws: RepositoryError.notYourNamespace("acme")) {
                try await hub.repositories.create(NewRepository(kind: .model, owner: "acme", name: "n"), by: bob)
            }
            let open = try await hub.repositories.create(
                NewRepository(kind: .model, owner: "acme", name: "o", visibility: .everyone),
                by: ada
            )
            #expect(open.visibility == .everyone)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a copy has all versions and its own life`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let hub = try TestFiles(database)
            let (ada, bob) = (try await hub.identity.person("ada"), try await hub.identity.person("bob"))
            let repo = try await hub.repository("m", of: ada)
            try await hub.commit(
                ["README.md": "---\nlicense: mit\n---\n", "f": String(repeating: "y", count: 100_000)],
                of: repo.id,
                by: ada
            )
            let copy = try await hub.repositories.duplicate(
                repo.id,
                to: RepoName(owner: "bob", name: "mine"),
                visibility: nil,
                by: bob
            )
            try await hub.repositories.delete(repo.id, by: ada)
            #expect(try await hub.paths(of: copy.id, by: bob) == [".gitattributes", "README.md", "f"])
            #expect(try await hub.repositories.details(of: copy.id, by: bob).tags.contains("license:mit"))
            try await hub.commit(["g": "1"], of: copy.id, by: bob)
            await #expect(throws: Problem.self) { try await hub.repositories.details(of: repo.id, by: ada) }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `the card's metadata follows main`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let hub = try TestFiles(database)
            let ada = try await hub.identity.person("ada")
            let repo = try await hub.repository("m", of: ada).id
            let readme = """
                ---
                license: mit
                language:
                - en
                - zh
                tags: [tiny, "demo"]
                pipeline_tag: text-generation
                base_model: acme/base
                ---
                # Hello
                """
            try await hub.commit(
                ["README.md": readme, "config.json": #"{"model_type":"bert","architectures":["Bert"]}"#],
                of: repo,
                by: ada
            )
            let details = try await hub.repositories.details(of: repo, by: ada)
            #expect(details.repository.pipelineTag == "text-generation")
            #expect(details.repository.libraryName == "transformers")
            #expect(
                details.tags == [
                    "transformers", "bert", "text-generation", "tiny", "demo", "en", "zh", "base_model:acme/base",
                    "license:mit",
                    "region:us",
                ]
            )
            let card = try #require(details.card)
            #expect(card.cardJSON.contains(#""license":"mit""#))
            #expect(card.configJSON == #"{"architectures":["Bert"],"model_type":"bert"}"#)
            try await hub.commit(["README.md": "# no metadata", "config.json": nil], of: repo, by: ada)
            #expect(try await hub.repositories.details(of: repo, by: ada).tags == ["region:us"])
        }
    }

    @Test(arguments: [10, 40, 58, 79, 100, 5000])
    func `metadata nested however deep does no harm`(depth: Int) async throws {
        try await TestDatabase.sqlite.run { database in
            let hub = try TestFiles(database)
            let ada = try await hub.identity.person("ada")
            let repo = try await hub.repository("m", of: ada).id
            func nested(_ open: String, _ close: String) -> String {
                String(repeating: open, count: depth) + String(repeating: close, count: depth)
            }
            let block = (0..<depth).map { String(repeating: " ", count: $0) + "a:" }.joined(separator: "\n")
            for yaml in ["a: " + nested("[", "]"), "a: " + nested("{a: ", "}"), nested("- ", "x"), block] {
                try await hub.commit(
                    [
                        "README.md": "---\n\(yaml.prefix(60_000))\n---\n# \(yaml.count)",
                        "config.json": "{\"auto_map\":\(nested("[", "]"))}",
                    ],
                    of: repo,
                    by: ada
                )
            }
            #expect(try await hub.files.history(of: repo, by: ada).total == 5)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `lists show what fits and what the viewer may see`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let hub = try TestFiles(database)
            let (ada, bob) = (try await hub.identity.person("ada"), try await hub.identity.person("bob"))
            let admin = try await hub.identity.person("root", role: .admin)
            for number in 1...5 {
                hub.clock.advance(by: .seconds(1))
                let repo = try await hub.repository("m\(number)", visibility: number == 3 ? .owner : .everyone, of: ada)
                    .id
                try await hub.commit(
                    ["README.md": "---\nlicense: \(number < 3 ? "mit" : "apache-2.0")\ntags: [t\(number), all]\n---"],
                    of: repo,
                    by: ada
                )
            }
            try await hub.repository("d", kind: .dataset, of: ada)
            func names(_ viewer: Viewer, _ change: (inout RepoQuery) -> Void = { _ in }) async throws -> [String] {
                var query = RepoQuery(kind: .model)
                query.sort = .createdAt
                change(&query)
                return try await hub.repositories.list(query, by: viewer).items.map(\.repository.name.name)
            }
            #expect(try await names(.visitor) == ["m5", "m4", "m2", "m1"])
            #expect(try await names(bob) == ["m5", "m4", "m2", "m1"])
            #expect(try await names(ada) == ["m5", "m4", "m3", "m2", "m1"])
            #expect(try await names(admin).count == 5)
            #expect(try await names(ada) { $0.tags = ["license:mit", "all"] } == ["m2", "m1"])
            #expect(try await names(ada) { $0.searches = ["ADA/M", "4"] } == ["m4"])
            #expect(try await names(ada) { $0.searches = ["M4"] } == ["m4"])
            #expect(try await names(ada) { $0.searches = ["da/m4"] } == ["m4"])
            #expect(try await names(ada) { $0.searches = ["da"] } == ["m5", "m4", "m3", "m2", "m1"])
            for text in ["m_", "%", "4/", "/4", "ada/m/4", "\\", "zebra"] {
                #expect(try await names(ada) { $0.searches = [text] } == [], "\(text)")
            }
            #expect(try await names(ada) { $0.author = "bob" } == [])
            #expect(try await names(ada) { $0.author = "nobody" } == [])
            for sort in RepoQuery.Sort.allCases {
                var query = RepoQuery(kind: nil)
                query.sort = sort
                query.limit = 2
                var seen: [RepoID] = []
                repeat {
                    let page = try await hub.repositories.list(query, by: ada)
                    seen += page.items.map(\.repository.id)
                    query.cursor = page.next
                } while query.cursor != nil
                #expect(Set(seen).count == 6)
                #expect(seen.count == 6)
            }
            var bad = RepoQuery(kind: .model)
            bad.cursor = "what"
            await #expect(throws: RepositoryError.badCursor) { try await hub.repositories.list(bad, by: ada) }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a download counts once for each client and day, and over thirty days`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let hub = try TestFiles(database)
            let ada = try await hub.identity.person("ada")
            let repo = try await hub.repository("m", of: ada).id
            let counter = try await hub.counter()
            let bob = try await hub.identity.person("bob")
            for (viewer, address) in [
                (ada, "10.0.0.1"), (bob, "10.0.0.1"), (.visitor, "10.0.0.1"), (ada, "10.0.0.2"), (.visitor, "10.0.0.1"),
            ] {
                await counter.count(.download, of: repo, by: viewer, at: address)
            }
            try await counter.flush()
            hub.clock.advance(by: .seconds(20 * 86_400))
            await counter.count(.download, of: repo, by: ada, at: "10.0.0.1")
            try await counter.flush()
            var shown = try await hub.repositories.details(of: repo, by: ada).repository
            #expect(shown.downloads == 4)
            #expect(Trend.score(shown.hotness, at: hub.clock.now) > 1)
            hub.clock.advance(by: .seconds(15 * 86_400))
            try await counter.forgetOldDays()
            shown = try await hub.repositories.details(of: repo, by: ada).repository
            #expect(shown.downloads == 1)
            #expect(shown.downloadsAllTime == 4)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `what was kept is counted after a crash, and nothing twice`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let hub = try TestFiles(database)
            let ada = try await hub.identity.person("ada")
            let repo = try await hub.repository("m", of: ada).id
            let volatile = try await TestFiles.volatile()
            let first = try await hub.counter(volatile)
            for number in 1...40 { await first.count(.view, of: repo, by: .visitor, at: "10.0.0.\(number)") }
            await first.count(.view, of: RepoID("gone"), by: ada, at: "10.0.0.1")
            try await first.keep()
            let second = try await hub.counter(volatile)
            await second.count(.view, of: repo, by: .visitor, at: "10.0.0.7")
            await second.count(.view, of: repo, by: ada, at: "10.0.0.7")
            try await second.flush()
            // Another node, which has seen none of them.
            let third = try await hub.counter()
            for number in 39...41 { await third.count(.view, of: repo, by: .visitor, at: "10.0.0.\(number)") }
            try await third.flush()
            try await second.flush()
            let shown = try await hub.repositories.details(of: repo, by: ada).repository
            #expect(shown.views == 42)
            #expect(shown.downloads == 0)
        }
    }
}

@Suite struct `Front matter` {
    @Test func `values keep their types`() throws {
        let matter = try FrontMatter(yaml: "a: 1\nb: [x, 2]\nc: true\nd: no\ne: \"3\"\nf: 0.5\ng: null\nh: {i: j}")
        #expect(matter.values["a"] == .integer(1))
        #expect(matter.values["b"] == .list([.text("x"), .integer(2)]))
        #expect(matter.values["c"] == .bool(true))
        #expect(matter.values["d"] == .text("no"))
        #expect(matter.values["e"] == .text("3"))
        #expect(matter.values["f"] == .number(0.5))
        #expect(matter.values["g"] == .null)
        #expect(matter.values["h"] == .object(["i": .text("j")]))
    }

    @Test(arguments: [
        "a: &x [1, 2]\nb: [*x, *x]", "- a", "a: [", "a:\n  b: &y {c: 1}\n  d: *y", String(repeating: "[", count: 5000),
        "a: " + String(repeating: "{a: ", count: 30) + String(repeating: "}", count: 30), "a: \u{0}",
        "a: " + String(repeating: "x", count: 70_000),
    ])
    func `metadata made to do harm is refused`(yaml: String) {
        #expect(throws: FrontMatter.Fault.self) { try FrontMatter(yaml: yaml) }
    }

    @Test func `text between the lines is found`() {
        #expect(FrontMatter.text(in: "---\na: 1\n---\n# x") == "a: 1")
        #expect(FrontMatter.text(in: "\u{feff}---\r\na: 1\r\n---\r\nx") == "a: 1")
        #expect(FrontMatter.text(in: "# x\n---\na: 1\n---") == nil)
        #expect(FrontMatter.text(in: "---\na: 1") == nil)
    }
}
