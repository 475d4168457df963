import GalleryModel

/// A hash as Xet names chunks, xorbs and files.
///
/// Its text is not its bytes in order: each eight of them are printed as one little-endian number.
package struct XetHash: HashValue {
    package static let byteCount = 32

    // Single fields, not a vector, for the reason that GalleryModel's hashes give.
    private let word0, word1, word2, word3: UInt64

    /// The bytes as little-endian words.
    @inline(__always) var words: SIMD4<UInt64> { SIMD4(word0, word1, word2, word3) }

    @inline(__always) init(words: SIMD4<UInt64>) {
        (word0, word1, word2, word3) = (words[0], words[1], words[2], words[3])
    }

    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        var words = SIMD4<UInt64>()
        for (index, byte) in bytes.enumerated() { words[index / 8] |= UInt64(byte) << UInt64(index % 8 * 8) }
        self.init(words: words)
    }

    /// Reads 32 bytes.
    init(_ bytes: UnsafeRawPointer) {
        self.init(words: bytes.loadUnaligned(as: SIMD4<UInt64>.self))
    }

    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withUnsafeBytes(of: (word0.littleEndian, word1.littleEndian, word2.littleEndian, word3.littleEndian), body)
    }

    package init?(_ text: String) {
        guard let digits = Hex.decode(text), digits.count == Self.byteCount else { return nil }
        var words = SIMD4<UInt64>()
        for (index, byte) in digits.enumerated() { words[index / 8] = words[index / 8] << 8 | UInt64(byte) }
        self.init(words: words)
    }

    package var description: String { Hex.encode(printed) }

    /// The bytes in the order in which they are printed.
    var printed: [UInt8] {
        (0..<Self.byteCount).map { UInt8(truncatingIfNeeded: words[$0 / 8] >> UInt64(56 - $0 % 8 * 8)) }
    }
}
