/// A hash value of fixed length, printed as lower-case hexadecimal.
package protocol HashValue: Hashable, Sendable, Codable, Comparable, CustomStringConvertible, LosslessStringConvertible
{
    static var byteCount: Int { get }
    /// Nil unless there are exactly `byteCount` bytes.
    init?(bytes: some Collection<UInt8>)
    /// The bytes in order, for as long as the body runs.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result
}

extension HashValue {
    package var bytes: [UInt8] { withBytes { Array($0) } }

    /// Reads hexadecimal of either case; nil when the length or a character is wrong.
    package init?(_ text: String) {
        guard let bytes = Hex.decode(text) else { return nil }
        self.init(bytes: bytes)
    }

    package var description: String { withBytes { Hex.encode($0) } }
    package var hex: String { description }

    package static func < (left: Self, right: Self) -> Bool {
        left.withBytes { left in right.withBytes { right in left.lexicographicallyPrecedes(right) } }
    }

    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let value = Self(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "not \(Self.byteCount * 2) hexadecimal digits")
            )
        }
        self = value
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

// Plain integers, not SIMD vectors: optional vectors among the arguments of a function with many of them were read from
// misaligned stack slots (Swift 6.3 on x86-64), which ends the process.

/// The SHA-256 of a file's bytes: its address in the content store and its LFS oid.
package struct SHA256Digest: HashValue {
    package static let byteCount = 32
    /// As they lie in memory.
    private let words: (UInt64, UInt64, UInt64, UInt64)

    package init?(bytes: some Collection<UInt8>) {
        guard let words = bytes.loaded(as: (UInt64, UInt64, UInt64, UInt64).self, count: Self.byteCount) else {
            return nil
        }
        self.words = words
    }

    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withUnsafeBytes(of: words, body)
    }

    package static func == (left: Self, right: Self) -> Bool { left.words == right.words }

    package func hash(into hasher: inout Swift.Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }
}

/// The id of a git object: the SHA-1 of its header and bytes.
package struct GitOID: HashValue {
    package static let byteCount = 20
    /// As they lie in memory.
    private let words: (UInt64, UInt64, UInt32)

    package init?(bytes: some Collection<UInt8>) {
        guard let words = bytes.loaded(as: (UInt64, UInt64, UInt32).self, count: Self.byteCount) else { return nil }
        self.words = words
    }

    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withUnsafeBytes(of: words, body)
    }

    package static func == (left: Self, right: Self) -> Bool { left.words == right.words }

    package func hash(into hasher: inout Swift.Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
    }
}

extension Collection<UInt8> {
    /// The bytes as plain numbers side by side; nil unless there are exactly `count`, the size of those numbers.
    fileprivate func loaded<Words: BitwiseCopyable>(as type: Words.Type, count: Int) -> Words? {
        guard self.count == count else { return nil }
        // A generic walk over the bytes costs more than all else that is done with an id.
        return withContiguousStorageIfAvailable { UnsafeRawBufferPointer($0).loadUnaligned(as: type) }
            ?? Array(self).withUnsafeBytes { $0.loadUnaligned(as: type) }
    }
}

/// Hexadecimal text.
package enum Hex {
    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        bytes.withContiguousStorageIfAvailable { encode(UnsafeRawBufferPointer($0)) }
            ?? Array(bytes).withUnsafeBytes { encode($0) }
    }

    static func encode(_ bytes: UnsafeRawBufferPointer) -> String {
        String(unsafeUninitializedCapacity: bytes.count * 2) { buffer in
            for (index, byte) in bytes.enumerated() {
                buffer[index * 2] = digit(byte >> 4)
                buffer[index * 2 + 1] = digit(byte & 15)
            }
            return bytes.count * 2
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    /// Nil for an odd length or a character that is no digit.
    package static func decode(_ text: String) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count / 2)
        var high: UInt8?
        for character in text.utf8 {
            let value: UInt8
            switch character {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = character - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = character - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = character - UInt8(ascii: "A") + 10
            default: return nil
            }
            if let first = high {
                result.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return high == nil ? result : nil
    }
}
