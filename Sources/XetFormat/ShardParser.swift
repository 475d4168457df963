import GalleryModel

/// Reads the files out of a shard as it arrives; the list of xorbs behind them is checked and left.
package struct ShardParser {
    private static let recordSize = 48
    private static let version: UInt64 = 2
    private static let tag: [UInt8] =
        Array("HFRepoMetaData".utf8) + [0x00, 0x55, 0x69, 0x67, 0x45, 0x6A, 0x7B, 0x81]
        + [0x57, 0x83, 0xA5, 0xBD, 0xD9, 0x5C, 0xCD, 0xD1, 0x4A, 0xA9]
    private static let bookend = XetHash(words: SIMD4(repeating: .max))
    private static let hasRangeHashes: UInt32 = 1 << 31
    private static let hasMetadata: UInt32 = 1 << 30

    /// Which record comes next.
    private enum Expected: Equatable {
        case header
        case file
        case segments(UInt32, flags: UInt32)
        case rangeHashes(Int, flags: UInt32)
        case metadata
        case xorb
        case chunks(UInt32)
        /// Everything behind the two sections is a footer.
        case footer
    }

    private var expected = Expected.header
    private var received = 0
    private var partial: [UInt8] = []
    private var current = ShardFile(hash: Self.bookend, segments: [])
    private var files: [ShardFile] = []

    package init() {}

    /// Takes the next bytes of the shard.
    package mutating func feed(_ bytes: UnsafeRawBufferPointer) throws {
        received += bytes.count
        guard received <= XetLimits.shardBytes else {
            throw XetFormatError.tooLarge("\(XetLimits.shardBytes) bytes per shard")
        }
        var rest = bytes[...]
        if !partial.isEmpty {
            let missing = Self.recordSize - partial.count
            partial.append(contentsOf: rest.prefix(missing))
            rest = rest.dropFirst(missing)
            guard partial.count == Self.recordSize else { return }
            let record = partial
            partial.removeAll(keepingCapacity: true)
            try record.withUnsafeBytes { try take($0) }
        }
        while rest.count >= Self.recordSize, expected != .footer {
            try take(UnsafeRawBufferPointer(rebasing: rest.prefix(Self.recordSize)))
            rest = rest.dropFirst(Self.recordSize)
        }
        if expected != .footer { partial.append(contentsOf: rest) }
    }

    /// The files of the whole shard; throws when it is incomplete.
    package func finish() throws -> [ShardFile] {
        guard expected == .footer || (expected == .xorb && partial.isEmpty) else { throw malformed("it is incomplete") }
        return files
    }

    private mutating func take(_ record: UnsafeRawBufferPointer) throws {
        switch expected {
        case .header: try takeHeader(record)
        case .file: try takeFile(record)
        case .segments(let count, let flags): try takeSegment(record, count, flags)
        case .rangeHashes(let count, let flags):
            current.rangeHashes.append(record.hash)
            if count > 1 { expected = .rangeHashes(count - 1, flags: flags) } else { afterRangeHashes(flags) }
        case .metadata:
            current.sha256 = SHA256Digest(bytes: record.hash.printed)
            finishFile()
        case .xorb:
            guard record.hash != Self.bookend else { return expected = .footer }
            let count = record.word(9)
            guard count <= XetLimits.chunksPerXorb else { throw malformed("a xorb has \(count) chunks") }
            expected = count == 0 ? .xorb : .chunks(count)
        case .chunks(let count): expected = count > 1 ? .chunks(count - 1) : .xorb
        case .footer: break
        }
    }

    private mutating func takeHeader(_ record: UnsafeRawBufferPointer) throws {
        guard record.starts(with: Self.tag) else { throw malformed("it does not begin like one") }
        let version = record.loadUnaligned(fromByteOffset: 32, as: UInt64.self)
        guard version == Self.version else { throw malformed("its version is \(version)") }
        expected = .file
    }

    private mutating func takeFile(_ record: UnsafeRawBufferPointer) throws {
        guard record.hash != Self.bookend else { return expected = .xorb }
        current = ShardFile(hash: record.hash, segments: [])
        let (flags, count) = (record.word(8), record.word(9))
        if count > 0 { expected = .segments(count, flags: flags) } else { afterRangeHashes(flags) }
    }

    private mutating func takeSegment(_ record: UnsafeRawBufferPointer, _ count: UInt32, _ flags: UInt32) throws {
        let (length, start, end) = (Int(record.word(9)), Int(record.word(10)), Int(record.word(11)))
        guard start < end, end <= XetLimits.chunksPerXorb, length > 0, length <= XetLimits.xorbBytes else {
            throw malformed("file \(current.hash) has an impossible segment")
        }
        current.segments.append(ShardSegment(xorb: record.hash, length: length, chunks: start..<end))
        if count > 1 {
            expected = .segments(count - 1, flags: flags)
        } else if flags & Self.hasRangeHashes != 0 {
            expected = .rangeHashes(current.segments.count, flags: flags)
        } else {
            afterRangeHashes(flags)
        }
    }

    private mutating func afterRangeHashes(_ flags: UInt32) {
        if flags & Self.hasMetadata != 0 { expected = .metadata } else { finishFile() }
    }

    private mutating func finishFile() {
        files.append(current)
        expected = .file
    }

    private func malformed(_ reason: String) -> XetFormatError { .malformedShard(reason) }
}

extension UnsafeRawBufferPointer {
    /// The first 32 bytes of a record.
    fileprivate var hash: XetHash {
        // swift-format-ignore: NeverForceUnwrap
        XetHash(baseAddress!)
    }

    /// The 32-bit number at `index` of a record, counted in numbers.
    fileprivate func word(_ index: Int) -> UInt32 { loadUnaligned(fromByteOffset: index * 4, as: UInt32.self) }
}
