import Foundation

/// A folder that receives files under names given by a server, and never lets one out.
package struct LocalFolder: Sendable {
    /// Where unfinished downloads lie until they are whole.
    package static let partialsName = ".gallery-partial"

    package let path: String

    package init(_ path: String) {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        self.path = path
    }

    var partials: String { path + "/" + Self.partialsName }

    /// Makes the folder itself.
    package func make() throws { try makeFolder(path) }

    /// Whether a repository path may become a local one: relative, no `.` or `..`, nothing a file system chokes on.
    package static func isSafe(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return path.utf8.count <= 3000
            && !path.utf8.contains { $0 < 32 || $0 == 127 || $0 == UInt8(ascii: "\\") }
            && parts.first.map { $0 != Self.partialsName } == true
            && parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." && $0.utf8.count <= 255 }
    }

    /// The local path of a file, its folders made; refuses to pass through a symbolic link below this folder.
    func prepare(_ file: String) throws -> String {
        guard Self.isSafe(file) else { throw HubError.unsafePath(file) }
        try makeFolder(path)
        var current = path
        for part in file.split(separator: "/").dropLast() {
            current += "/" + part
            var facts = stat()
            if lstat(current, &facts) == 0 {
                guard facts.st_mode & S_IFMT == S_IFDIR else {
                    throw HubError.localFile(path: current, reason: "is in the way: a folder is needed there")
                }
            } else {
                try makeFolder(current)
            }
        }
        let destination = path + "/" + file
        var facts = stat()
        if lstat(destination, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR {
            throw HubError.localFile(path: destination, reason: "is a folder, but a file is to be written there")
        }
        return destination
    }

    func makeFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            var facts = stat()
            if stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR { return }
            throw HubError.localFile(path: path, reason: "the folder cannot be made (\(posixReason()))")
        }
    }

    /// Removes the folder of unfinished downloads once nothing is in it.
    package func tidy() {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: partials) else { return }
        if names.allSatisfy({ $0.hasSuffix(".lock") }) {
            for name in names { unlink(partials + "/" + name) }
        }
        rmdir(partials)
    }

    /// Bytes that may still be written here; nil where the system does not say.
    func freeBytes() -> Int64? {
        var facts = statvfs()
        guard statvfs(path, &facts) == 0 else { return nil }
        return Int64(
            clamping: UInt64(facts.f_bavail).multipliedReportingOverflow(by: UInt64(facts.f_frsize)).partialValue
        )
    }
}

/// The last system error in words.
func posixReason() -> String { String(cString: strerror(errno)).lowercased() }
