import GalleryModel

/// Unpacks a xorb as it arrives, chunk by chunk, so that memory stays flat whatever its size.
///
/// Not Sendable: one owner feeds it.
package final class XorbDecoder {
    private static let headerSize = 8

    private struct Header {
        var scheme: ChunkDecoder.Scheme
        var packed: Int
        var length: Int
    }

    /// The chunks unpacked so far, in order.
    package private(set) var chunks: [XetNode] = []
    /// The bytes unpacked so far.
    package private(set) var size = 0
    private let decoder = ChunkDecoder()
    private var received = 0
    private var isInFooter = false
    /// The beginning of a chunk that has not arrived whole.
    private var partial: [UInt8] = []

    package init() {}

    /// Takes the next bytes of the xorb, hands over each chunk that they complete, unpacked, and returns how many bytes it
    /// took: fewer than given once `budget` bytes have been handed over, so that well-packed input cannot flood memory.
    package func feed(
        _ bytes: UnsafeRawBufferPointer,
        budget: Int = XetLimits.xorbBytes,
        emit: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Int {
        let goal = size + budget
        var rest = bytes[...]
        while !rest.isEmpty, !isInFooter, size < goal {
            rest = try takeWhole(rest, emit) ?? completePartial(rest, emit)
        }
        let taken = isInFooter ? bytes.count : bytes.count - rest.count
        received += taken
        guard received <= XetLimits.packedXorbBytes else {
            throw XetFormatError.tooLarge("\(XetLimits.packedXorbBytes) bytes per xorb")
        }
        return taken
    }

    /// The chunks of the whole xorb; throws when it is incomplete or not the one that was announced.
    package func finish(expecting hash: XetHash) throws -> [XetNode] {
        guard partial.isEmpty || isInFooter else { throw malformed("it ends inside a chunk") }
        guard !chunks.isEmpty else { throw malformed("it has no chunks") }
        let actual = XetTree.root(of: chunks)
        guard actual == hash else { throw XetFormatError.wrongHash(expected: hash, actual: actual) }
        return chunks
    }

    /// Unpacks a chunk that lies whole in the input; nil when the next one does not.
    private func takeWhole(
        _ input: Slice<UnsafeRawBufferPointer>,
        _ emit: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Slice<UnsafeRawBufferPointer>? {
        guard partial.isEmpty, input.count >= Self.headerSize,
            let header = try header(UnsafeRawBufferPointer(rebasing: input)),
            input.count >= Self.headerSize + header.packed
        else { return nil }
        let body = input.dropFirst(Self.headerSize)
        try unpack(UnsafeRawBufferPointer(rebasing: body.prefix(header.packed)), header, emit)
        return body.dropFirst(header.packed)
    }

    /// Gathers a chunk that arrives in pieces.
    private func completePartial(
        _ input: Slice<UnsafeRawBufferPointer>,
        _ emit: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Slice<UnsafeRawBufferPointer> {
        var rest = input
        func fill(upTo count: Int) -> Bool {
            let missing = max(0, count - partial.count)
            partial.append(contentsOf: rest.prefix(missing))
            rest = rest.dropFirst(missing)
            return partial.count >= count
        }
        guard fill(upTo: Self.headerSize), let header = try partial.withUnsafeBytes({ try self.header($0) }),
            fill(upTo: Self.headerSize + header.packed)
        else { return rest }
        try partial.withUnsafeBytes { bytes in
            try unpack(UnsafeRawBufferPointer(rebasing: bytes[Self.headerSize...]), header, emit)
        }
        partial.removeAll(keepingCapacity: true)
        return rest
    }

    /// Nil where the footer begins; `bytes` holds at least a header.
    private func header(_ bytes: UnsafeRawBufferPointer) throws -> Header? {
        if bytes.starts(with: "XETBLOB".utf8) {
            isInFooter = true
            return nil
        }
        guard bytes[0] == 0 else { throw malformed("chunk \(chunks.count) has the unknown version \(bytes[0])") }
        guard let scheme = ChunkDecoder.Scheme(rawValue: bytes[4]) else {
            throw malformed("chunk \(chunks.count) has the unknown scheme \(bytes[4])")
        }
        let packed = Int(bytes[1]) | Int(bytes[2]) << 8 | Int(bytes[3]) << 16
        let length = Int(bytes[5]) | Int(bytes[6]) << 8 | Int(bytes[7]) << 16
        guard packed > 0, length > 0 else { throw malformed("chunk \(chunks.count) is empty") }
        guard packed <= XetLimits.packedChunkBytes, length <= XetLimits.chunkBytes else {
            throw XetFormatError.tooLarge("\(XetLimits.chunkBytes) bytes per chunk")
        }
        return Header(scheme: scheme, packed: packed, length: length)
    }

    private func unpack(
        _ packed: UnsafeRawBufferPointer,
        _ header: Header,
        _ emit: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        guard chunks.count < XetLimits.chunksPerXorb else {
            throw XetFormatError.tooLarge("\(XetLimits.chunksPerXorb) chunks per xorb")
        }
        size += header.length
        guard size <= XetLimits.xorbBytes else {
            throw XetFormatError.tooLarge("\(XetLimits.xorbBytes) bytes per xorb")
        }
        guard let bytes = decoder.decode(packed, scheme: header.scheme, length: header.length) else {
            throw malformed("chunk \(chunks.count) does not unpack to \(header.length) bytes")
        }
        chunks.append(XetNode(hash: XetTree.chunkHash(bytes), length: bytes.count))
        try emit(bytes)
    }

    private func malformed(_ reason: String) -> XetFormatError { .malformedXorb(reason) }
}
