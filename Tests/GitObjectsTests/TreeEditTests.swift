import GalleryModel
import Testing

@testable import GitObjects

/// Versions in memory.
final class Versions {
    private var trees: [GitOID: Tree] = [Tree.empty.oid: .empty]

    func load(_ oid: GitOID) throws -> Tree { try #require(trees[oid]) }

    /// A version that holds these files, each with its text.
    func version(_ files: [String: String], from base: GitOID? = nil) throws -> GitOID {
        try apply(to: base) { edit in
            for (path, text) in files { try edit.put(GitPath(path), oid: GitObjectKind.blob.id(of: text.utf8)) }
        }.root
    }

    func apply(to base: GitOID?, _ body: (TreeEdit) throws -> Void) throws -> TreeEdit.Outcome {
        let edit = TreeEdit()
        try body(edit)
        let outcome = try edit.apply(to: base, load: load)
        for new in outcome.newTrees { trees[new.oid] = new.tree }
        return outcome
    }

    /// All files of a version with the start of their ids.
    func files(_ root: GitOID) throws -> [String: GitOID] {
        var result: [String: GitOID] = [:]
        for file in try TreeDiff(from: nil, to: root, load: load).files { result[file.path.text] = file.new?.oid }
        return result
    }
}

@Suite struct `Edits` {
    private func id(_ text: String) -> GitOID { GitObjectKind.blob.id(of: text.utf8) }
    private let versions = Versions()

    @Test func `files are added, replaced and deleted at any depth`() throws {
        let base = try versions.version(["a": "1", "d/x": "1", "d/e/y": "1"])
        let outcome = try versions.apply(to: base) { edit in
            try edit.put(GitPath("d/e/y"), oid: id("2"))
            try edit.put(GitPath("n/m/o"), oid: id("3"))
            try edit.delete(GitPath("d/x"))
        }
        #expect(try versions.files(outcome.root) == ["a": id("1"), "d/e/y": id("2"), "n/m/o": id("3")])
        #expect(Set(outcome.folders.map(\.path.text)) == ["", "d", "d/e", "n", "n/m"])
        #expect(Set(outcome.folders.filter(\.isNew).map(\.path.text)) == ["n", "n/m"])
    }

    @Test func `a folder that loses its last file is gone`() throws {
        let base = try versions.version(["a": "1", "d/e/x": "1"])
        let outcome = try versions.apply(to: base) { try $0.delete(GitPath("d/e/x")) }
        #expect(try versions.load(outcome.root).count == 1)
        let nothing = try versions.apply(to: outcome.root) { try $0.delete(GitPath("a")) }
        #expect(nothing.root == Tree.empty.oid)
    }

    @Test func `later notes win over earlier ones`() throws {
        let base = try versions.version(["d/x": "1", "d/y": "1"])
        let refilled = try versions.apply(to: base) { edit in
            try edit.delete(GitPath("d"))
            try edit.put(GitPath("d/z"), oid: id("2"))
        }
        #expect(try versions.files(refilled.root) == ["d/z": id("2")])
        let emptied = try versions.apply(to: base) { edit in
            try edit.put(GitPath("d/z"), oid: id("2"))
            try edit.put(GitPath("a"), oid: id("2"))
            try edit.delete(GitPath("d"))
        }
        #expect(try versions.files(emptied.root) == ["a": id("2")])
    }

    @Test func `an edit that changes nothing says so`() throws {
        let base = try versions.version(["d/x": "1"])
        #expect(try versions.apply(to: base) { try $0.put(GitPath("d/x"), oid: id("1")) }.isEmpty)
        let outcome = try versions.apply(to: base) { edit in
            try edit.delete(GitPath("d"))
            try edit.put(GitPath("d/x"), oid: id("1"))
        }
        #expect(outcome.isEmpty)
        #expect(outcome.root == base)
    }

    @Test func `deleting what is not there is refused`() throws {
        let base = try versions.version(["a": "1"])
        for path in ["b", "a/b", "c/d"] {
            #expect(throws: TreeEdit.Conflict.self) {
                try versions.apply(to: base) { try $0.delete(GitPath(path)) }
            }
        }
    }

    @Test func `files and folders do not take one another's place by accident`() throws {
        let base = try versions.version(["a": "1", "d/x": "1"])
        #expect(throws: TreeEdit.Conflict.fileInTheWay(GitPath("a"))) {
            try versions.apply(to: base) { try $0.put(GitPath("a/b"), oid: id("2")) }
        }
        #expect(throws: TreeEdit.Conflict.folderInTheWay(GitPath("d"))) {
            try versions.apply(to: base) { try $0.put(GitPath("d"), oid: id("2")) }
        }
        let swapped = try versions.apply(to: base) { edit in
            try edit.delete(GitPath("a"))
            try edit.put(GitPath("a/b"), oid: id("2"))
            try edit.delete(GitPath("d"))
            try edit.put(GitPath("d"), oid: id("3"))
        }
        #expect(try versions.files(swapped.root) == ["a/b": id("2"), "d": id("3")])
    }

    @Test func `both sides of a fork are merged by path`() throws {
        let base = try versions.version(["a": "1", "d/x": "1", "d/y": "1", "gone": "1"])
        let ours = try versions.version(["a": "2", "d/mine": "1", "new/ours": "1"], from: base)
        let theirs = try versions.apply(to: base) { edit in
            try edit.put(GitPath("d/x"), oid: id("9"))
            try edit.put(GitPath("new/theirs"), oid: id("9"))
            try edit.put(GitPath("fresh/deep/f"), oid: id("9"))
            try edit.delete(GitPath("gone"))
        }.root
        let merge = try TreeMerge(base: base, ours: ours, theirs: theirs, load: versions.load)
        #expect(merge.conflicts.isEmpty)
        let merged = try versions.apply(to: ours) { edit in
            for step in merge.steps {
                switch step {
                case .put(let path, let mode, let oid): try edit.put(path, mode: mode, oid: oid)
                case .delete(let path): try edit.delete(path)
                }
            }
        }.root
        #expect(
            try versions.files(merged) == [
                "a": id("2"), "d/x": id("9"), "d/y": id("1"), "d/mine": id("1"), "new/ours": id("1"),
                "new/theirs": id("9"),
                "fresh/deep/f": id("9"),
            ]
        )
    }

    @Test func `what both sides changed differently is a conflict`() throws {
        let base = try versions.version(["a": "1", "b": "1", "c": "1", "d/x": "1"])
        let ours = try versions.apply(to: base) { edit in
            try edit.put(GitPath("a"), oid: id("2"))
            try edit.delete(GitPath("b"))
            try edit.put(GitPath("c"), oid: id("3"))
            try edit.put(GitPath("d/x"), oid: id("2"))
        }.root
        let theirs = try versions.version(["a": "9", "b": "9", "c": "3", "d/x": "9"], from: base)
        let merge = try TreeMerge(base: base, ours: ours, theirs: theirs, load: versions.load)
        #expect(merge.conflicts.map(\.text) == ["a", "b", "d/x"])
    }
}
