/// BLAKE3 with 32 bytes of output, plain and keyed, after the public specification; four inputs at a time where there are
/// that many.
package enum Blake3 {
    /// Hashes at once: Xet hashes nothing larger than a few hundred kilobytes.
    package static func hash(_ bytes: UnsafeRawBufferPointer, keyedBy key: XetHash? = nil) -> XetHash {
        let hasher = Blake3Tree(key: key)
        guard bytes.count > Blake3Tree.chunkSize, let base = bytes.baseAddress else {
            return XetHash(hasher.chunk(bytes, index: 0, isRoot: true))
        }
        let count = (bytes.count + Blake3Tree.chunkSize - 1) / Blake3Tree.chunkSize
        return withUnsafeTemporaryAllocation(of: Blake3Chain<UInt32>.self, capacity: count) { chains in
            // swift-format-ignore: NeverForceUnwrap
            let first = chains.baseAddress!
            hasher.chunks(base, bytes.count, into: first)
            return XetHash(hasher.root(first, count))
        }
    }

    package static func hash(_ bytes: [UInt8], keyedBy key: XetHash? = nil) -> XetHash {
        bytes.withUnsafeBytes { hash($0, keyedBy: key) }
    }
}

/// The hash tree over one input.
private struct Blake3Tree {
    static let chunkSize = 1024
    static let blockSize = 64

    let key: Blake3Chain<UInt32>
    let mode: UInt32

    init(key: XetHash?) {
        self.key = key.map(Blake3Chain.init) ?? .initial
        mode = key == nil ? 0 : Blake3Flags.keyed
    }

    /// The chaining values of all chunks of 1024 bytes, the last of which may be shorter.
    func chunks(_ bytes: UnsafeRawPointer, _ size: Int, into chains: UnsafeMutablePointer<Blake3Chain<UInt32>>) {
        let whole = size / Self.chunkSize
        var index = 0
        while whole - index >= 4 {
            fourChunks(bytes + index * Self.chunkSize, index: UInt32(truncatingIfNeeded: index)).store(chains + index)
            index += 4
        }
        // The last few whole ones again with their neighbours before them, which is still quicker than one by one.
        if whole - index >= 2, whole >= 4 {
            let start = whole - 4
            fourChunks(bytes + start * Self.chunkSize, index: UInt32(truncatingIfNeeded: start)).store(chains + start)
            index = whole
        }
        while index * Self.chunkSize < size {
            let start = index * Self.chunkSize
            let rest = UnsafeRawBufferPointer(start: bytes + start, count: min(Self.chunkSize, size - start))
            chains[index] = chunk(rest, index: UInt32(truncatingIfNeeded: index), isRoot: false)
            index += 1
        }
    }

    /// One chunk of at most 1024 bytes, also an empty one.
    func chunk(_ bytes: UnsafeRawBufferPointer, index: UInt32, isRoot: Bool) -> Blake3Chain<UInt32> {
        var chain = key
        var flags = mode | Blake3Flags.chunkStart
        var offset = 0
        while let base = bytes.baseAddress, bytes.count - offset > Self.blockSize {
            chain = chain.compressing(
                Blake3Block(base + offset),
                counter: index,
                length: UInt32(Self.blockSize),
                flags: flags
            )
            flags = mode
            offset += Self.blockSize
        }
        flags |= Blake3Flags.chunkEnd | (isRoot ? Blake3Flags.root : 0)
        return withUnsafeTemporaryAllocation(byteCount: Self.blockSize, alignment: 16) { block in
            block.initializeMemory(as: UInt8.self, repeating: 0)
            let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
            block.copyMemory(from: rest)
            // swift-format-ignore: NeverForceUnwrap
            return chain.compressing(
                Blake3Block(UnsafeRawPointer(block.baseAddress!)),
                counter: index,
                length: UInt32(truncatingIfNeeded: rest.count),
                flags: flags
            )
        }
    }

