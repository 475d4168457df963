import ArgumentParser
import Foundation
import Testing

@testable import gallery_cli

@Suite struct CommandShellTests {
    @Test(arguments: CommandShell.allCases)
    func `each shell gets a script, installed once`(shell: CommandShell) throws {
        try withFolder { home in
            #expect(shell.script.contains("gallery-cli"))
            _ = try shell.install(home: home)
            let report = try shell.install(home: home)
            #expect(report.contains("\(shell.rawValue) completion installed in \(home)/"))
            for file in [".bashrc", ".zshrc"] {
                guard let text = try? String(contentsOfFile: home + "/" + file, encoding: .utf8) else { continue }
                #expect(text.split(separator: "\n").count == 1)
            }
        }
    }

    @Test(arguments: [
        ("download", "ada/tiny", true), ("download", "ada", false), ("download", "../x", false),
        ("download", "a/b/c", false),
        ("ls", "ada/ti\u{1B}ny", false),
    ]) func `a repository is named account slash name`(command: String, id: String, isFine: Bool) {
        #expect(((try? GalleryCLI.parseAsRoot([command, id])) != nil) == isFine)
    }

    @Test func `include and exclude repeat, and do not go with file names`() throws {
        let command = try GalleryCLI.parseAsRoot([
            "download", "a/b", "--include", "*.json", "--include=*.txt", "--local-dir=/tmp",
        ])
        let download = try #require(command as? FilesDownload)
        #expect(download.include == ["*.json", "*.txt"])
        #expect(download.localDir == "/tmp")
        #expect(throws: (any Error).self) { try GalleryCLI.parseAsRoot(["download", "a/b", "x", "--include", "*"]) }
    }

    @Test(arguments: [
        ("", ""), (".", ""), ("./", ""), ("/", ""), ("./.github/x", ".github/x"), ("/a//b/", "a/b"),
        (".gitignore", ".gitignore"),
    ]) func `a path in the repository is cleaned without losing hidden names`(text: String, expected: String) {
        #expect(FilesUpload.repositoryPath(text) == expected)
    }
}
