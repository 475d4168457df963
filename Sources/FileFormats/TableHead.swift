import Foundation

/// The first rows of a file of records, as a table.
package struct TableHead: Sendable, Equatable {
    package var columns: [String]
    package var rows: [[String]]
    /// Whether the file goes on.
    package var isCut: Bool

    private static let maximumRows = 100
    private static let maximumColumns = 60
    private static let maximumValue = 400

    /// Comma or tab separated values with their names in the first row. `isWhole` tells that nothing follows the text.
    package init?(separated text: String, by separator: Character, isWhole: Bool) {
        var reader = RecordReader(text, separator: UInt8(separator.asciiValue ?? UInt8(ascii: ",")))
        var records: [[String]] = []
        var isCut = false
        while let record = reader.next() {
            // The last record may have been cut in two.
            if !isWhole, reader.isAtEnd, !records.isEmpty {
                isCut = true
                break
            }
            if record == [""] { continue }
            guard records.count <= Self.maximumRows else {
                isCut = true
                break
            }
            records.append(record)
        }
        guard let head = records.first, head.count > 1 || records.count > 1 else { return nil }
        let width = min(head.count, Self.maximumColumns)
        columns = head.prefix(width).map { String($0.prefix(Self.maximumValue)) }
        rows = records.dropFirst().map { record in
            (0..<width).map { $0 < record.count ? String(record[$0].prefix(Self.maximumValue)) : "" }
        }
        self.isCut = isCut || !isWhole
    }

    /// One JSON object a line; columns in the order in which they occur first.
    package init?(jsonLines text: String, isWhole: Bool) {
        var columns: [String] = []
        var places: [String: Int] = [:]
        var records: [[String: String]] = []
        var isCut = !isWhole
        var lines = text.split(whereSeparator: \.isNewline)
        if !isWhole, lines.count > 1 { lines.removeLast() }
        for line in lines {
            guard records.count < Self.maximumRows else {
                isCut = true
                break
            }
            guard JSONDepth.isShallow(line.utf8, limit: 100),
                let object = try? JSONDecoder().decode(JSONObject.self, from: Data(line.utf8))
            else { return nil }
            for name in object.names(in: line) where places[name] == nil && columns.count < Self.maximumColumns {
                places[name] = columns.count
                columns.append(name)
            }
            records.append(object.values.mapValues { String($0.prefix(Self.maximumValue)) })
        }
        guard !records.isEmpty, !columns.isEmpty else { return nil }
        self.columns = columns
        rows = records.map { record in columns.map { record[$0] ?? "" } }
        self.isCut = isCut
    }
}

/// Records of separated values as RFC 4180 has them.
private struct RecordReader {
    private let bytes: [UInt8]
    private let separator: UInt8
    private var index = 0
    var isAtEnd: Bool { index >= bytes.count }

    init(_ text: String, separator: UInt8) {
        bytes = Array(text.utf8)
        self.separator = separator
    }

    mutating func next() -> [String]? {
        guard !isAtEnd else { return nil }
        var fields: [String] = []
        while true {
            fields.append(field())
            guard index < bytes.count else { return fields }
            let end = bytes[index]
            index += 1
            if end == separator { continue }
            if end == UInt8(ascii: "\r"), index < bytes.count, bytes[index] == UInt8(ascii: "\n") { index += 1 }
            return fields
        }
    }

    private mutating func field() -> String {
        var value: [UInt8] = []
        var isQuoted = index < bytes.count && bytes[index] == UInt8(ascii: "\"")
        if isQuoted { index += 1 }
        while index < bytes.count {
            let byte = bytes[index]
            if isQuoted, byte == UInt8(ascii: "\"") {
                index += 1
                if index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
                    value.append(byte)
                    index += 1
                } else {
                    isQuoted = false
                }
                continue
            }
            if !isQuoted, byte == separator || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { break }
            value.append(byte)
            index += 1
        }
        return String(decoding: value, as: UTF8.self)
    }
}

/// A flat view of an object: values as people read them, nested ones as JSON.
private struct JSONObject: Decodable {
    var values: [String: String] = [:]

    private struct Name: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Name.self)
        for key in container.allKeys { values[key.stringValue] = try container.decode(JSONText.self, forKey: key).text }
    }

    /// The names in the order of the line: where each stands first in quotes.
    func names(in line: Substring) -> [String] {
        values.keys.map { name in (name, line.firstRange(of: "\"\(name)\"")?.lowerBound ?? line.endIndex) }
            .sorted { ($0.1, $0.0) < ($1.1, $1.0) }.map(\.0)
    }
}

/// Any JSON value as text.
private struct JSONText: Codable {
    private indirect enum Value: Encodable {
        case text(String), truth(Bool), whole(Int), number(Double), nothing
        case list([JSONText])
        case object([String: JSONText])

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let value): try container.encode(value)
            case .truth(let value): try container.encode(value)
            case .whole(let value): try container.encode(value)
            case .number(let value): try container.encode(value)
            case .nothing: try container.encodeNil()
            case .list(let value): try container.encode(value)
            case .object(let value): try container.encode(value)
            }
        }
    }

    private let value: Value

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            value = .nothing
        } else if let truth = try? container.decode(Bool.self) {
            value = .truth(truth)
        } else if let whole = try? container.decode(Int.self) {
            value = .whole(whole)
        } else if let number = try? container.decode(Double.self) {
            value = .number(number)
        } else if let text = try? container.decode(String.self) {
            value = .text(text)
        } else if let list = try? container.decode([JSONText].self) {
            value = .list(list)
        } else {
            value = .object(try container.decode([String: JSONText].self))
        }
    }

    func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }

    var text: String {
        switch value {
        case .text(let text): return text
        case .nothing: return ""
        default:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        }
    }
}
