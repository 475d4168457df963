/// A hash value of fixed length, printed as lower-case hexadecimal.
package protocol HashValue: Hashable, Sendable, Codable, Comparable, CustomStringConvertible, LosslessStringConvertible
{
    static var byteCount: Int { get }
    /// Nil unless there are exactly `byteCount` bytes.
    init?(bytes: some Collection<UInt8>)
    var bytes: [UInt8] { get }
}

extension HashValue {
    /// Reads hexadecimal of either case; nil when the length or a character is wrong.
    package init?(_ text: String) {
        guard let bytes = Hex.decode(text) else { return nil }
        self.init(bytes: bytes)
    }

    package var description: String { Hex.encode(bytes) }
    package var hex: String { description }

    package static func < (left: Self, right: Self) -> Bool { left.bytes.lexicographicallyPrecedes(right.bytes) }

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
    private let first, second, third, fourth: UInt64

    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        var rest = bytes[...]
        first = rest.takeInteger()
        second = rest.takeInteger()
        third = rest.takeInteger()
        fourth = rest.takeInteger()
    }

    package var bytes: [UInt8] {
        first.bigEndianBytes + second.bigEndianBytes + third.bigEndianBytes + fourth.bigEndianBytes
    }
}

/// The id of a git object: the SHA-1 of its header and bytes.
package struct GitOID: HashValue {
    package static let byteCount = 20
    private let first, second: UInt64
    private let third: UInt32

    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        var rest = bytes[...]
        first = rest.takeInteger()
        second = rest.takeInteger()
        third = rest.takeInteger()
    }

    package var bytes: [UInt8] { first.bigEndianBytes + second.bigEndianBytes + third.bigEndianBytes }
}

extension FixedWidthInteger {
    fileprivate var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}

extension Collection<UInt8> where SubSequence == Self {
    /// The first bytes as a big-endian number; the caller has made sure that there are enough.
    fileprivate mutating func takeInteger<Number: FixedWidthInteger>() -> Number {
        let count = Number.bitWidth / 8
        defer { self = dropFirst(count) }
        return prefix(count).reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) }
    }
}

/// Hexadecimal text.
package enum Hex {
    private static let digits = Array("0123456789abcdef".utf8)

    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        String(unsafeUninitializedCapacity: bytes.count * 2) { buffer in
            var index = 0
            for byte in bytes {
                buffer[index] = digits[Int(byte >> 4)]
                buffer[index + 1] = digits[Int(byte & 15)]
                index += 2
            }
            return index
        }
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
