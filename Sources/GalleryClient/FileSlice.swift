import Foundation
import NIOCore

/// A stretch of a local file as a request body, read in steps of 512 KiB; can be iterated again for a repeated request.
struct FileSlice: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    let path: String
    let offset: Int64
    let length: Int64
    let report: @Sendable (Int64) -> Void

    func makeAsyncIterator() -> Iterator { Iterator(slice: self) }

    final class Iterator: AsyncIteratorProtocol {
        private let slice: FileSlice
        private var file: Int32 = -1
        private var position: Int64 = 0

        init(slice: FileSlice) { self.slice = slice }

        deinit { if file >= 0 { close(file) } }

        func next() async throws -> ByteBuffer? {
            guard position < slice.length else { return nil }
            if file < 0 {
                file = open(slice.path, O_RDONLY | O_CLOEXEC)
                guard file >= 0 else { throw HubError.localFile(path: slice.path, reason: posixReason()) }
            }
            let wanted = Int(Swift.min(512 << 10, slice.length - position))
            var buffer = ByteBuffer()
            let count = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: wanted) { space in
                var count = -1
                repeat {
                    count = pread(file, space.baseAddress, wanted, off_t(slice.offset + position))
                } while count < 0 && errno == EINTR
                return Swift.max(0, count)
            }
            guard count > 0 else { throw HubError.changedWhileRead(path: slice.path) }
            position += Int64(count)
            slice.report(position)
            return buffer
        }
    }
}
