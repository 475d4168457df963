package import Foundation
package import GalleryModel
package import NIOCore

/// Reads a file that lies in extents; every way out works on any range of it.
package struct ExtentReader: Sendable {
    /// The length of the file.
    package let size: Int
    package let extents: [Extent]
    private let blobs: any BlobStore

    package init(extents: [Extent], in blobs: any BlobStore) {
        self.extents = extents
        self.blobs = blobs
        size = extents.totalLength
    }

    /// Where the bytes lie on this machine, for sendfile; nil when the store is elsewhere. `range` is cut to the file.
    package func pieces(_ range: Range<Int>? = nil) -> [FilePiece]? {
        var result: [FilePiece] = []
        for extent in extents.slice(range ?? 0..<size) {
            guard let path = blobs.path(of: extent.pack) else { return nil }
            result.append(FilePiece(path: path, offset: extent.offset, length: extent.length))
        }
        return result
    }

    /// The bytes in order, read one step ahead. `range` is cut to the file.
    package func stream(_ range: Range<Int>? = nil, chunkSize: Int = 512 << 10) -> ExtentStream {
        ExtentStream(extents: extents.slice(range ?? 0..<size), chunkSize: chunkSize, blobs: blobs)
    }

    /// All bytes of the range at once; for small files.
    package func bytes(_ range: Range<Int>? = nil) async throws -> ByteBuffer {
        let slice = extents.slice(range ?? 0..<size)
        if slice.count == 1 { return try await blobs.read(slice[0].pack, slice[0].range) }
        var result = ByteBuffer()
        result.reserveCapacity(slice.totalLength)
        for extent in slice {
            var part = try await blobs.read(extent.pack, extent.range)
            result.writeBuffer(&part)
        }
        return result
    }

    /// An address that serves the whole file without us: only where it is one whole pack of a store that signs links.
    package func signedURL(until expiry: Date) async throws -> String? {
        guard extents.count == 1, let extent = extents.first, extent.offset == 0,
            let url = try blobs.signedURL(of: extent.pack, until: expiry),
            try await blobs.size(of: extent.pack) == extent.length
        else { return nil }
        return url
    }

    /// The SHA-256 of the whole file, read now.
    package func sha256() async throws -> SHA256Digest {
        let hasher = Hasher<SHA256Digest>()
        for try await chunk in stream(chunkSize: 1 << 20) { hasher.update(chunk.readableBytesView) }
        return hasher.finalize()
    }
}

/// The bytes of some extents as a sequence, with one read running ahead of the consumer.
package struct ExtentStream: AsyncSequence, Sendable {
    package typealias Element = ByteBuffer
    let extents: [Extent]
    let chunkSize: Int
    let blobs: any BlobStore

    package func makeAsyncIterator() -> Iterator { Iterator(self) }

    /// Asks for the next chunk before handing out the current one.
    package final class Iterator: AsyncIteratorProtocol {
        private let stream: ExtentStream
        private var index = 0
        private var offset = 0
        private var ahead: Task<ByteBuffer, any Error>?

        init(_ stream: ExtentStream) {
            self.stream = stream
        }

        deinit { ahead?.cancel() }

        package func next() async throws -> ByteBuffer? {
            guard let current = ahead ?? startRead() else { return nil }
            ahead = nil
            let chunk = try await withTaskCancellationHandler {
                try await current.value
            } onCancel: {
                current.cancel()
            }
            ahead = startRead()
            return chunk
        }

        private func startRead() -> Task<ByteBuffer, any Error>? {
            guard index < stream.extents.count else { return nil }
            let extent = stream.extents[index]
            let length = Swift.min(stream.chunkSize, extent.length - offset)
            let start = extent.offset + offset
            offset += length
            if offset >= extent.length {
                index += 1
                offset = 0
            }
            let blobs = stream.blobs
            return Task { try await blobs.read(extent.pack, start..<(start + length)) }
        }
    }
}
