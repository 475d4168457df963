/// JSON as people wrote it: names in their order, numbers as their digits.
package indirect enum TrainingJSON: Sendable, Equatable {
    case null
    case truth(Bool)
    case number(String)
    case text(String)
    case list([TrainingJSON])
    case object([Member])

    package struct Member: Sendable, Equatable {
        package var name: String
        package var value: TrainingJSON
    }

    /// What is not JSON.
    package struct Fault: Error, Equatable {
        /// Whether the text ended too soon.
        var isCut: Bool
    }

    /// The value that a whole text is.
    package init(_ text: some StringProtocol) throws(Fault) {
        var reader = Reader(Array(text.utf8))
        self = try reader.value()
        reader.skip()
        guard reader.isAtEnd else { throw Fault(isCut: false) }
    }

    /// The value of a name, the last where it is named twice.
    package subscript(_ name: String) -> TrainingJSON? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    /// Reads values from bytes, one after the other.
    struct Reader {
        private static let deepest = 200

        private let bytes: [UInt8]
        private(set) var index = 0
        private var depth = 0

        init(_ bytes: [UInt8], from index: Int = 0) { (self.bytes, self.index) = (bytes, index) }

        var isAtEnd: Bool { index >= bytes.count }
        var line: Int { 1 + bytes[..<min(index, bytes.count)].count { $0 == UInt8(ascii: "\n") } }

        mutating func skip() {
            while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
        }

        /// Takes a character, if it is the next.
        mutating func take(_ character: Character) -> Bool {
            skip()
            guard index < bytes.count, bytes[index] == character.asciiValue else { return false }
            index += 1
            return true
        }

        mutating func value() throws(Fault) -> TrainingJSON {
            skip()
            guard index < bytes.count else { throw Fault(isCut: true) }
            depth += 1
            defer { depth -= 1 }
            guard depth <= Self.deepest else { throw Fault(isCut: false) }
            switch bytes[index] {
            case UInt8(ascii: "{"): return .object(try members())
            case UInt8(ascii: "["): return .list(try elements())
            case UInt8(ascii: "\""): return .text(try text())
            case UInt8(ascii: "t"): return try word("true", .truth(true))
            case UInt8(ascii: "f"): return try word("false", .truth(false))
            case UInt8(ascii: "n"): return try word("null", .null)
            default: return .number(try digits())
            }
        }

        private mutating func members() throws(Fault) -> [Member] {
            index += 1
            var members: [Member] = []
            if take("}") { return members }
            while true {
                skip()
                let name = try text()
                guard take(":") else { throw Fault(isCut: isAtEnd) }
                members.append(Member(name: name, value: try value()))
                if take("}") { return members }
                guard take(",") else { throw Fault(isCut: isAtEnd) }
            }
        }

        private mutating func elements() throws(Fault) -> [TrainingJSON] {
            index += 1
            var elements: [TrainingJSON] = []
            if take("]") { return elements }
            while true {
                elements.append(try value())
                if take("]") { return elements }
                guard take(",") else { throw Fault(isCut: isAtEnd) }
            }
        }

        private mutating func word(_ word: String, _ value: TrainingJSON) throws(Fault) -> TrainingJSON {
            let rest = bytes[index...].prefix(word.utf8.count)
            guard rest.elementsEqual(word.utf8) else {
                throw Fault(isCut: word.utf8.starts(with: rest))
            }
            index += word.utf8.count
            return value
        }

        private mutating func digits() throws(Fault) -> String {
            let start = index
            while index < bytes.count, bytes[index].isOfNumber { index += 1 }
            let text = String(decoding: bytes[start..<index], as: UTF8.self)
            guard Self.isNumber(text) else { throw Fault(isCut: isAtEnd && start < index) }
            return text
        }

        /// `-1.5e3`, and neither `01` nor `.5` nor `1.`
        private static func isNumber(_ text: String) -> Bool {
            text.wholeMatch(of: /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/) != nil
        }

        mutating func text() throws(Fault) -> String {
            guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { throw Fault(isCut: isAtEnd) }
            index += 1
            var units: [UInt8] = []
            while index < bytes.count {
                let byte = bytes[index]
                index += 1
                switch byte {
                case UInt8(ascii: "\""): return String(decoding: units, as: UTF8.self)
                case UInt8(ascii: "\\"): try escape(into: &units)
                case 0..<0x20: throw Fault(isCut: false)
                default: units.append(byte)
                }
            }
            throw Fault(isCut: true)
        }

        private mutating func escape(into units: inout [UInt8]) throws(Fault) {
            guard index < bytes.count else { throw Fault(isCut: true) }
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "n"): units.append(0x0A)
            case UInt8(ascii: "t"): units.append(0x09)
            case UInt8(ascii: "r"): units.append(0x0D)
            case UInt8(ascii: "b"): units.append(0x08)
            case UInt8(ascii: "f"): units.append(0x0C)
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): units.append(byte)
            case UInt8(ascii: "u"):
                var code = UInt32(try hex())
                if (0xD800..<0xDC00).contains(code), bytes[index...].starts(with: [0x5C, 0x75]) {
                    let back = index
                    index += 2
                    let low = UInt32(try hex())
                    if (0xDC00..<0xE000).contains(low) {
                        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
                    } else {
                        index = back
                    }
                }
                units += Array(String(Character(Unicode.Scalar(code) ?? "\u{FFFD}")).utf8)
            default: throw Fault(isCut: false)
            }
        }

        private mutating func hex() throws(Fault) -> UInt16 {
            let digits = bytes[index...].prefix(4)
            guard digits.count == 4 else { throw Fault(isCut: true) }
            guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
                let number = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
            else { throw Fault(isCut: false) }
            index += 4
            return number
        }
    }
}

extension UInt8 {
    fileprivate var isOfNumber: Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
            || [UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E")].contains(
                self
            )
    }
}
