import GalleryDatabase
import GalleryModel
import GalleryTesting
import GitObjects
import NIOCore
import Testing

@testable import GalleryHub

@Suite struct `Versions` {
    @Test(arguments: TestDatabase.all)
    func `branches and tags are made and deleted with the words clients know`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let hub = try TestFiles(database)
            let ada = try await hub.identity.person("ada")
            let repo = try await hub.repository("m", of: ada).id
            let files = hub.files
            try await files.createBranch("dev", of: repo, by: ada)
            let exists = await #expect(throws: FilesError.self) {
                try await files.createBranch("dev", of: repo, by: ada)
            }
            #expect(exists?.problem.detail == "Reference refs/heads/dev already exists")
            #expect(exists?.problem.kind == .conflict)
            let main = await #expect(throws: FilesError.self) {
                try await files.deleteBranch("main", of: repo, by: ada)
            }
            #expect(main?.problem.detail == "Cannot delete refs/heads/main")
            #expect(main?.problem.kind == .forbidden)
            let unknown = await #expect(throws: FilesError.self) {
                try await files.deleteBranch("none", of: repo, by: ada)
            }
            #expect(unknown?.problem.detail.contains("Invalid rev id") == true)
            #expect(unknown?.problem.hubCode == .revisionNotFound)

            let commit = try await hub.commit(["a": "1"], to: "dev", of: repo, by: ada)
            try await files.createTag("v1.0", at: "dev", message: "first", of: repo, by: ada)
            await #expect(throws: FilesError.referenceExists("refs/tags/v1.0")) {
                try await files.createTag("v1.0", at: "main", of: repo, by: ada)
            }
            for name in ["", "a b", "a..b", "/a", "a/", "x.lock", "-a", "a~1", "@{", "refs/heads/x", ".a", "a\u{7f}"] {
                await #expect(throws: FilesError.badReferenceName(name)) {
                    try await files.createTag(name, at: "main", of: repo, by: ada)
                }
            }
            let references = try await files.references(of: repo, by: ada)
            #expect(references.branches.map(\.shortName) == ["dev", "main"])
            #expect(references.tags.map(\.target) == [commit.oid])
            try await files.deleteTag("v1.0", of: repo, by: ada)
            try await files.deleteBranch("dev", of: repo, by: ada)
            #expect(try await files.references(of: repo, by: ada).branches.map(\.name) == ["refs/heads/main"])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `history is paged from the newest`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let hub = try TestFiles(database)
            let ada = try await hub.identity.person("ada")
            let repo = try await hub.repository("m", of: ada).id
            for number in 1...6 { try await hub.commit(["f": "\(number)"], of: repo, title: "c\(number)", by: ada) }
            let first = try await hub.files.history(of: repo, limit: 4, by: ada)
            #expect(first.commits.map(\.title) == ["c6", "c5", "c4", "c3"])
            #expect(first.total == 7)
            let second = try await hub.files.history(of: repo, cursor: first.next, limit: 4, by: ada)
            #expect(second.commits.map(\.title) == ["c2", "c1", "initial commit"])
            #expect(second.next == nil)
            await #expect(throws: FilesError.badCursor) { try await hub.files.history(of: repo, cursor: "zz", by: ada) }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `each path knows its last commit`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let hub = try TestFiles(database)
            let ada = try await hub.identity.person("ada")
            let repo = try await hub.repository("m", of: ada).id
            try await hub.commit(["a": "1", "d/x": "1", "d/e/y": "1", "d/e/z": "1"], of: repo, title: "one", by: ada)
            try await hub.commit(["d/e/y": "2"], of: repo, title: "two", by: ada)
            try await hub.files.createBranch("side", of: repo, by: ada)
            try await hub.commit(["d/x": "9"], to: "side", of: repo, title: "side", by: ada)
            try await hub.commit(["a": "3"], of: repo, title: "three", by: ada)
            // Many changes of one folder, so that its records are written out anew in between.
            for number in 0..<150 {
                try await hub.commit(["d/e/n": "\(number)"], of: repo, title: "n\(number)", by: ada)
            }
            func titles(_ folder: String, _ revision: String) async throws -> [String: String] {
                let page = try await hub.files.tree(
                    folder,
                    revision: revision,
                    of: repo,
                    recursive: true,
                    withLastCommit: true,
                    by: ada
                )
                return page.entries.reduce(into: [:]) { $0[$1.path.text] = $1.lastCommit?.title }
            }
            #expect(
                try await titles("", "main") == [
                    ".gitattributes": "initial commit", "a": "three", "d": "n149", "d/x": "one", "d/e": "n149",
                    "d/e/y": "two",
                    "d/e/z": "one", "d/e/n": "n149",
                ]
            )
            #expect(
                try await titles("d", "side") == ["d/x": "side", "d/e": "two", "d/e/y": "two", "d/e/z": "one"]
            )
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a tree is paged, and stays what it was while the branch moves`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let hub = try TestFiles(database)
            let ada = try await hub.identity.person("ada")
            let repo = try await hub.repository("m", of: ada).id
            try await hub.commit(
                ["a": "1", "d/e/y": "1", "d/e/z": "1", "d/x": "1", "d.txt": "1", "z": "1"],
                of: repo,
                by: ada
            )
            let whole = try await hub.files.tree(revision: "main", of: repo, recursive: true, by: ada).entries.map(
                \.path.text
            )
            #expect(whole == [".gitattributes", "a", "d.txt", "d", "d/e", "d/e/y", "d/e/z", "d/x", "z"])
            for limit in 1...9 {
                var paths: [String] = []
                var cursor: String?
                repeat {
                    let page = try await hub.files.tree(
                        revision: "main",
                        of: repo,
                        recursive: true,
                        cursor: cursor,
                        limit: limit,
                        by: ada
                    )
                    paths += page.entries.map(\.path.text)
                    cursor = page.next
                    if limit == 4 { try await hub.commit(["b\(paths.count)": "1"], of: repo, by: ada) }
                } while cursor != nil
                #expect(paths == whole)
                if limit == 4 { break }
            }
            let folder = try await hub.files.tree("d", revision: "main", of: repo, by: ada).entries
            #expect(folder.map(\.path.text) == ["d/e", "d/x"])
            for path in ["a", "nothing", "d/nothing"] {
                let error = await #expect(throws: FilesError.self) {
                    try await hub.files.tree(path, revision: "main", of: repo, by: ada)
                }
                #expect(error?.problem.hubCode == .entryNotFound)
            }
            let some = try await hub.files.entries(at: ["d", "zz", "a", "../x"], revision: "main", of: repo, by: ada)
            #expect(some.entries.map(\.path.text) == ["d", "a"])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a commit is shown as a patch and can be undone`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let hub = try TestFiles(database)
            let ada = try await hub.identity.person("ada")
            let repo = try await hub.repository("m", of: ada).id
            try await hub.commit(["a": "1\n2\n3\n", "b": "x"], of: repo, by: ada)
            let change = try await hub.commit(["a": "1\nzwei\n3\n", "b": nil], of: repo, title: "bad idea", by: ada)
            let difference = try await hub.files.difference(to: change.oid.hex, of: repo, by: ada)
            #expect(difference.files.map(\.path.text) == ["a", "b"])
            #expect(difference.files.first?.patch.contains("@@ -1,3 +1,3 @@\n 1\n-2\n+zwei\n 3\n") == true)
            try await hub.commit(["c": "later"], of: repo, by: ada)
            let undone = try await hub.files.revert(change.oid.hex, on: "main", of: repo, by: ada)
            #expect(undone.title == "Revert \"bad idea\"")
            #expect(try await hub.text("a", of: repo, by: ada) == "1\n2\n3\n")
            #expect(try await hub.paths(of: repo, by: ada) == [".gitattributes", "a", "b", "c"])
            try await hub.commit(["a": "other"], of: repo, by: ada)
            await #expect(throws: FilesError.mergeConflict(["a"])) {
                try await hub.files.revert(undone.oid.hex, on: "main", of: repo, by: ada)
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a pull request is merged by path, or says what conflicts`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let hub = try TestFiles(database)
            let (ada, bob) = (try await hub.identity.person("ada"), try await hub.identity.person("bob"))
            let repo = try await hub.repository("m", of: ada).id
            try await hub.commit(["a": "1", "b": "1"], of: repo, by: ada)
            let (adas, bobs) = (try #require(ada.account), try #require(bob.account))
            let now = hub.clock.now
            for number in 1...2 {
                try await database.write { db in try hub.files.beginPull(number, of: repo, by: bobs.id, at: now, db) }
                try await hub.commit(
                    ["b": "from \(number)", "new\(number)/f": "x"],
                    to: "refs/pr/\(number)",
                    of: repo,
                    by: bob
                )
            }
            try await hub.commit(["a": "2"], of: repo, by: ada)
            let merged = try await database.write { db in
                try hub.files.mergePull(1, title: "b (#1)", of: repo, by: adas, at: now, db)
            }
            #expect(try await hub.files.resolve("main", of: repo, by: ada).commit == merged)
            #expect(try await hub.text("a", of: repo, by: ada) == "2")
            #expect(try await hub.text("b", of: repo, by: ada) == "from 1")
            #expect(try await hub.text("new1/f", of: repo, by: ada) == "x")
            let conflicts = try await database.read { db in try hub.files.conflicts(ofPull: 2, of: repo, db) }
            #expect(conflicts == ["b"])
            await #expect(throws: FilesError.mergeConflict(["b"])) {
                try await database.write { db in try hub.files.mergePull(2, title: "b", of: repo, by: adas, at: now, db)
                }
            }
            let difference = try await hub.files.pullDifference(2, of: repo, by: bob)
            #expect(difference.difference.files.map(\.path.text) == ["b", "new2/f"])
            #expect(difference.commits.count == 1)
            await #expect(throws: FilesError.self) {
                try await database.write { db in
                    try hub.files.beginPull(3, from: merged.hex, of: repo, by: bobs.id, at: now, db)
                }
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a squash leaves one commit, versions keep theirs, and the rest is swept`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let hub = try TestFiles(database)
            let ada = try await hub.identity.person("ada")
            let repo = try await hub.repository("m", of: ada).id
            let old = try await hub.commit(["a": "old", "d/x": "1"], of: repo, by: ada)
            try await hub.files.createTag("1.0.0", at: "main", of: repo, by: ada)
            let lost = try await hub.commit(["a": "lost"], of: repo, by: ada)
            try await hub.commit(["a": "new"], of: repo, by: ada)
            _ = try await hub.files.squash("main", message: "all in one", of: repo, by: ada)
            let history = try await hub.files.history(of: repo, by: ada)
            #expect(history.commits.map(\.title) == ["all in one"])
            #expect(try await hub.text("a", of: repo, by: ada) == "new")
            #expect(try await hub.text("a", at: "1.0.0", of: repo, by: ada) == "old")
            let entries = try await hub.files.tree(
                revision: "main",
                of: repo,
                recursive: true,
                withLastCommit: true,
                by: ada
            ).entries
            #expect(Set(entries.map(\.lastCommit?.title)) == ["all in one"])
            try await hub.commit(["d/x": "2"], of: repo, title: "next", by: ada)

            hub.clock.advance(by: .seconds(60))
            let sweep = try await hub.files.collector.collect(repo, storedBefore: hub.clock.now)
            #expect(sweep.commits == 2)
            #expect(sweep.blobs == 1)
            await #expect(throws: FilesError.self) { try await hub.files.commit(lost.oid.hex, of: repo, by: ada) }
            #expect(try await hub.files.commit(old.oid.hex, of: repo, by: ada).oid == old.oid)
            // A second hub has no memory of what was read before.
            let fresh = Files(database: database, content: hub.content, world: hub.world, limits: hub.files.limits)
            #expect(try await fresh.text(at: "d/x", revision: "main", of: repo, by: ada) == "2")
            #expect(try await fresh.text(at: "a", revision: "1.0.0", of: repo, by: ada) == "old")
            let after = try await fresh.tree("d", revision: "main", of: repo, withLastCommit: true, by: ada).entries
            #expect(after.map(\.lastCommit?.title) == ["next"])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `deleting large files rewrites history but not versions`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let hub = try TestFiles(database)
            let ada = try await hub.identity.person("ada")
            let repo = try await hub.repository("m", of: ada).id
            func large(_ path: String, _ text: String) async throws -> SHA256Digest {
                let stored = try await hub.content.store(ByteBuffer(string: text), by: try #require(ada.account).id)
                var draft = try await hub.files.draft(on: "main", of: repo, by: ada)
                try draft.putLarge(path, digest: stored.sha256, size: nil)
                _ = try await hub.files.commit(draft, title: "add \(path)")
                return stored.sha256
            }
            let kept = try await large("kept.bin", "kept")
            try await hub.files.createTag("1.0.0", at: "main", of: repo, by: ada)
            let gone = try await large("d/gone.bin", "gone gone")
            try await hub.commit(["README.md": "# hi"], of: repo, by: ada)
            let listed = try await hub.files.largeFiles(of: repo, by: ada).files
            #expect(Set(listed.map(\.oid)) == [kept, gone])
            #expect(Set(listed.map(\.path.text)) == ["kept.bin", "d/gone.bin"])
            let before = try await hub.repositories.details(of: repo, by: ada).repository.usedBytes
            try await hub.files.deleteLargeFiles([kept, gone], rewritingHistory: true, of: repo, by: ada)
            #expect(try await hub.paths(of: repo, by: ada) == [".gitattributes", "README.md"])
            #expect(try await hub.paths("1.0.0", of: repo, by: ada) == [".gitattributes", "kept.bin"])
            #expect(try await hub.files.history(of: repo, by: ada).total == 4)
            #expect(try await hub.files.largeFiles(of: repo, by: ada).files.map(\.oid) == [kept])
            let after = try await hub.repositories.details(of: repo, by: ada).repository.usedBytes
            #expect(before - after == 9)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a folder of 12,000 files is committed to and listed`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let hub = try TestFiles(database)
            let ada = try await hub.identity.person("ada")
            let repo = try await hub.repository("m", kind: .dataset, of: ada).id
            var draft = try await hub.files.draft(on: "main", of: repo, by: ada)
            let paths = (0..<12_000).map { "data/file-\($0).txt" }
            for (number, path) in paths.enumerated() { try await draft.put(path, bytes: Array("\(number % 50)".utf8)) }
            _ = try await hub.files.commit(draft, title: "many")
            for number in 0..<3 { try await hub.commit([paths[number * 31]: "changed"], of: repo, by: ada) }
            let cold = Files(database: database, content: hub.content, world: hub.world, limits: hub.files.limits)
            var page = try await cold.tree("data", revision: "main", of: repo, by: ada)
            var listed = page.entries.map(\.path.text)
            while let next = page.next {
                page = try await cold.tree("data", revision: "main", of: repo, cursor: next, by: ada)
                listed += page.entries.map(\.path.text)
            }
            #expect(listed.count == paths.count)
            #expect(Set(listed) == Set(paths))
            #expect(try await cold.text(at: "data/file-62.txt", revision: "main", of: repo, by: ada) == "changed")
            #expect(try await cold.text(at: "data/file-63.txt", revision: "main", of: repo, by: ada) == "13")
        }
    }
}
