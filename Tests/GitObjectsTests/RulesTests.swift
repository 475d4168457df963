import GalleryModel
import Testing

@testable import GitObjects

@Suite(.serialized) struct `Patterns` {
    @Test(arguments: [
        ("w.bin", true), ("a/b/w.bin", true), ("w.binx", false), ("data.tar.gz", true), ("x.lfs.y", true),
        ("saved_model/a", true), ("saved_model/a/b/c", true), ("x/saved_model/a", false),
        ("events.out.tfevents.1", true),
        ("README.md", false), ("config.json", false), ("模型.safetensors", true), ("a.tar", true),
    ])
    func `the usual attributes make large files of the usual endings`(path: String, isLarge: Bool) {
        #expect(GitAttributes(GitAttributes.initialText).isLarge(path) == isLarge)
    }

    @Test func `the last matching attribute decides`() {
        let attributes = GitAttributes(
            "*.bin filter=lfs diff=lfs\n# note\nsmall/*.bin -filter\n\"odd\nx[[:space:]]y filter=lfs\n"
        )
        #expect(attributes.isLarge("a.bin"))
        #expect(!attributes.isLarge("small/a.bin"))
        #expect(attributes.isLarge("x y"))
    }

    private static let ignored = """
        # comment
        *.log
        !keep.log
        /top.txt
        build/
        docs/**/draft.md
        **/cache
        a/**/z
        temp?
        [ab].dat
        [!x]y.q
        trailing\\ 
        \\!bang
        deep/*
        !deep/kept

        """

    @Test(arguments: [
        "a.log", "keep.log", "x/keep.log", "top.txt", "x/top.txt", "build/a", "build", "x/build/y/z", "docs/draft.md",
        "docs/a/b/draft.md", "x/docs/draft.md", "cache/a", "q/cache/r", "a/z", "a/b/z", "a/b/c/z/q", "temp1", "temp12",
        "a.dat",
        "c.dat", "zy.q", "xy.q", "trailing ", "!bang", "deep/a", "deep/kept", "deep/x/kept", "中文.log",
    ])
    func `gitignore rules decide as git does`(path: String) throws {
        let git = try RealGit()
        defer { git.remove() }
        try git.write(".gitignore", Self.ignored)
        let isIgnored = (try? git.run(["check-ignore", "-q", "--no-index", path])) != nil
        #expect(GitIgnore(Self.ignored).ignores(path) == isIgnored)
    }

    @Test func `a pattern made to run for ever ends`() {
        let pattern = GlobPattern(String(repeating: "*a", count: 60) + "b")
        #expect(!pattern.matches(String(repeating: "a", count: 250)))
    }
}

@Suite struct `Paths` {
    @Test(arguments: [
        "a", "a/b.txt", ".gitattributes", ".gitignore", "a/.github/x", "中文/文件 名.txt", "e\u{301}", "...", "a..b",
        ".git-x",
        "a/-b", "~", "git",
    ])
    func `ordinary paths may be committed`(path: String) {
        #expect(PathRules.fault(in: path) == nil)
    }

    @Test(
        arguments: [
            ("", .empty), ("/a", .absolute), ("a/", .absolute), ("a//b", .emptyPart), ("..", .climbing),
            ("a/../b", .climbing),
            ("./a", .climbing), ("a\\b", .backslash), ("folder/..\\..\\file", .backslash), ("a\u{0}", .control),
            ("a\nb", .control), (".git/config", .gitFolder), ("a/.GIT/x", .gitFolder), (".git ", .gitFolder),
            ("git~1", .gitFolder),
            (".g\u{200c}it", .gitFolder), (".git::$INDEX", .gitFolder), (String(repeating: "a", count: 256), .tooLong),
            (String(repeating: "a/", count: 600) + "b", .tooLong),
        ] as [(String, PathRules.Fault)]
    )
    func `paths that could do harm are refused`(path: String, fault: PathRules.Fault) {
        #expect(PathRules.fault(in: path) == fault)
    }

    @Test func `composed and decomposed letters are different paths`() {
        #expect(GitPath("e\u{301}") != GitPath("\u{e9}"))
        #expect(Set([GitPath("e\u{301}"), GitPath("\u{e9}")]).count == 2)
        #expect(GitPath("a/b").isInside(GitPath("a")))
        #expect(!GitPath("ab").isInside(GitPath("a")))
    }
}

@Suite struct `Pointers` {
    @Test func `a pointer's text is read back`() throws {
        let pointer = LFSPointer(oid: SHA256Digest.of([1]), size: 42)
        #expect(LFSPointer(bytes: pointer.bytes) == pointer)
        #expect(pointer.text.hasPrefix("version https://git-lfs.github.com/spec/v1\noid sha256:"))
    }

    @Test(arguments: [
        "", "hello", "version https://git-lfs.github.com/spec/v1\nsize 1\n",
        "version https://git-lfs.github.com/spec/v1\noid sha256:12\nsize 1\n",
    ])
    func `other text is no pointer`(text: String) {
        #expect(LFSPointer(bytes: text.utf8) == nil)
    }
}

@Suite(.serialized) struct `Text differences` {
    @Test(arguments: [
        ("a\nb\nc\n", "a\nx\nc\n"), ("", "a\n"), ("a\n", ""), ("a", "a\n"),
        (
            "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n",
            "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n15\n16\n17\n"
        ),
        ("a\nb\na\nb\na\n", "b\na\nb\n"), ("x\n中\n", "x\n文\n中\n"),
    ])
    func `a patch turns one text into the other, says git`(old: String, new: String) throws {
        let git = try RealGit()
        defer { git.remove() }
        try git.write("f", old)
        let (oldID, newID) = (GitObjectKind.blob.id(of: old.utf8), GitObjectKind.blob.id(of: new.utf8))
        let patch = TextDiff.patch(
            path: "f",
            oldID: oldID,
            newID: newID,
            oldMode: .file,
            newMode: .file,
            old: Array(old.utf8),
            new: Array(new.utf8)
        )
        _ = try git.run(["add", "f"])
        _ = try git.run(["apply", "--cached", "--unidiff-zero"], input: Array(patch.utf8))
        #expect(try git.text(["ls-files", "-s", "f"]).contains(newID.hex))
    }
}
