import FileFormats
import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryTesting
import GitObjects
import RichText
import Testing

@testable import GalleryMarket

@Suite struct `Assets on their pages` {
    /// One asset, with people who stand differently to it.
    struct Ground {
        let hub: TestFiles
        let assets: Assets
        let ada: Viewer
        let people: [String: Viewer]

        init(_ database: any Database) async throws {
            hub = try TestFiles(database)
            assets = Assets(database: database, files: hub.files, content: hub.content, world: hub.world)
            ada = try await hub.identity.person("ada")
            people = [
                "visitor": .visitor, "owner": ada, "stranger": try await hub.identity.person("eve"),
                "administrator": try await hub.identity.person("root", role: .admin),
            ]
        }

        func asset(_ name: String = "tiny", by viewer: Viewer? = nil) async throws -> Asset {
            let visit = try await assets.visit(.model, RepoName(owner: "ada", name: name), by: viewer ?? ada)
            guard case .asset(let asset) = visit else { throw AssetError.unknown(RepoName(owner: "ada", name: name)) }
            return asset
        }
    }

    private func run(_ kind: TestDatabase, _ body: (Ground) async throws -> Void) async throws {
        try await kind.runMarket { database in try await body(Ground(database)) }
    }

    @Test(arguments: TestDatabase.all)
    func `who may do what is shown, and what may not be seen is missing`(_ kind: TestDatabase) async throws {
        try await run(kind) { ground in
            try await ground.hub.repository("open", of: ground.ada)
            try await ground.hub.repository("private", visibility: .owner, of: ground.ada)
            let gated = try await ground.hub.repository("gated", of: ground.ada).id
            _ = try await ground.hub.repositories.change(gated, RepositorySettings(gating: .manual), by: ground.ada)
            let all = Set(RepoAction.allCases)
            let table: [(repo: String, person: String, rights: Set<RepoAction>?)] = [
                ("open", "visitor", [.see, .readCard, .readFiles]),
                ("open", "stranger", [.see, .readCard, .readFiles, .respond, .discuss]), ("open", "owner", all),
                ("open", "administrator", all), ("private", "visitor", nil), ("private", "stranger", nil),
                ("private", "owner", all), ("private", "administrator", all), ("gated", "visitor", [.see]),
                ("gated", "stranger", [.see, .respond]), ("gated", "owner", all),
            ]
            for (repo, person, rights) in table {
                let viewer = try #require(ground.people[person])
                if let rights {
                    #expect(try await ground.asset(repo, by: viewer).rights == rights, "\(repo) \(person)")
                } else {
                    await #expect(throws: AssetError.unknown(RepoName(owner: "ada", name: repo)), "\(repo) \(person)") {
                        try await ground.asset(repo, by: viewer)
                    }
                }
            }
            let visitor = try await ground.asset("gated", by: .visitor)
            #expect(try await ground.assets.introduction(of: visitor, by: .visitor) == nil)
            await #expect(throws: (any Error).self) {
                try await ground.assets.file(at: ".gitattributes", revision: "main", of: visitor, by: .visitor)
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a former name leads to the present one`(_ kind: TestDatabase) async throws {
        try await run(kind) { ground in
            let repo = try await ground.hub.repository("old", of: ground.ada).id
            _ = try await ground.hub.repositories.move(repo, to: RepoName(owner: "ada", name: "new"), by: ground.ada)
            let visit = try await ground.assets.visit(.model, RepoName(owner: "ada", name: "old"), by: .visitor)
            guard case .moved(let name) = visit else {
                Issue.record("not moved")
                return
            }
            #expect(name.name == "new")
        }
    }

    @Test(arguments: TestDatabase.all)
    func `the introduction is rendered from the README of main`(_ kind: TestDatabase) async throws {
        try await run(kind) { ground in
            let repo = try await ground.hub.repository("tiny", of: ground.ada).id
            #expect(try await ground.assets.introduction(of: ground.asset(), by: ground.ada) == nil)
            let readme = "---\nlicense: mit\n---\n# Tiny\n\n![x](x.png)\n"
            try await ground.hub.commit(["README.md": readme], of: repo, by: ground.ada)
            for _ in 0..<2 {
                let text = try #require(try await ground.assets.introduction(of: ground.asset(), by: .visitor))
                #expect(text.html.contains("src=\"/ada/tiny/resolve/main/x.png\""))
                #expect(text.headings.map(\.text) == ["Tiny"])
            }
            try await ground.hub.commit(["README.md": "other"], of: repo, by: ground.ada)
            let text = try await ground.assets.introduction(of: ground.asset(), by: .visitor)
            #expect(text?.html.contains("other") == true)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `texts are saved, and what others changed meanwhile is not lost`(_ kind: TestDatabase) async throws {
        try await run(kind) { ground in
            let repo = try await ground.hub.repository("tiny", of: ground.ada).id
            let assets = ground.assets
            let asset = try await ground.asset()
            func save(_ text: String, at path: String = "a.txt", base: GitOID?) async throws -> SavedFile {
                let edited = EditedFile(path: path, text: text, base: base)
                return try await assets.save(edited, on: "main", of: asset, by: ground.ada)
            }
            guard case .saved(let outcome) = try await save("one\r\ntwo\r\n", base: nil) else {
                Issue.record("not saved")
                return
            }
            #expect(outcome.title == "Create a.txt")
            let (text, base) = try await assets.editableText(at: "a.txt", on: "main", of: asset, by: ground.ada)
            #expect(text == "one\ntwo\n")

            // Somebody commits another file: that is no conflict.
            try await ground.hub.commit(["b.txt": "x"], of: repo, by: ground.ada)
            guard case .saved = try await save("one\nthree\n", base: base) else {
                Issue.record("not saved")
                return
            }
            // The same file changed since: theirs is shown, nothing is written.
            let conflict = try await save("one\nfour\n", base: base)
            guard case .conflict(let now, let patch) = conflict else {
                Issue.record("no conflict")
                return
            }
            #expect(patch.contains("-three\n+four\n"))
            #expect(try await ground.hub.text("a.txt", of: repo, by: ground.ada) == "one\nthree\n")
            #expect(try await save("one\nthree\n", base: base) == .unchanged)
            guard case .saved = try await save("one\nfour\n", base: now) else {
                Issue.record("not saved")
                return
            }
            // A new file where there is one already, and one that was deleted meanwhile.
            guard case .conflict = try await save("new", base: nil) else {
                Issue.record("no conflict")
                return
            }
            try await ground.hub.commit(["a.txt": nil], of: repo, by: ground.ada)
            guard case .conflict(base: nil, _) = try await save("late", base: now) else {
                Issue.record("no conflict")
                return
            }
            await #expect(throws: (any Error).self) { try await save("x", at: "../x", base: nil) }
            await #expect(throws: (any Error).self) { try await save("x", at: ".git/config", base: nil) }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `only who may write saves, deletes and keeps drafts`(_ kind: TestDatabase) async throws {
        try await run(kind) { ground in
            let repo = try await ground.hub.repository("tiny", of: ground.ada).id
            try await ground.hub.commit(["a.txt": "1", "d/b.txt": "2"], of: repo, by: ground.ada)
            let asset = try await ground.asset()
            let edited = EditedFile(path: "x.txt", text: "x", base: nil)
            for person in ["visitor", "stranger"] {
                let viewer = try #require(ground.people[person])
                await #expect(throws: (any Error).self, "\(person)") {
                    try await ground.assets.save(edited, on: "main", of: asset, by: viewer)
                }
                await #expect(throws: (any Error).self, "\(person)") {
                    try await ground.assets.delete("a.txt", title: "", on: "main", of: asset, by: viewer)
                }
                await #expect(throws: (any Error).self, "\(person)") {
                    try await ground.assets.keepDraft("x", base: nil, of: asset, by: viewer)
                }
                #expect(try await ground.assets.draft(of: asset, by: viewer) == nil)
            }
            _ = try await ground.assets.delete("d", title: "", on: "main", of: asset, by: ground.ada)
            #expect(try await ground.hub.paths(of: repo, by: ground.ada) == [".gitattributes", "a.txt"])
            try await ground.assets.keepDraft("one", base: nil, of: asset, by: ground.ada)
            try await ground.assets.keepDraft("two", base: nil, of: asset, by: ground.ada)
            #expect(try await ground.assets.draft(of: asset, by: ground.ada)?.text == "two")
            try await ground.assets.dropDraft(of: asset, by: ground.ada)
            #expect(try await ground.assets.draft(of: asset, by: ground.ada) == nil)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `files are shown as what they are`(_ kind: TestDatabase) async throws {
        try await run(kind) { ground in
            let repo = try await ground.hub.repository("tiny", of: ground.ada).id
            var draft = try await ground.hub.files.draft(on: "main", of: repo, by: ground.ada)
            let head = "{\"w\":{\"dtype\":\"F16\",\"shape\":[2,3],\"data_offsets\":[0,12]}}"
            var weights = withUnsafeBytes(of: UInt64(head.utf8.count).littleEndian) { Array($0) }
            weights += Array(head.utf8) + [UInt8](repeating: 0, count: 12)
            let files: [(String, [UInt8])] = [
                ("run.py", Array("def f():\n    return 1\n".utf8)), ("docs/a.md", Array("# A\n\n[b](b.md)\n".utf8)),
                ("rows.csv", Array("a,b\n1,2\n".utf8)), ("rows.jsonl", Array("{\"a\":1}\n".utf8)),
                ("p.png", [0x89, 0x50]),
                ("empty", []), ("m.safetensors", weights), ("bad.gguf", Array("GGUFxxxx".utf8)),
                ("data.bin", [0, 1, 2, 3, 255]), ("old.txt", [0xc4, 0xa3, 0xd0, 0xcd]), ("bad.ipynb", Array("{".utf8)),
            ]
            for (path, bytes) in files { try await draft.put(path, bytes: bytes) }
            _ = try await ground.hub.files.commit(draft, title: "Add")
            let asset = try await ground.asset()
            func shown(_ path: String, isSource: Bool = false) async throws -> AssetPreview {
                try await ground.assets.file(at: path, revision: "main", of: asset, isSource: isSource, by: .visitor)
                    .preview
            }
            guard case .text(let lines, false, .utf8) = try await shown("run.py") else { return #expect(Bool(false)) }
            #expect(lines.first == "<span class=\"hl-k\">def</span> f():")
            guard case .markdown(let text) = try await shown("docs/a.md") else { return #expect(Bool(false)) }
            #expect(text.html.contains("/ada/tiny/blob/main/docs/b.md"))
            guard case .text = try await shown("docs/a.md", isSource: true) else { return #expect(Bool(false)) }
            guard case .table(let table) = try await shown("rows.csv") else { return #expect(Bool(false)) }
            #expect(table.rows == [["1", "2"]])
            guard case .table = try await shown("rows.jsonl") else { return #expect(Bool(false)) }
            guard case .image = try await shown("p.png") else { return #expect(Bool(false)) }
            guard case .empty = try await shown("empty") else { return #expect(Bool(false)) }
            guard case .tensors(let file, _) = try await shown("m.safetensors") else { return #expect(Bool(false)) }
            #expect(file.parameters == 6)
            guard case .broken = try await shown("bad.gguf") else { return #expect(Bool(false)) }
            guard case .unreadable = try await shown("data.bin") else { return #expect(Bool(false)) }
            guard case .text(["模型"], _, .gb18030) = try await shown("old.txt") else { return #expect(Bool(false)) }
            guard case .text = try await shown("bad.ipynb") else { return #expect(Bool(false)) }
        }
    }
}
