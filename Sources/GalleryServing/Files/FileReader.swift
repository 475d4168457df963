import GalleryBlobs
import Hummingbird
import NIOCore
import NIOPosix

/// Reads a piece and writes it to the answer, one read ahead; the way out where there is no sendfile.
struct FileReader: Sendable {
    private static let chunk = 512 << 10

    let file: OpenFile
    let piece: FilePiece

    func copy(to writer: inout any ResponseBodyWriter) async throws {
        var position = piece.offset
        let end = piece.offset + piece.length
        guard position < end else { return }
        var current = try await read(from: position)
        while true {
            position += current.readableBytes
            guard position < end else { return try await writer.write(current) }
            let start = position
            async let next = read(from: start)
            try await writer.write(current)
            current = try await next
        }
    }

    private func read(from position: Int) async throws -> ByteBuffer {
        let count = min(Self.chunk, piece.offset + piece.length - position)
        let file = file
        return try await NIOThreadPool.singleton.runIfActive {
            var buffer = ByteBufferAllocator().buffer(capacity: count)
            _ = try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { bytes in
                try file.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<count]), at: position)
            }
            return buffer
        }
    }
}
