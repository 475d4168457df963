package import Foundation
import Glibc

/// The logs of runs: a file for each attempt. Bytes are written where they belong, so that a repetition changes nothing.
package struct RunLogs: Sendable {
    /// What one read answers.
    package struct Piece: Sendable, Equatable {
        package var offset: Int64 = 0
        package var text = ""
        /// Where to go on.
        package var next: Int64 = 0
        package var size: Int64 = 0
    }

    static let largest: Int64 = 64 << 20
    static let pieceBytes: Int64 = 256 << 10

    private let root: URL

    package init(root: URL) { self.root = root }

    func append(_ name: LaunchName, at offset: Int64, _ text: String) throws {
        guard offset >= 0 else { throw RunError.badReport("an offset is not negative") }
        let folder = root.appending(path: name.run)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = open(path(name), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw RunError.noRoom }
        defer { close(file) }
        let size = Int64(lseek(file, 0, SEEK_END))
        guard offset <= size else { throw RunError.logGap(size) }
        // What is beyond the limit is not kept; the worker need not know.
        let bytes = Array(text.utf8.prefix(Int(max(0, Self.largest - offset))))
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes {
                pwrite(file, $0.baseAddress, $0.count, off_t(offset) + off_t(written))
            }
            guard count > 0 else { throw RunError.noRoom }
            written += count
        }
    }

    func size(_ name: LaunchName) -> Int64 {
        let file = open(path(name), O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return 0 }
        defer { close(file) }
        return Int64(lseek(file, 0, SEEK_END))
    }

    /// From `offset` on; from the end where it is negative. Characters are whole.
    func read(_ name: LaunchName, from offset: Int64) throws -> Piece {
        let size = size(name)
        let start = offset < 0 ? max(0, size + max(offset, -Self.pieceBytes)) : min(offset, size)
        guard start < size, let file = FileHandle(forReadingAtPath: path(name)) else {
            return Piece(offset: start, next: start, size: size)
        }
        defer { try? file.close() }
        try file.seek(toOffset: UInt64(start))
        var bytes = Array(try file.read(upToCount: Int(Self.pieceBytes)) ?? Data())
        var first = start
        // The tail may begin within a character; a piece may end within one that is not all there yet.
        if offset < 0, start > 0 {
            let broken = bytes.prefix(3).prefix { $0 & 0xC0 == 0x80 }.count
            bytes.removeFirst(broken)
            first += Int64(broken)
        }
        if let lead = bytes.suffix(3).lastIndex(where: { $0 >= 0xC0 }) {
            let length = bytes[lead] >= 0xF0 ? 4 : bytes[lead] >= 0xE0 ? 3 : 2
            if lead + length > bytes.count { bytes.removeSubrange(lead...) }
        }
        let next = first + Int64(bytes.count)
        return Piece(offset: first, text: String(decoding: bytes, as: UTF8.self), next: next, size: size)
    }

    func forget(run: String) throws {
        let folder = root.appending(path: run)
        guard FileManager.default.fileExists(atPath: folder.path) else { return }
        try FileManager.default.removeItem(at: folder)
    }

    private func path(_ name: LaunchName) -> String {
        root.appending(path: name.run).appending(path: "\(name.attempt).log").path
    }
}
