import CLinux

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif
import GalleryModel
import NIOCore

/// A file that is being written, with its running hash. All calls block.
///
/// Unchecked because one pool job at a time uses it, which its writer sees to. It holds a lock on the file for as long
/// as it is open, by which a sweep in any process knows that somebody is at work.
final class StagedFile: @unchecked Sendable {
    let path: String
    private(set) var size = 0
    private let hasher: Hasher<SHA256Digest>?
    private var descriptor: CInt
    private var isKept = false
    /// A pack that nobody hashes now is read again soon, and stays in memory.
    private var canBeDirect: Bool

    /// Creates and locks the file.
    init(path: String, hashing: Bool) throws {
        self.path = path
        hasher = hashing ? Hasher<SHA256Digest>() : nil
        canBeDirect = hashing
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw BlobError.system("create") }
        // A sweep may have taken the file between these two calls; then it has no name any more.
        var status = stat()
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, fstat(descriptor, &status) == 0, status.st_nlink > 0 else {
            throw BlobError.failed(operation: "lock", reason: "the file was swept while it was created")
        }
    }

    deinit { discard() }

    func append(_ buffer: ByteBuffer) throws {
        try buffer.withUnsafeReadableBytes { bytes in
            hasher?.update(bytes)
            try append(bytes)
        }
    }

    /// Appends a block: past the page cache where that can be, which costs neither a copy nor the pages that others read
    /// from. The end of the file is written in the ordinary way.
    func append(_ block: StagingBlock) throws {
        let start = size
        let bytes = block.bytes
        hasher?.update(bytes)
        if canBeDirect, size % StagingBlock.alignment == 0 {
            let whole = bytes.count - bytes.count % StagingBlock.alignment
            try appendDirectly(UnsafeRawBufferPointer(rebasing: bytes[..<whole]))
        }
        try append(UnsafeRawBufferPointer(rebasing: bytes[(size - start)...]))
    }

    /// Stops early where the file system cannot do this.
    private func appendDirectly(_ bytes: UnsafeRawBufferPointer) throws {
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0, fcntl(descriptor, F_SETFL, flags | directFlag) == 0 else {
            canBeDirect = false
            return
        }
        defer { _ = fcntl(descriptor, F_SETFL, flags) }
        var rest = bytes[...]
        while !rest.isEmpty, size % StagingBlock.alignment == 0 {
            let piece = UnsafeRawBufferPointer(rebasing: rest)
            let count = write(descriptor, piece.baseAddress, piece.count)
            if count < 0 {
                if errno == EINTR { continue }
                guard errno == EINVAL else { throw BlobError.system("write") }
                canBeDirect = false
                return
            }
            rest = rest.dropFirst(count)
            size += count
        }
    }

    private func append(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = UnsafeRawBufferPointer(rebasing: rest)
            let count = write(descriptor, piece.baseAddress, piece.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw BlobError.system("write")
            }
            rest = rest.dropFirst(count)
            size += count
        }
    }

    /// The hash of all that was appended; ask once.
    func digest() -> SHA256Digest? { hasher?.finalize() }

    /// Makes the bytes durable, gives the file its final name, and makes the name durable.
    func keep(as destination: String, folder: String) throws {
        guard fsync(descriptor) == 0 else { throw BlobError.system("sync") }
        guard rename(path, destination) == 0 else { throw BlobError.system("rename") }
        isKept = true
        close(descriptor)
        descriptor = -1
        try syncFolder(folder)
    }

    /// Closes and removes the file, unless it was kept.
    func discard() {
        guard descriptor >= 0 else { return }
        if !isKept { unlink(path) }
        close(descriptor)
        descriptor = -1
    }
}

/// Makes the names in a folder durable.
func syncFolder(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw BlobError.system("open folder") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw BlobError.system("sync folder") }
}

extension BlobError {
    /// What the last system call complained about.
    static func system(_ operation: String) -> BlobError {
        let code = errno
        if code == ENOSPC || code == EDQUOT { return .storageFull }
        return .failed(operation: operation, reason: String(cString: strerror(code)))
    }
}
