/// The columns of a parquet file, as the end of the file tells them.
package struct ParquetSchema: Sendable, Equatable {
    package struct Column: Sendable, Equatable {
        package var name: String
        package var type: String
        package var isOptional: Bool
    }

    package var columns: [Column]
    package var rows: Int

    package static let maximumBytes = 8 << 20

    /// How many bytes at the end of the file are to be read, told by its last eight; nil for what is no parquet file.
    package static func footerLength(_ tail: [UInt8], ofFileWith size: Int) -> Int? {
        guard tail.count >= 8, tail.suffix(4).elementsEqual("PAR1".utf8) else { return nil }
        var cursor = ByteCursor(Array(tail.suffix(8)))
        guard let length = try? cursor.integer(UInt32.self), length > 0, Int(length) <= min(maximumBytes, size - 12)
        else {
            return nil
        }
        return Int(length) + 8
    }

    /// Reads the footer: the last bytes of the file, as many as `footerLength` says.
    package init?(footer: [UInt8]) {
        guard footer.count > 8 else { return nil }
        var reader = ThriftReader(Array(footer.dropLast(8)))
        guard let found = try? Self.read(&reader) else { return nil }
        self = found
    }

    private init(columns: [Column], rows: Int) {
        self.columns = columns
        self.rows = rows
    }

    private struct Element {
        var name = ""
        var type: Int?
        var repetition = 0
        var children = 0
        var converted: Int?
    }

    private static func read(_ reader: inout ThriftReader) throws -> ParquetSchema {
        var elements: [Element] = []
        var rows = 0
        try reader.fields { reader, id, type in
            switch (id, type) {
            case (2, .list):
                let count = try reader.listHead().count
                guard count <= 100_000 else { throw ByteCursor.Ended() }
                for _ in 0..<count { elements.append(try element(&reader)) }
            case (3, .integer): rows = try reader.integer()
            default: try reader.skip(type)
            }
        }
        guard elements.count > 1, rows >= 0 else { throw ByteCursor.Ended() }
        return ParquetSchema(columns: columns(of: elements), rows: rows)
    }

    private static func element(_ reader: inout ThriftReader) throws -> Element {
        var element = Element()
        try reader.fields { reader, id, type in
            switch (id, type) {
            case (1, .integer): element.type = try reader.integer()
            case (3, .integer): element.repetition = try reader.integer()
            case (4, .binary): element.name = try reader.text()
            case (5, .integer): element.children = try reader.integer()
            case (6, .integer): element.converted = try reader.integer()
            default: try reader.skip(type)
            }
        }
        return element
    }

    /// Leaves by their paths: the list is the tree in the order of a walk.
    private static func columns(of elements: [Element]) -> [Column] {
        var columns: [Column] = []
        var open: [(name: String, left: Int)] = [("", max(0, elements[0].children))]
        for element in elements.dropFirst() {
            while let last = open.last, last.left <= 0 { open.removeLast() }
            guard !open.isEmpty, open.count < 64 else { break }
            open[open.count - 1].left -= 1
            if element.children > 0 {
                open.append((element.name, element.children))
            } else {
                let path = open.dropFirst().map(\.name) + [element.name]
                columns.append(
                    Column(
                        name: String(path.joined(separator: ".").prefix(300)),
                        type: name(of: element),
                        isOptional: element.repetition == 1
                    )
                )
            }
        }
        return columns
    }

    private static func name(of element: Element) -> String {
        let converted: [Int: String] = [
            0: "string", 4: "enum", 5: "decimal", 6: "date", 7: "time", 8: "time", 9: "timestamp", 10: "timestamp",
            11: "uint8", 12: "uint16", 13: "uint32", 14: "uint64", 15: "int8", 16: "int16", 17: "int32", 18: "int64",
            19: "json",
        ]
        let physical = ["boolean", "int32", "int64", "int96", "float", "double", "binary", "fixed binary"]
        if let name = element.converted.flatMap({ converted[$0] }) { return name }
        return element.type.flatMap { physical.indices.contains($0) ? physical[$0] : nil } ?? "group"
    }
}

/// Reads Thrift's compact protocol.
struct ThriftReader {
    enum Kind: Sendable { case truth, byte, integer, double, binary, list, map, structure }

    private var cursor: ByteCursor
    private var depth = 0

    init(_ bytes: [UInt8]) { cursor = ByteCursor(bytes) }

    /// Calls `body` for each field of a structure; it must read or skip the value.
    mutating func fields(_ body: (inout ThriftReader, Int, Kind) throws -> Void) throws {
        depth += 1
        defer { depth -= 1 }
        guard depth < 32 else { throw ByteCursor.Ended() }
        var id = 0
        while true {
            let head = try cursor.byte()
            guard head != 0 else { return }
            let step = Int(head >> 4)
            id = step == 0 ? try integer() : id + step
            try body(&self, id, Self.kind(head & 15))
        }
    }

    mutating func listHead() throws -> (count: Int, kind: UInt8) {
        let head = try cursor.byte()
        let short = Int(head >> 4)
        let count = short == 15 ? Int(clamping: try unsigned()) : short
        guard count <= cursor.remaining else { throw ByteCursor.Ended() }
        return (count, head & 15)
    }

    mutating func integer() throws -> Int {
        let value = try unsigned()
        return Int(bitPattern: UInt(value >> 1)) ^ -Int(bitPattern: UInt(value & 1))
    }

    mutating func text() throws -> String {
        String(decoding: try cursor.take(Int(clamping: try unsigned())), as: UTF8.self)
    }

    mutating func skip(_ kind: Kind) throws {
        switch kind {
        case .truth: break
        case .byte: _ = try cursor.byte()
        case .integer: _ = try unsigned()
        case .double: try cursor.skip(8)
        case .binary: try cursor.skip(try unsigned())
        case .list:
            let (count, kind) = try listHead()
            for _ in 0..<count { try skipElement(kind) }
        case .map:
            let count = Int(clamping: try unsigned())
            guard count > 0 else { return }
            let kinds = try cursor.byte()
            for _ in 0..<min(count, cursor.remaining) {
                try skipElement(kinds >> 4)
                try skipElement(kinds & 15)
            }
        case .structure: try fields { reader, _, kind in try reader.skip(kind) }
        }
    }

    private mutating func skipElement(_ kind: UInt8) throws {
        depth += 1
        defer { depth -= 1 }
        guard depth < 32 else { throw ByteCursor.Ended() }
        // Truths take a byte in lists.
        if kind == 1 || kind == 2 { _ = try cursor.byte() } else { try skip(Self.kind(kind)) }
    }

    private mutating func unsigned() throws -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            let byte = try cursor.byte()
            value |= UInt64(byte & 0x7f) << shift
            if byte & 0x80 == 0 { return value }
        }
        throw ByteCursor.Ended()
    }

    private static func kind(_ number: UInt8) throws -> Kind {
        switch number {
        case 1, 2: .truth
        case 3: .byte
        case 4, 5, 6: .integer
        case 7: .double
        case 8: .binary
        case 9, 10: .list
        case 11: .map
        case 12: .structure
        default: throw ByteCursor.Ended()
        }
    }
}
