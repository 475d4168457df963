import Foundation

/// A file on this machine and the path it is to have in the repository.
package struct LocalFile: Sendable, Equatable {
    package var source: String
    package var path: String
    package var size: Int64

    /// The files below a folder, or the file itself, in order of their paths; linked folders are not entered.
    package static func files(at root: String, as pathInRepo: String, filter: PathFilter) throws -> [LocalFile] {
        var facts = stat()
        guard stat(root, &facts) == 0 else { throw HubError.localFile(path: root, reason: posixReason()) }
        guard facts.st_mode & S_IFMT == S_IFDIR else {
            let name = pathInRepo.isEmpty ? String(root.split(separator: "/").last ?? "") : pathInRepo
            return [LocalFile(source: root, path: name, size: Int64(facts.st_size))]
        }
        let prefix = pathInRepo.isEmpty || pathInRepo == "." ? "" : pathInRepo + "/"
        var files: [LocalFile] = []
        try collect(root, "", into: &files)
        return files.filter { filter.accepts($0.path) }.sorted { $0.path < $1.path }
            .map { LocalFile(source: $0.source, path: prefix + $0.path, size: $0.size) }
    }

    private static let skipped: Set<String> = [".git", LocalFolder.partialsName]

    private static func collect(_ folder: String, _ prefix: String, into files: inout [LocalFile]) throws {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw HubError.localFile(path: folder, reason: "the folder cannot be read")
        }
        for name in names where !skipped.contains(name) && prefix + name != ".cache/huggingface" {
            let source = folder + "/" + name
            var facts = stat()
            guard lstat(source, &facts) == 0 else { continue }
            if facts.st_mode & S_IFMT == S_IFDIR {
                try collect(source, prefix + name + "/", into: &files)
            } else if stat(source, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG {
                files.append(LocalFile(source: source, path: prefix + name, size: Int64(facts.st_size)))
            }
        }
    }

    /// The first bytes, from which the server judges what kind of file it is.
    func sample() throws -> String {
        guard let handle = FileHandle(forReadingAtPath: source) else {
            throw HubError.localFile(path: source, reason: posixReason())
        }
        defer { try? handle.close() }
        return try (handle.read(upToCount: 512) ?? Data()).base64EncodedString()
    }
}
