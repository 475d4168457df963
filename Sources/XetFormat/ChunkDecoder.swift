import CLZ4

/// Unpacks single chunks; keeps its buffers from one to the next.
///
/// Not Sendable: one owner feeds it.
final class ChunkDecoder {
    /// How a chunk is packed.
    enum Scheme: UInt8 {
        case raw = 0
        case lz4 = 1
        /// LZ4 over the bytes grouped by their position in each four, which suits floating-point numbers.
        case groupedLZ4 = 2
    }

    private let context: OpaquePointer
    private let output = UnsafeMutableRawBufferPointer.allocate(byteCount: XetLimits.chunkBytes, alignment: 64)
    private let grouped = UnsafeMutableRawBufferPointer.allocate(byteCount: XetLimits.chunkBytes, alignment: 64)

    init() {
        var context: OpaquePointer?
        guard LZ4F_isError(LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION))) == 0, let context else {
            preconditionFailure("liblz4 cannot start")
        }
        self.context = context
    }

    deinit {
        LZ4F_freeDecompressionContext(context)
        output.deallocate()
        grouped.deallocate()
    }

    /// The chunk's `length` bytes, valid until the next call; nil when `packed` does not unpack to exactly that.
    func decode(_ packed: UnsafeRawBufferPointer, scheme: Scheme, length: Int) -> UnsafeRawBufferPointer? {
        guard length <= output.count else { return nil }
        let result = UnsafeMutableRawBufferPointer(rebasing: output[..<length])
        switch scheme {
        case .raw:
            return packed.count == length ? packed : nil
        case .lz4:
            guard unpack(packed, into: result) else { return nil }
        case .groupedLZ4:
            let groups = UnsafeMutableRawBufferPointer(rebasing: grouped[..<length])
            guard unpack(packed, into: groups) else { return nil }
            Self.interleave(UnsafeRawBufferPointer(groups), into: result)
        }
        return UnsafeRawBufferPointer(result)
    }

    /// One whole LZ4 frame that fills `target` exactly.
    private func unpack(_ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) -> Bool {
        LZ4F_resetDecompressionContext(context)
        guard let input = source.baseAddress, let output = target.baseAddress else { return false }
        var read = 0
        var written = 0
        while true {
            var inputCount = source.count - read
            var outputCount = target.count - written
            let hint = LZ4F_decompress(context, output + written, &outputCount, input + read, &inputCount, nil)
            if LZ4F_isError(hint) != 0 { return false }
            read += inputCount
            written += outputCount
            if hint == 0 { return read == source.count && written == target.count }
            if inputCount == 0 && outputCount == 0 { return false }
        }
    }

    /// Undoes the grouping: first come bytes 0, 4, 8 …, then 1, 5, 9 … and so on.
    private static func interleave(_ groups: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) {
        guard let input = groups.baseAddress?.assumingMemoryBound(to: UInt8.self), let output = target.baseAddress
        else {
            return
        }
        let quarter = groups.count / 4
        let remainder = groups.count % 4
        let first = input
        let second = first + quarter + (remainder > 0 ? 1 : 0)
        let third = second + quarter + (remainder > 1 ? 1 : 0)
        let fourth = third + quarter + (remainder > 2 ? 1 : 0)
        let words = output.assumingMemoryBound(to: UInt32.self)
        for index in 0..<quarter {
            words[index] =
                UInt32(first[index]) | UInt32(second[index]) << 8 | UInt32(third[index]) << 16
                | UInt32(fourth[index]) << 24
        }
        for (index, group) in [first, second, third].prefix(remainder).enumerated() {
            target[quarter * 4 + index] = group[quarter]
        }
    }
}
