import Foundation
import GalleryModel
import NIOCore
import Synchronization

/// A download in progress: the bytes that are there, and a note beside them that says which.
///
/// The note is written at most once a second and after every failure, so whatever ends the program, a later run goes on
/// from it. Its place is taken beforehand, so that a full disk has room for it. It is only ever behind the bytes, and the
/// finished file is hashed before it gets its name.
final class PartialFile: Sendable {
    /// A stretch of the file fetched by one request at a time.
    struct Piece: Codable, Sendable, Equatable {
        var start: Int64
        var end: Int64
        var done: Int64

        var isComplete: Bool { start + done >= end }
    }

    private struct Note: Codable {
        var size: Int64
        var pieces: [Piece]
    }

    /// A file below this is fetched again rather than noted from the start.
    private static let smallFile: Int64 = 1 << 20

    private struct State {
        var pieces: [Piece]
        var savedAt: ContinuousClock.Instant
    }

    private let folder: String
    private let path: String
    private let notePath: String
    private let size: Int64
    private let file: Int32
    private let lock: Int32
    private let state: Mutex<State>

    /// Opens or continues; waits for another process that downloads the same file into the same folder.
    init(
        in folder: LocalFolder,
        file name: String,
        identity: ContentIdentity,
        size: Int64,
        pieceBytes: Int64
    ) async throws {
        let key = identity.hex + "-" + SHA256Digest.of(name.utf8).hex.prefix(12)
        path = folder.partials + "/" + key + ".part"
        notePath = folder.partials + "/" + key + ".json"
        self.size = size
        self.folder = folder.path
        lock = try await Self.locked(folder, key + ".lock")
        file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard file >= 0 else {
            let failure = Self.failure(path, folder.path)
            close(lock)
            throw failure
        }
        let note = (try? Data(contentsOf: URL(filePath: notePath))).flatMap {
            try? JSONDecoder().decode(Note.self, from: $0)
        }
        let pieces =
            note.flatMap { Self.isSound($0, size: size) ? $0.pieces : nil }
            ?? Self.pieces(size: size, pieceBytes: pieceBytes)
        state = Mutex(State(pieces: pieces, savedAt: .now))
        if note == nil, size > Self.smallFile, !save() { throw Self.failure(notePath, folder.path) }
    }

    deinit {
        close(file)
        close(lock)
    }

    private static func locked(_ folder: LocalFolder, _ name: String) async throws -> Int32 {
        let path = folder.partials + "/" + name
        while true {
            try folder.makeFolder(folder.partials)
            let lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
            guard lock >= 0 else {
                if errno == ENOENT { continue }
                throw failure(path, folder.path)
            }
            if flock(lock, LOCK_EX | LOCK_NB) == 0 {
                // Somebody may have tidied the folder away between the two calls.
                var held = stat()
                var named = stat()
                if fstat(lock, &held) == 0, stat(path, &named) == 0, held.st_ino == named.st_ino { return lock }
            }
            close(lock)
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    private static func pieces(size: Int64, pieceBytes: Int64) -> [Piece] {
        stride(from: 0, to: size, by: Int64.Stride(pieceBytes)).map { start in
            Piece(start: start, end: min(start + pieceBytes, size), done: 0)
        }
    }

    /// Whether a note found on disk describes this file without gaps.
    private static func isSound(_ note: Note, size: Int64) -> Bool {
        var end: Int64 = 0
        for piece in note.pieces {
            guard piece.start == end, piece.end > piece.start, (0...(piece.end - piece.start)).contains(piece.done)
            else {
                return false
            }
            end = piece.end
        }
        return note.size == size && end == size
    }

    private static func failure(_ path: String, _ folder: String) -> HubError {
        errno == ENOSPC || errno == EDQUOT
            ? .diskFull(folder: folder, neededBytes: nil) : .localFile(path: path, reason: posixReason())
    }

    var pieceCount: Int { state.withLock { $0.pieces.count } }
    var doneBytes: Int64 { state.withLock { $0.pieces.reduce(0) { $0 + $1.done } } }
    func piece(_ index: Int) -> Piece { state.withLock { $0.pieces[index] } }

    /// Appends to a piece; what would run over its end is an error of the server.
    func write(_ buffer: ByteBuffer, to index: Int) throws {
        let piece = piece(index)
        guard piece.start + piece.done + Int64(buffer.readableBytes) <= piece.end else {
            throw HubError.malformedAnswer("it sent more bytes than the file has")
        }
        try buffer.withUnsafeReadableBytes { bytes in
            var written = 0
            while written < bytes.count {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
                let count = pwrite(file, rest.baseAddress, rest.count, off_t(piece.start + piece.done + Int64(written)))
                if count < 0 {
                    if errno == EINTR { continue }
                    throw Self.failure(path, folder)
                }
                written += count
            }
        }
        let isDue = state.withLock { state in
            state.pieces[index].done += Int64(buffer.readableBytes)
            guard state.savedAt.duration(to: .now) > .seconds(1) else { return false }
            state.savedAt = .now
            return true
        }
        if isDue { save() }
    }

    /// Writes the note, always of the same length and in place; a failure only costs a later run some repetition.
    @discardableResult
    func save() -> Bool {
        let note = state.withLock { Note(size: size, pieces: $0.pieces) }
        guard var data = try? JSONEncoder().encode(note) else { return false }
        let longest = 64 + 96 * note.pieces.count
        if data.count < longest { data.append(Data(repeating: UInt8(ascii: " "), count: longest - data.count)) }
        let descriptor = open(notePath, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let written = data.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        if written >= 0, written < data.count { errno = ENOSPC }
        return written == data.count && ftruncate(descriptor, off_t(written)) == 0
    }

    /// Starts again from nothing.
    func reset(pieceBytes: Int64) {
        ftruncate(file, 0)
        state.withLock { $0.pieces = Self.pieces(size: size, pieceBytes: pieceBytes) }
        save()
    }

    /// Whether the bytes are those of `identity`.
    func holds(_ identity: ContentIdentity) throws -> Bool {
        if size == 0 { ftruncate(file, 0) }
        return try FileHash.size(ofFileAt: path) == size && identity.matches(fileAt: path)
    }

    /// Gives the finished file its name, at once and durably.
    func finish(as destination: String) throws {
        guard fsync(file) == 0, rename(path, destination) == 0 else { throw Self.failure(destination, folder) }
        unlink(notePath)
    }
}
