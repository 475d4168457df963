/// The limits of the formats; hostile input is refused by them before it costs anything.
package enum XetLimits {
    /// Bytes of one chunk, unpacked.
    package static let chunkBytes = 128 << 10
    /// Bytes of one chunk as sent: incompressible data grows a little.
    package static let packedChunkBytes = chunkBytes + 4096
    package static let chunksPerXorb = 8192
    /// Bytes of all chunks of a xorb, unpacked.
    package static let xorbBytes = 64 << 20
    /// Bytes of a xorb as sent, with headers and a footer.
    package static let packedXorbBytes = xorbBytes + (2 << 20)
    package static let shardBytes = 64 << 20
}
