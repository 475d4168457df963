import GalleryBlobs
import NIOCore
import NIOPosix
import XetFormat

/// Unpacks one xorb on the thread pool, a batch at a time, while the connection keeps receiving.
///
/// Unchecked because one pool job at a time uses the decoder: each is awaited before the next one starts.
final class XorbUnpacker: @unchecked Sendable {
    /// Received bytes that make a batch.
    private static let batchSize = 1 << 20
    /// Unpacked bytes that are handed over at once.
    private static let outputSize = 2 << 20

    private let decoder = XorbDecoder()
    private let pool: NIOThreadPool

    init(pool: NIOThreadPool = .singleton) {
        self.pool = pool
    }

    /// Writes the chunks one after the other and gives their table, once the whole is found to have the hash.
    func unpack<Source: AsyncIteratorProtocol>(
        _ source: inout Source,
        into writer: any BlobWriter,
        expecting hash: XetHash
    ) async throws -> [XetNode] where Source.Element == ByteBuffer {
        var batch: [ByteBuffer] = []
        var size = 0
        while let piece = try await source.next() {
            batch.append(piece)
            size += piece.readableBytes
            guard size >= Self.batchSize else { continue }
            try await unpack(batch, into: writer)
            batch = []
            size = 0
        }
        try await unpack(batch, into: writer)
        return try await pool.runIfActive { try self.decoder.finish(expecting: hash) }
    }

    private func unpack(_ batch: [ByteBuffer], into writer: any BlobWriter) async throws {
        var rest = batch
        while !rest.isEmpty {
            let input = rest
            let (output, remaining) = try await pool.runIfActive { try self.unpackSome(input) }
            rest = remaining
            try await writer.write(output)
        }
    }

    /// As much of the input as one output holds. Blocks.
    private func unpackSome(_ input: [ByteBuffer]) throws -> (output: ByteBuffer, rest: [ByteBuffer]) {
        var output = ByteBuffer()
        output.reserveCapacity(Self.outputSize + XetLimits.chunkBytes)
        for (index, buffer) in input.enumerated() {
            var buffer = buffer
            while buffer.readableBytes > 0 {
                let room = Self.outputSize - output.readableBytes
                guard room > 0 else { return (output, [buffer] + input[(index + 1)...]) }
                let taken = try buffer.withUnsafeReadableBytes { bytes in
                    try decoder.feed(bytes, budget: room) { output.writeBytes($0) }
                }
                buffer.moveReaderIndex(forwardBy: taken)
            }
        }
        return (output, [])
    }
}
