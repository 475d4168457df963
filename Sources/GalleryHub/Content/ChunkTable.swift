/// The lengths and hashes of the chunks that lie one after the other in a pack.
package struct ChunkTable: Sendable, Equatable {
    package struct Chunk: Sendable, Equatable {
        package var length: Int
        /// 32 bytes.
        package var hash: [UInt8]

        package init(length: Int, hash: [UInt8]) {
            self.length = length
            self.hash = hash
        }
    }

    /// Four bytes of length, little-endian, and the hash.
    private static let stride = 36

    package private(set) var chunks: [Chunk]
    /// Where each chunk starts, and at last where the pack ends.
    package private(set) var offsets: [Int]

    package init(_ chunks: [Chunk]) {
        self.chunks = chunks
        offsets = chunks.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.length) }
    }

    /// Nil unless `bytes` is what `encoded` gave.
    package init?(encoded bytes: [UInt8]) {
        guard bytes.count.isMultiple(of: Self.stride) else { return nil }
        self.init(
            Swift.stride(from: 0, to: bytes.count, by: Self.stride).map { start in
                let length = (0..<4).reduce(0) { $0 | Int(bytes[start + $1]) << ($1 * 8) }
                return Chunk(length: length, hash: Array(bytes[(start + 4)..<(start + Self.stride)]))
            }
        )
    }

    package var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(chunks.count * Self.stride)
        for chunk in chunks {
            for shift in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: chunk.length >> (shift * 8))) }
            bytes += chunk.hash
        }
        return bytes
    }

    package var totalLength: Int { offsets[offsets.count - 1] }

    /// The bytes that the chunks `range` occupy; nil when there are fewer chunks.
    package func bytes(of range: Range<Int>) -> Range<Int>? {
        guard range.lowerBound >= 0, range.upperBound <= chunks.count else { return nil }
        return offsets[range.lowerBound]..<offsets[range.upperBound]
    }
}
