package import GalleryBlobs
package import NIOCore

/// The bytes of a file, or of the asked range of it, in one of the ways a store can give them.
package enum FileBody: Sendable {
    /// Parts of files on this machine, in order.
    case pieces([FilePiece])
    /// Bytes that arrive from elsewhere.
    case stream(AsyncThrowingStream<ByteBuffer, any Error>)
    /// Few bytes, in memory.
    case bytes(ByteBuffer)

    /// Any sequence of buffers, pulled as fast as the client takes them.
    package static func sequence(
        _ sequence: some AsyncSequence<ByteBuffer, any Error> & Sendable
    ) -> FileBody {
        let iterator = PulledIterator(sequence)
        return .stream(AsyncThrowingStream { try await iterator.next() })
    }
}

/// An iterator that one consumer asks, one question at a time.
private final class PulledIterator: @unchecked Sendable {
    private let pull: () async throws -> ByteBuffer?

    init<Source: AsyncSequence<ByteBuffer, any Error> & Sendable>(_ source: Source) {
        var iterator = source.makeAsyncIterator()
        pull = { try await iterator.next() }
    }

    func next() async throws -> ByteBuffer? { try await pull() }
}
