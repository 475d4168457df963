/// What the compression function computes with: one word, or the same word of several inputs side by side.
protocol Blake3Word {
    init(same value: UInt32)
    func plus(_ other: Self) -> Self
    func xor(_ other: Self) -> Self
    func rotatedRight(by count: UInt32) -> Self
}

extension UInt32: Blake3Word {
    @inline(__always) init(same value: UInt32) { self = value }
    @inline(__always) func plus(_ other: UInt32) -> UInt32 { self &+ other }
    @inline(__always) func xor(_ other: UInt32) -> UInt32 { self ^ other }
    @inline(__always) func rotatedRight(by count: UInt32) -> UInt32 { self &>> count | self &<< (32 &- count) }
}

extension SIMD4: Blake3Word where Scalar == UInt32 {
    @inline(__always) init(same value: UInt32) { self.init(repeating: value) }
    @inline(__always) func plus(_ other: Self) -> Self { self &+ other }
    @inline(__always) func xor(_ other: Self) -> Self { self ^ other }
    // A sum, not an `or`: the optimiser knows that for a rotation and takes it apart into four scalar ones, six times
    // slower without AVX2.
    @inline(__always) func rotatedRight(by count: UInt32) -> Self {
        self &>> Self(repeating: count) &+ self &<< Self(repeating: 32 &- count)
    }
}

/// Domain separation of the compression function.
enum Blake3Flags {
    static let chunkStart: UInt32 = 1
    static let chunkEnd: UInt32 = 2
    static let parent: UInt32 = 4
    static let root: UInt32 = 8
    static let keyed: UInt32 = 16
}

/// A block of 64 bytes as sixteen words.
struct Blake3Block<Word: Blake3Word> {
    var m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15: Word

    /// The words in the order of the next round.
    @inline(__always) var permuted: Self {
        Self(
            m0: m2,
            m1: m6,
            m2: m3,
            m3: m10,
            m4: m7,
            m5: m0,
            m6: m4,
            m7: m13,
            m8: m1,
            m9: m11,
            m10: m12,
            m11: m5,
            m12: m9,
            m13: m14,
            m14: m15,
            m15: m8
        )
    }
}

extension Blake3Block<UInt32> {
    /// Reads 64 bytes.
    @inline(__always) init(_ bytes: UnsafeRawPointer) {
        @inline(__always) func word(_ index: Int) -> UInt32 {
            bytes.loadUnaligned(fromByteOffset: index &* 4, as: UInt32.self)
        }
        self.init(
            m0: word(0),
            m1: word(1),
            m2: word(2),
            m3: word(3),
            m4: word(4),
            m5: word(5),
            m6: word(6),
            m7: word(7),
            m8: word(8),
            m9: word(9),
            m10: word(10),
            m11: word(11),
            m12: word(12),
            m13: word(13),
            m14: word(14),
            m15: word(15)
        )
    }
}

extension Blake3Block<SIMD4<UInt32>> {
    private typealias Rows = (SIMD4<UInt32>, SIMD4<UInt32>, SIMD4<UInt32>, SIMD4<UInt32>)

    /// Reads 64 bytes from each of four inputs that lie `stride` bytes apart.
    @inline(__always) init(_ bytes: UnsafeRawPointer, stride: Int) {
        let a = Self.transposed(bytes, stride)
        let b = Self.transposed(bytes + 16, stride)
        let c = Self.transposed(bytes + 32, stride)
        let d = Self.transposed(bytes + 48, stride)
        self.init(
            m0: a.0,
            m1: a.1,
            m2: a.2,
            m3: a.3,
            m4: b.0,
            m5: b.1,
            m6: b.2,
            m7: b.3,
            m8: c.0,
            m9: c.1,
            m10: c.2,
            m11: c.3,
            m12: d.0,
            m13: d.1,
            m14: d.2,
            m15: d.3
        )
    }

