import Foundation

/// The real `git` in a folder of its own, to compare with.
struct RealGit {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "git-objects-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        _ = try run(["init", "-q", "."])
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    /// Runs git with these bytes as its input; returns what it prints.
    func run(_ arguments: [String], input: [UInt8] = []) throws -> [UInt8] {
        let inputFile = folder.appending(path: "input-\(UUID().uuidString)")
        try Data(input).write(to: inputFile)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["git"] + arguments
        process.currentDirectoryURL = folder
        process.environment = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin", "HOME": folder.path,
            "GIT_AUTHOR_NAME": "Ada Lovelace", "GIT_AUTHOR_EMAIL": "ada@example.org",
            "GIT_AUTHOR_DATE": "1767225600 +0000", "GIT_COMMITTER_NAME": "Ada Lovelace",
            "GIT_COMMITTER_EMAIL": "ada@example.org", "GIT_COMMITTER_DATE": "1767225600 +0130",
        ]
        process.standardInput = try FileHandle(forReadingFrom: inputFile)
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(arguments: arguments) }
        return [UInt8](data)
    }

    func text(_ arguments: [String], input: [UInt8] = []) throws -> String {
        String(decoding: try run(arguments, input: input), as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    func write(_ path: String, _ text: String) throws {
        let file = folder.appending(path: path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    struct Failure: Error {
        var arguments: [String]
    }
}
