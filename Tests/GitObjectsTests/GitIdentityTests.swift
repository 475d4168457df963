import GalleryModel
import Testing

@testable import GitObjects

@Suite(.serialized) struct `Objects are git's own` {
    @Test(arguments: [[], Array("hello\n".utf8), Array("模型\r\n".utf8), [0, 255, 10, 0]] as [[UInt8]])
    func `a blob has the id that git gives it`(bytes: [UInt8]) throws {
        let git = try RealGit()
        defer { git.remove() }
        #expect(try git.text(["hash-object", "--stdin"], input: bytes) == GitObjectKind.blob.id(of: bytes).hex)
    }

    @Test func `a folder has the id and the order that git gives it`() throws {
        let git = try RealGit()
        defer { git.remove() }
        let blob = GitObjectKind.blob.id(of: [])
        _ = try git.run(["hash-object", "-w", "--stdin"])
        let folder = Tree([TreeEntry(name: GitName("x"), mode: .file, oid: blob)])
        _ = try git.run(["hash-object", "-w", "-t", "tree", "--stdin"], input: folder.bytes)
        // Folders sort as though their names ended in a slash: "a.b" < "a/" < "a0".
        let entries = [
            TreeEntry(name: GitName("a"), mode: .folder, oid: folder.oid),
            TreeEntry(name: GitName("a.b"), mode: .file, oid: blob),
            TreeEntry(name: GitName("a0"), mode: .executable, oid: blob),
            TreeEntry(name: GitName("a-"), mode: .folder, oid: folder.oid),
            TreeEntry(name: GitName("链接"), mode: .symbolicLink, oid: blob),
            TreeEntry(name: GitName("模型 权重.bin"), mode: .file, oid: blob),
            TreeEntry(name: GitName("e\u{301}"), mode: .file, oid: blob),
            TreeEntry(name: GitName("\u{e9}"), mode: .file, oid: blob),
            TreeEntry(name: GitName("Z"), mode: .file, oid: blob),
            TreeEntry(name: GitName(".gitattributes"), mode: .file, oid: blob),
        ]
        let lines = entries.map { entry in
            "\(entry.isFolder ? "0" : "")\(entry.mode.octal) \(entry.isFolder ? "tree" : "blob") \(entry.oid)\t\(entry.name)\0"
        }
        let id = try git.text(["mktree", "-z"], input: Array(lines.joined().utf8))
        let tree = Tree(entries)
        #expect(tree.oid.hex == id)
        #expect(try git.run(["cat-file", "tree", id]) == tree.bytes)
        let read = try Tree(bytes: tree.bytes)
        #expect(Array(read.entries) == Array(tree.entries))
        for entry in entries { #expect(read.entry(named: entry.name) == entry) }
        #expect(read.entry(named: GitName("b")) == nil)
    }

    @Test func `a commit has the id that git gives it`() throws {
        let git = try RealGit()
        defer { git.remove() }
        _ = try git.run(["hash-object", "-w", "-t", "tree", "--stdin"])
        let tree = Tree.empty.oid
        let first = try git.text(["commit-tree", tree.hex, "-m", "initial commit"])
        let second = try git.text(["commit-tree", tree.hex, "-p", first, "-m", "标题", "-m", "body\nmore"])
        let parent = try #require(GitOID(first))
        let author = Signature(name: "Ada Lovelace", email: "ada@example.org", seconds: 1_767_225_600)
        let committer = Signature(name: "Ada Lovelace", email: "ada@example.org", seconds: 1_767_225_600, offset: 90)
        #expect(
            Commit(tree: tree, parents: [], author: author, committer: committer, message: "initial commit").oid
                == parent
        )
        let commit = Commit(
            tree: tree,
            parents: [parent],
            author: author,
            committer: committer,
            message: "标题\n\nbody\nmore"
        )
        #expect(commit.oid.hex == second)
        let read = try Commit(bytes: git.run(["cat-file", "commit", second]))
        #expect(read.parents == [parent])
        #expect(read.title == "标题")
        #expect(read.committer == committer)
        #expect(read.bytes == commit.bytes)
    }

    @Test func `a commit with headers we do not know is still read`() throws {
        let text = """
            tree \(Tree.empty.oid)
            author A <a@b> 1 -0130
            committer A <a@b> 1 +0000
            gpgsig -----BEGIN
             abc def
             -----END
            encoding UTF-8

            title
            """
        let commit = try Commit(bytes: text.utf8)
        #expect(commit.author.offset == -90)
        #expect(commit.message == "title")
    }

    @Test(arguments: ["", "tree x\n\n", "author A <a@b> 1 +0000\n\nx", "tree \(Tree.empty.oid)\nauthor A\n\n"])
    func `what is no commit is refused`(text: String) {
        #expect(throws: GitObjectError.malformedCommit) { try Commit(bytes: text.utf8) }
    }
}