    @inline(__always) private static func transposed(_ bytes: UnsafeRawPointer, _ stride: Int) -> Rows {
        let a = bytes.loadUnaligned(as: SIMD4<UInt32>.self)
        let b = (bytes + stride).loadUnaligned(as: SIMD4<UInt32>.self)
        let c = (bytes + 2 &* stride).loadUnaligned(as: SIMD4<UInt32>.self)
        let d = (bytes + 3 &* stride).loadUnaligned(as: SIMD4<UInt32>.self)
        return (
            SIMD4(a[0], b[0], c[0], d[0]), SIMD4(a[1], b[1], c[1], d[1]),
            SIMD4(a[2], b[2], c[2], d[2]), SIMD4(a[3], b[3], c[3], d[3])
        )
    }
}

/// A chaining value.
struct Blake3Chain<Word: Blake3Word> {
    var w0, w1, w2, w3, w4, w5, w6, w7: Word

    /// The compression function, cut to the eight words that are ever needed here.
    @inline(__always) func compressing(
        _ block: Blake3Block<Word>,
        counter: Word,
        length: UInt32,
        flags: UInt32
    ) -> Self {
        var state = Blake3State(self, counter: counter, length: length, flags: flags)
        var words = block
        state.round(words)
        words = words.permuted
        state.round(words)
        words = words.permuted
        state.round(words)
        words = words.permuted
        state.round(words)
        words = words.permuted
        state.round(words)
        words = words.permuted
        state.round(words)
        words = words.permuted
        state.round(words)
        return state.folded
    }
}

private struct Blake3State<Word: Blake3Word> {
    var v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, v12, v13, v14, v15: Word

    /// The counter's upper half is always zero here: inputs are far below 4 TiB.
    @inline(__always) init(_ chain: Blake3Chain<Word>, counter: Word, length: UInt32, flags: UInt32) {
        (v0, v1, v2, v3) = (chain.w0, chain.w1, chain.w2, chain.w3)
        (v4, v5, v6, v7) = (chain.w4, chain.w5, chain.w6, chain.w7)
        v8 = Word(same: 0x6A09_E667)
        v9 = Word(same: 0xBB67_AE85)
        v10 = Word(same: 0x3C6E_F372)
        v11 = Word(same: 0xA54F_F53A)
        v12 = counter
        v13 = Word(same: 0)
        v14 = Word(same: length)
        v15 = Word(same: flags)
    }

    @inline(__always) var folded: Blake3Chain<Word> {
        Blake3Chain(
            w0: v0.xor(v8),
            w1: v1.xor(v9),
            w2: v2.xor(v10),
            w3: v3.xor(v11),
            w4: v4.xor(v12),
            w5: v5.xor(v13),
            w6: v6.xor(v14),
            w7: v7.xor(v15)
        )
    }

    @inline(__always) mutating func round(_ m: Blake3Block<Word>) {
        Self.mix(&v0, &v4, &v8, &v12, m.m0, m.m1)
        Self.mix(&v1, &v5, &v9, &v13, m.m2, m.m3)
        Self.mix(&v2, &v6, &v10, &v14, m.m4, m.m5)
        Self.mix(&v3, &v7, &v11, &v15, m.m6, m.m7)
        Self.mix(&v0, &v5, &v10, &v15, m.m8, m.m9)
        Self.mix(&v1, &v6, &v11, &v12, m.m10, m.m11)
        Self.mix(&v2, &v7, &v8, &v13, m.m12, m.m13)
        Self.mix(&v3, &v4, &v9, &v14, m.m14, m.m15)
    }

    @inline(__always) private static func mix(
        _ a: inout Word,
        _ b: inout Word,
        _ c: inout Word,
        _ d: inout Word,
        _ x: Word,
        _ y: Word
    ) {
        a = a.plus(b).plus(x)
        d = d.xor(a).rotatedRight(by: 16)
        c = c.plus(d)
        b = b.xor(c).rotatedRight(by: 12)
        a = a.plus(b).plus(y)
        d = d.xor(a).rotatedRight(by: 8)
        c = c.plus(d)
        b = b.xor(c).rotatedRight(by: 7)
    }
}
