import GalleryBlobs
import GalleryDatabase
import GalleryModel
import GalleryTesting
import GitObjects
import NIOCore
import Testing

@testable import GalleryHub

@Suite struct `Commits` {
    @Test(arguments: TestDatabase.all)
    func `a new repository has one commit with the usual attributes`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let hub = try TestFiles(database)
            let ada = try await hub.identity.person("ada")
            let repo = try await hub.repository("m", of: ada)
            let history = try await hub.files.history(of: repo.id, by: ada)
            #expect(history.commits.map(\.title) == ["initial commit"])
            #expect(history.commits.map(\.authorName) == ["ada"])
            #expect(history.total == 1)
            #expect(try await hub.paths(of: repo.id, by: ada) == [".gitattributes"])
            #expect(
                try await hub.text(".gitattributes", of: repo.id, by: ada)?.contains(
                    "*.bin filter=lfs diff=lfs merge=lfs -text"
                ) == true
            )
            #expect(repo.head == history.commits.first?.oid)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `files are added, changed and deleted at once`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let hub = try TestFiles(database)
            let ada = try await hub.identity.person("ada")
            let repo = try await hub.repository("m", of: ada).id
            try await hub.commit(["a.txt": "1", "d/b.txt": "1", "数据/文件 1.txt": "中"], of: repo, by: ada)
            let second = try await hub.commit(
                ["a.txt": "2", "d/b.txt": nil, "d/c.txt": "3"],
                of: repo,
                title: "第二",
                by: ada
            )
            #expect(second.isNew)
            #expect(try await hub.paths(of: repo, by: ada) == [".gitattributes", "a.txt", "d/c.txt", "数据/文件 1.txt"])
            #expect(try await hub.text("a.txt", of: repo, by: ada) == "2")
            let again = try await hub.commit(["a.txt": "2"], of: repo, by: ada)
            #expect(!again.isNew)
            #expect(again.oid == second.oid)
            let entry = try await hub.files.entry(at: "a.txt", revision: "main", of: repo, by: ada).entry
            #expect(entry?.oid == GitObjectKind.blob.id(of: "2".utf8))
            #expect(entry?.size == 1)
            #expect(try await hub.paths(String(second.oid.hex.prefix(7)), of: repo, by: ada).count == 4)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `bytes of every size come back as they were`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let hub = try TestFiles(database)
            let ada = try await hub.identity.person("ada")
            let repo = try await hub.repository("m", of: ada)
            var draft = try await hub.files.draft(on: "main", of: repo.id, by: ada)
            let sizes = [0, 1, 65_536, 65_537, 300_000]
            for size in sizes {
                try await draft.put("f\(size)", bytes: (0..<size).map { UInt8(truncatingIfNeeded: $0 * 31) })
            }
            _ = try await hub.files.commit(draft, title: "sizes")
            for size in sizes {
                let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 * 31) }
                guard
                    case .found(let file) = try await hub.files.lookUp(
                        "f\(size)",
                        at: "main",
                        kind: .model,
                        name: repo.name,
                        by: ada
                    )
                else { throw FilesError.stale }
                #expect(file.entry.size == Int64(size))
                #expect(file.entry.etag == GitObjectKind.blob.id(of: bytes).hex)
                if let digest = file.entry.content {
                    #expect(digest == SHA256Digest.of(bytes))
                    #expect(try await hub.content.reader(of: digest).size == size)
                } else {
                    #expect(try await hub.files.bytes(of: file) == bytes)
                }
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `two writers at once lose nothing`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let hub = try TestFiles(database)
            let ada = try await hub.identity.person("ada")
            let repo = try await hub.repository("m", of: ada).id
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<4 {
                    group.addTask {
                        for number in 0..<6 {
                            try await hub.commit(["w\(writer)/f\(number)": "\(number)"], of: repo, by: ada)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await hub.paths(of: repo, by: ada).count == 25)
            #expect(try await hub.files.history(of: repo, by: ada).total == 25)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a commit made on an older version is refused when it says so`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let hub = try TestFiles(database)
            let ada = try await hub.identity.person("ada")
            let repo = try await hub.repository("m", of: ada)
            let first = try #require(repo.head).hex
            let second = try await hub.commit(["a": "1"], of: repo.id, parent: String(first.prefix(7)), by: ada)
            let error = await #expect(throws: FilesError.stale) {
                try await hub.commit(["a": "2"], of: repo.id, parent: first, by: ada)
            }
            #expect(error?.problem.kind == .stale)
            #expect(
                error?.problem.detail
                    == "The branch was updated since you opened this page. Please refresh and try again."
            )
            try await hub.commit(["a": "2"], of: repo.id, parent: second.oid.hex, by: ada)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a large file counts only for those who have it`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let hub = try TestFiles(database)
            let (ada, bob) = (try await hub.identity.person("ada"), try await hub.identity.person("bob"))
            let repo = try await hub.repository("m", visibility: .owner, of: ada)
            let stored = try await hub.content.store(ByteBuffer(string: "weights"), by: try #require(ada.account).id)
            var draft = try await hub.files.draft(on: "main", of: repo.id, by: ada)
            try draft.putLarge("w.bin", digest: stored.sha256, size: 7)
            try draft.putLarge("copy.bin", digest: stored.sha256, size: nil)
            _ = try await hub.files.commit(draft, title: "weights")
            let entry = try await hub.files.entry(at: "w.bin", revision: "main", of: repo.id, by: ada).entry
            #expect(entry?.lfs == LFSPointer(oid: stored.sha256, size: 7))
            #expect(entry?.size == 7)
            #expect(entry?.etag == stored.sha256.hex)

            let other = try await hub.repository("n", of: bob).id
            let pointer = LFSPointer(oid: stored.sha256, size: 7)
            for attempt in 0..<3 {
                var theft = try await hub.files.draft(on: "main", of: other, by: bob)
                switch attempt {
                case 0: try theft.putLarge("w.bin", digest: stored.sha256, size: 7)
                case 1: try await theft.put("w.bin", bytes: pointer.bytes)
                default: try theft.putLarge("w.bin", digest: SHA256Digest.of([9]), size: 1)
                }
                let error = await #expect(throws: FilesError.self) { try await hub.files.commit(theft, title: "theft") }
                #expect(error?.problem.code == "lfs-unknown")
            }
            #expect(try await hub.paths(of: other, by: bob) == [".gitattributes"])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `the quota holds over all versions, and deleting credits at once`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let hub = try TestFiles(database, limits: RepositoryLimits(fileBytes: 3000, repositoryBytes: 10_000))
            let ada = try await hub.identity.person("ada")
            let repo = try await hub.repository("m", of: ada)
            let text = String(repeating: "x", count: 2_900)
            for number in 0..<2 { try await hub.commit(["f": text + "\(number)"], of: repo.id, by: ada) }
            await #expect(throws: FilesError.fileTooLarge(path: "g", limit: 3000)) {
                try await hub.commit(["g": text + text], of: repo.id, by: ada)
            }
            let error = await #expect(throws: FilesError.self) {
                try await hub.commit(["f": text + "2", "g": text + "3", "h": text + "4"], of: repo.id, by: ada)
            }
            #expect(error == .repositoryFull(limit: 10_000))
            #expect(try await hub.paths(of: repo.id, by: ada) == [".gitattributes", "f"])
            let before = try await hub.repositories.details(of: repo.id, by: ada).repository.usedBytes
            _ = try await hub.files.squash("main", message: "squash", of: repo.id, by: ada)
            let after = try await hub.repositories.details(of: repo.id, by: ada).repository.usedBytes
            #expect(before - after == 2_901)
        }
    }

    @Test(
        arguments: [
            ("/etc/passwd", .absolute), ("//a", .absolute), ("a/", .absolute), ("/", .absolute), ("a//b", .emptyPart),
            ("../a", .climbing), ("a/../b", .climbing), ("a/..", .climbing), ("./../a", .climbing), ("", .empty),
            ("..\\ddd", .backslash), (".git/config", .gitFolder), ("a\u{1}b", .control),
        ] as [(String, PathRules.Fault)]
    )
    func `a path that could do harm is refused, and told why`(path: String, fault: PathRules.Fault) async throws {
        try await TestDatabase.sqlite.run { database in
            let hub = try TestFiles(database)
            let ada = try await hub.identity.person("ada")
            let repo = try await hub.repository("m", of: ada).id
            let error = await #expect(throws: FilesError.self) { try await hub.commit([path: "x"], of: repo, by: ada) }
            #expect(error?.problem.code == "path-invalid")
            #expect(error?.problem.kind == .invalid)
            #expect(error?.problem.detail.hasPrefix(fault.rawValue) == true)
            #expect(try await hub.paths(of: repo, by: ada) == [".gitattributes"])
        }
    }

    @Test func `a folder is deleted by its path, with or without a slash at the end`() async throws {
        try await TestDatabase.sqlite.run { database in
            let hub = try TestFiles(database)
            let ada = try await hub.identity.person("ada")
            let repo = try await hub.repository("m", of: ada).id
            for path in ["a", "a/", "./a/"] {
                try await hub.commit(["a/b": "x", "./c": "y"], of: repo, by: ada)
                var draft = try await hub.files.draft(on: "main", of: repo, by: ada, parent: nil)
                try draft.deleteFolder(path)
                _ = try await hub.files.commit(draft, title: "delete")
                #expect(try await hub.paths(of: repo, by: ada) == [".gitattributes", "c"])
            }
            var draft = try await hub.files.draft(on: "main", of: repo, by: ada, parent: nil)
            #expect(throws: FilesError.badPath("/c", .absolute)) { try draft.deleteFolder("/c") }
            try draft.deleteFolder("/")
            _ = try await hub.files.commit(draft, title: "delete")
            #expect(try await hub.paths(of: repo, by: ada) == [])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `what cannot be is refused with the words clients know`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let hub = try TestFiles(database)
            let (ada, bob) = (try await hub.identity.person("ada"), try await hub.identity.person("bob"))
            let repo = try await hub.repository("m", of: ada)
            let missing = await #expect(throws: FilesError.self) {
                try await hub.commit(["nothing": nil], of: repo.id, by: ada)
            }
            #expect(missing?.problem.hubCode == .entryNotFound)
            #expect(missing?.problem.detail.hasPrefix("A file with this name doesn't exist") == true)
            for branch in ["other", try #require(repo.head).hex] {
                let error = await #expect(throws: FilesError.self) {
                    try await hub.commit(["a": "1"], to: branch, of: repo.id, by: ada)
                }
                #expect(error?.problem.hubCode == .revisionNotFound)
            }
            await #expect(throws: AccessError.self) { try await hub.commit(["a": "1"], of: repo.id, by: bob) }
            await #expect(throws: AccessError.self) { try await hub.commit(["a": "1"], of: repo.id, by: .visitor) }
        }
    }
}
