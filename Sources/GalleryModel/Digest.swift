/// A hash value of fixed length, printed as lower-case hexadecimal.
package protocol HashValue: Hashable, Sendable, Codable, Comparable, CustomStringConvertible, LosslessStringConvertible {
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
                .init(codingPath: decoder.codingPath, debugDescription: "not \(Self.byteCount * 2) hexadecimal digits"))
        }
        self = value
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// The SHA-256 of a file's bytes: its address in the content store and its LFS oid.
package struct SHA256Digest: HashValue {
    package static let byteCount = 32
    private let words: SIMD4<UInt64>

    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        var words = SIMD4<UInt64>()
        for (index, byte) in bytes.enumerated() { words[index / 8] = words[index / 8] << 8 | UInt64(byte) }
        self.words = words
    }

    package var bytes: [UInt8] {
        (0..<Self.byteCount).map { UInt8(truncatingIfNeeded: words[$0 / 8] >> UInt64(56 - $0 % 8 * 8)) }
    }
}

/// The id of a git object: the SHA-1 of its header and bytes.
package struct GitOID: HashValue {
    package static let byteCount = 20
    private let head: SIMD2<UInt64>
    private let tail: UInt32

    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        var head = SIMD2<UInt64>()
        var tail: UInt32 = 0
        for (index, byte) in bytes.enumerated() {
            if index < 16 { head[index / 8] = head[index / 8] << 8 | UInt64(byte) } else { tail = tail << 8 | UInt32(byte) }
        }
        self.head = head
        self.tail = tail
    }

    package var bytes: [UInt8] {
        (0..<16).map { UInt8(truncatingIfNeeded: head[$0 / 8] >> UInt64(56 - $0 % 8 * 8)) }
            + (0..<4).map { UInt8(truncatingIfNeeded: tail >> UInt32(24 - $0 * 8)) }
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
