package import GalleryModel

/// A run of chunks of one xorb.
package struct ShardSegment: Hashable, Sendable {
    package var xorb: XetHash
    /// Bytes of the chunks together, unpacked.
    package var length: Int
    package var chunks: Range<Int>

    package init(xorb: XetHash, length: Int, chunks: Range<Int>) {
        self.xorb = xorb
        self.length = length
        self.chunks = chunks
    }
}

/// One file as a shard describes it.
package struct ShardFile: Hashable, Sendable {
    package var hash: XetHash
    package var segments: [ShardSegment]
    /// One hash per segment where the client sent them, else none.
    package var rangeHashes: [XetHash]
    /// Nil where the client sent none.
    package var sha256: SHA256Digest?

    package init(hash: XetHash, segments: [ShardSegment], rangeHashes: [XetHash] = [], sha256: SHA256Digest? = nil) {
        self.hash = hash
        self.segments = segments
        self.rangeHashes = rangeHashes
        self.sha256 = sha256
    }

    /// The size of the file.
    package var size: Int { segments.reduce(0) { $0 + $1.length } }
}
