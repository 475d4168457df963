import Foundation
import Testing

@testable import GalleryClient

@Suite struct LocalFolderTests {
    @Test(arguments: [
        ("config.json", true), ("a/b/c.txt", true), ("数据/文件.txt", true), ("a b.txt", true), (".gitattributes", true),
        ("..", false), ("../x", false), ("a/../../x", false), ("/etc/passwd", false), ("", false), ("a//b", false),
        ("a/./b", false), ("a\\..\\b", false), ("a\u{0}b", false), ("a\nb", false), ("dir/", false),
        (".gallery-partial/x", false), (String(repeating: "x", count: 256), false), ("\u{7F}", false),
    ]) func `only names that stay inside are safe`(path: String, expected: Bool) {
        #expect(LocalFolder.isSafe(path) == expected)
    }

    @Test func `a linked folder is not entered`() throws {
        try withFolder { folder in
            let outside = folder + "/outside"
            try FileManager.default.createDirectory(atPath: outside, withIntermediateDirectories: true)
            try FileManager.default.createDirectory(atPath: folder + "/in", withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(atPath: folder + "/in/data", withDestinationPath: outside)
            #expect(throws: HubError.self) { try LocalFolder(folder + "/in").prepare("data/x.txt") }
        }
    }

    @Test func `a folder in the way of a file is said to be`() throws {
        try withFolder { folder in
            try FileManager.default.createDirectory(atPath: folder + "/x", withIntermediateDirectories: true)
            #expect(throws: HubError.self) { try LocalFolder(folder).prepare("x") }
        }
    }

    @Test func `hostile names cannot steer the terminal`() {
        #expect("a\u{1B}[2Jb\r\u{202E}c".printable == "a?[2Jb??c")
        #expect("数据.txt".printable == "数据.txt")
    }

    @Test func `files of a folder are found in order, without git's and our own`() throws {
        try withFolder { folder in
            for name in ["b.txt", "a/x.bin", ".git/config", ".gallery-partial/y", ".gitignore"] {
                let path = URL(filePath: folder + "/" + name)
                try FileManager.default.createDirectory(
                    at: path.deletingLastPathComponent(),
                    withIntermediateDirectories: true
                )
                try Data(name.utf8).write(to: path)
            }
            let all = try LocalFile.files(at: folder, as: "", filter: PathFilter())
            #expect(all.map(\.path) == [".gitignore", "a/x.bin", "b.txt"])
            let some = try LocalFile.files(at: folder, as: "sub", filter: PathFilter(include: ["*.bin"]))
            #expect(some.map(\.path) == ["sub/a/x.bin"])
            let one = try LocalFile.files(at: folder + "/b.txt", as: "", filter: PathFilter())
            #expect(one.map(\.path) == ["b.txt"])
        }
    }
}

func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
}

func newFolder() -> String {
    let path =
        FileManager.default.temporaryDirectory.path(percentEncoded: false) + "gallery-client-\(UUID().uuidString)"
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
}
