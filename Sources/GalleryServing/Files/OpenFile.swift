import CLinux
import Glibc
import NIOCore

/// A file open for reading, which closes itself. All but `holds` may wait for the disk.
final class OpenFile: Sendable {
    private static let readWithoutWaiting: Int32 = 8

    private let descriptor: Int32

    init(_ path: String) throws {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw IOError(errnoCode: errno, reason: "open \(path)") }
    }

    deinit { close(descriptor) }

    var length: Int { Int(lseek(descriptor, 0, SEEK_END)) }

    /// A second descriptor, for one who insists on closing it.
    func duplicate() throws -> Int32 {
        let copy = dup(descriptor)
        guard copy >= 0 else { throw IOError(errnoCode: errno, reason: "dup") }
        return copy
    }

    /// At least one byte. Throws `ShortFile` at the end of the file.
    func read(into bytes: UnsafeMutableRawBufferPointer, at position: Int) throws -> Int {
        while true {
            let count = pread(descriptor, bytes.baseAddress, bytes.count, off_t(position))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw IOError(errnoCode: errno, reason: "pread") }
            guard count > 0 else { throw ShortFile() }
            return count
        }
    }

    /// Whether the byte at `position` is in memory; false also where the file system cannot tell.
    func holds(_ position: Int) -> Bool {
        var byte: UInt8 = 0
        return withUnsafeMutableBytes(of: &byte) { buffer in
            var vector = iovec(iov_base: buffer.baseAddress, iov_len: 1)
            return preadv2(descriptor, &vector, 1, off_t(position), Self.readWithoutWaiting) == 1
        }
    }

    /// Tells the system that these bytes will be wanted soon.
    func expect(_ range: Range<Int>) {
        posix_fadvise(descriptor, off_t(range.lowerBound), off_t(range.count), POSIX_FADV_WILLNEED)
    }
}

/// A file ends before the bytes that it should hold.
struct ShortFile: Error {}