    private func fourChunks(_ bytes: UnsafeRawPointer, index: UInt32) -> Blake3Chain<SIMD4<UInt32>> {
        var chain = key.spread
        let counter = SIMD4(index, index &+ 1, index &+ 2, index &+ 3)
        for block in 0..<16 {
            let edge = (block == 0 ? Blake3Flags.chunkStart : 0) | (block == 15 ? Blake3Flags.chunkEnd : 0)
            chain = chain.compressing(
                Blake3Block(bytes + block &* Self.blockSize, stride: Self.chunkSize),
                counter: counter,
                length: UInt32(Self.blockSize),
                flags: mode | edge
            )
        }
        return chain
    }

    /// Joins neighbours level by level, in place; a last one without a neighbour moves up as it is.
    func root(_ chains: UnsafeMutablePointer<Blake3Chain<UInt32>>, _ count: Int) -> Blake3Chain<UInt32> {
        var count = count
        let length = UInt32(Self.blockSize)
        while count > 2 {
            let pairs = count / 2
            var index = 0
            while pairs - index >= 4 {
                key.spread.compressing(
                    Blake3Block(UnsafeRawPointer(chains + index * 2), stride: Self.blockSize),
                    counter: .zero,
                    length: length,
                    flags: mode | Blake3Flags.parent
                ).store(chains + index)
                index += 4
            }
            while index < pairs {
                chains[index] = key.compressing(
                    Blake3Block(UnsafeRawPointer(chains + index * 2)),
                    counter: 0,
                    length: length,
                    flags: mode | Blake3Flags.parent
                )
                index += 1
            }
            if count % 2 == 1 { chains[pairs] = chains[count - 1] }
            count = pairs + count % 2
        }
        return key.compressing(
            Blake3Block(UnsafeRawPointer(chains)),
            counter: 0,
            length: length,
            flags: mode | Blake3Flags.parent | Blake3Flags.root
        )
    }
}

extension Blake3Chain<UInt32> {
    fileprivate static var initial: Self {
        Self(
            w0: 0x6A09_E667,
            w1: 0xBB67_AE85,
            w2: 0x3C6E_F372,
            w3: 0xA54F_F53A,
            w4: 0x510E_527F,
            w5: 0x9B05_688C,
            w6: 0x1F83_D9AB,
            w7: 0x5BE0_CD19
        )
    }

    fileprivate init(_ hash: XetHash) {
        let words = unsafeBitCast(hash.words, to: SIMD8<UInt32>.self)
        self.init(
            w0: words[0],
            w1: words[1],
            w2: words[2],
            w3: words[3],
            w4: words[4],
            w5: words[5],
            w6: words[6],
            w7: words[7]
        )
    }

    fileprivate var spread: Blake3Chain<SIMD4<UInt32>> {
        Blake3Chain<SIMD4<UInt32>>(
            w0: .init(same: w0),
            w1: .init(same: w1),
            w2: .init(same: w2),
            w3: .init(same: w3),
            w4: .init(same: w4),
            w5: .init(same: w5),
            w6: .init(same: w6),
            w7: .init(same: w7)
        )
    }
}

extension Blake3Chain<SIMD4<UInt32>> {
    /// Writes the four chaining values one after another.
    @inline(__always) fileprivate func store(_ target: UnsafeMutablePointer<Blake3Chain<UInt32>>) {
        for lane in 0..<4 {
            target[lane] = Blake3Chain<UInt32>(
                w0: w0[lane],
                w1: w1[lane],
                w2: w2[lane],
                w3: w3[lane],
                w4: w4[lane],
                w5: w5[lane],
                w6: w6[lane],
                w7: w7[lane]
            )
        }
    }
}

extension XetHash {
    fileprivate init(_ chain: Blake3Chain<UInt32>) {
        let words = SIMD8(chain.w0, chain.w1, chain.w2, chain.w3, chain.w4, chain.w5, chain.w6, chain.w7)
        self.init(words: unsafeBitCast(words, to: SIMD4<UInt64>.self))
    }
}
