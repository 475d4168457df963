/// Reads a header of a file step by step; nothing in it is believed before it is checked.
struct ByteCursor {
    /// The bytes end before what is read.
    struct Ended: Error {}

    let bytes: [UInt8]
    private(set) var index = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var remaining: Int { bytes.count - index }

    mutating func take(_ count: Int) throws(Ended) -> ArraySlice<UInt8> {
        guard count >= 0, count <= remaining else { throw Ended() }
        defer { index += count }
        return bytes[index..<(index + count)]
    }

    mutating func skip(_ count: UInt64) throws(Ended) {
        guard count <= UInt64(remaining) else { throw Ended() }
        index += Int(count)
    }

    mutating func byte() throws(Ended) -> UInt8 {
        guard index < bytes.count else { throw Ended() }
        defer { index += 1 }
        return bytes[index]
    }

    /// Little-endian.
    mutating func integer<Value: FixedWidthInteger>(_ type: Value.Type = Value.self) throws(Ended) -> Value {
        var value: Value = 0
        var shift = 0
        for byte in try take(Value.bitWidth / 8) {
            value |= Value(truncatingIfNeeded: UInt64(byte) << UInt64(shift))
            shift += 8
        }
        return value
    }
}
