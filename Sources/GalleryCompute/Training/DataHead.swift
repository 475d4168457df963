import Foundation
import GalleryModel

/// The first records of a data file, read as the worker reads them.
package struct DataHead: Sendable, Equatable {
    /// What is looked at of a file.
    static let bytes = 256 << 10
    /// What data files end with.
    static let suffixes = [".jsonl", ".json", ".csv", ".txt"]

    package struct Entry: Sendable, Equatable {
        /// Where it stands: a line, or which record it is.
        package var place: Place
        package var record: TrainingJSON
    }

    package enum Place: Sendable, Equatable {
        case line(Int)
        case record(Int)

        package var number: Int {
            switch self {
            case .line(let number), .record(let number): number
            }
        }

        package var words: String {
            switch self {
            case .line(let number): "line \(number)"
            case .record(let number): "record \(number)"
            }
        }
    }

    /// Why a file cannot be read.
    package enum Fault: String, Error, Sendable, CaseIterable {
        case notText = "not-text"
        case notJSON = "not-json"
        case noRecords = "no-records"
        case columnTwice = "column-twice"
        case unequalRows = "unequal-rows"
        case notCSV = "not-csv"
    }

    package var entries: [Entry] = []
    /// What stopped the reading, and in which line.
    package var fault: (fault: Fault, line: Int?)?

    package static func == (one: DataHead, other: DataHead) -> Bool {
        one.entries == other.entries && one.fault?.fault == other.fault?.fault && one.fault?.line == other.fault?.line
    }

    /// Whether records have one column only, called text.
    package static func isPlainText(_ path: String) -> Bool { path.lowercased().hasSuffix(".txt") }

    package static func isData(_ path: String) -> Bool {
        let path = path.lowercased()
        return suffixes.contains { path.hasSuffix($0) } && !path.split(separator: "/").contains { $0.hasPrefix(".") }
    }

    /// `isWhole` tells that the bytes are the whole file.
    package init(_ bytes: [UInt8], of path: String, isWhole: Bool, most: Int = 5) {
        var bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        // A character may be cut in two at the end.
        if !isWhole, let lead = bytes.suffix(4).lastIndex(where: { $0 >= 0xC0 }) { bytes.removeSubrange(lead...) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            fault = (.notText, nil)
            return
        }
        let path = path.lowercased()
        if path.hasSuffix(".jsonl") {
            readLines(text, isWhole, most)
        } else if path.hasSuffix(".json") {
            readDocument(bytes, isWhole, most)
        } else if path.hasSuffix(".csv") {
            readTable(text, isWhole, most)
        } else {
            readParagraphs(text, isWhole, most)
        }
        if entries.isEmpty, fault == nil { fault = (.noRecords, nil) }
    }

    private static func lines(_ text: String, _ isWhole: Bool) -> [(number: Int, text: Substring)] {
        var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Substring.init)
        if !isWhole, lines.count > 1 { lines.removeLast() }
        return lines.enumerated().map { ($0 + 1, $1) }
    }

    private mutating func readLines(_ text: String, _ isWhole: Bool, _ most: Int) {
        for line in Self.lines(text, isWhole) where !line.text.allSatisfy(\.isWhitespace) {
            guard entries.count < most else { return }
            do {
                entries.append(Entry(place: .line(line.number), record: try TrainingJSON(line.text)))
            } catch {
                // The only line of a head may be longer than the head.
                if isWhole || line.number > 1 || !error.isCut { fault = (.notJSON, line.number) }
                return
            }
        }
    }

    private mutating func readDocument(_ bytes: [UInt8], _ isWhole: Bool, _ most: Int) {
        var reader = TrainingJSON.Reader(bytes)
        do throws(TrainingJSON.Fault) {
            if reader.take("[") { return try readList(&reader, most) }
            guard reader.take("{") else { throw TrainingJSON.Fault(isCut: false) }
            // The records are the one list among the members.
            if isWhole {
                let document = try TrainingJSON(String(decoding: bytes, as: UTF8.self))
                guard case .object(let members) = document else { return }
                let lists = members.compactMap { if case .list(let list) = $0.value { list } else { nil } }
                guard lists.count == 1, let list = lists.first else { return }
                entries = list.prefix(most).enumerated().map { Entry(place: .record($0 + 1), record: $1) }
                return
            }
            while !reader.isAtEnd {
                reader.skip()
                _ = try reader.text()
                guard reader.take(":") else { throw TrainingJSON.Fault(isCut: reader.isAtEnd) }
                if reader.take("[") { return try readList(&reader, most) }
                _ = try reader.value()
                guard reader.take(",") else { return }
            }
        } catch {
            if isWhole || !error.isCut { fault = (.notJSON, reader.line) }
        }
    }

    private mutating func readList(_ reader: inout TrainingJSON.Reader, _ most: Int) throws(TrainingJSON.Fault) {
        if reader.take("]") { return }
        while entries.count < most {
            entries.append(Entry(place: .record(entries.count + 1), record: try reader.value()))
            guard reader.take(",") else { return }
        }
    }

    private mutating func readTable(_ text: String, _ isWhole: Bool, _ most: Int) {
        var reader = CSVReader(text)
        guard let head = reader.next() else { return }
        guard Set(head).count == head.count else {
            fault = (.columnTwice, 1)
            return
        }
        while entries.count < most, let row = reader.next() {
            // The last row of a head may have been cut in two.
            if !isWhole, reader.isAtEnd { return }
            if reader.isBroken {
                fault = (.notCSV, reader.line)
                return
            }
            if row == [""] { continue }
            guard row.count == head.count else {
                fault = (.unequalRows, reader.line)
                return
            }
            let members = zip(head, row).map { TrainingJSON.Member(name: $0, value: .text($1)) }
            entries.append(Entry(place: .line(reader.line), record: .object(members)))
        }
    }

    private mutating func readParagraphs(_ text: String, _ isWhole: Bool, _ most: Int) {
        var paragraph = ""
        var start = 1
        func entry() -> Entry {
            let text = paragraph.trimmingCharacters(in: .whitespacesAndNewlines)
            return Entry(place: .line(start), record: .object([.init(name: "text", value: .text(text))]))
        }
        for line in Self.lines(text, isWhole) where entries.count < most {
            if line.text.allSatisfy(\.isWhitespace) {
                if !paragraph.isEmpty { entries.append(entry()) }
                paragraph = ""
                continue
            }
            if paragraph.isEmpty { start = line.number }
            paragraph += line.text + "\n"
        }
        if !paragraph.isEmpty, entries.count < most { entries.append(entry()) }
    }
}

/// Rows of comma separated values.
private struct CSVReader {
    private let bytes: [UInt8]
    private var index = 0
    /// The line in which the last row ended.
    private(set) var line = 0
    /// Whether a quoted field did not end, or went on after its quote.
    private(set) var isBroken = false

    init(_ text: String) { bytes = Array(text.utf8) }

    var isAtEnd: Bool { index >= bytes.count }

    mutating func next() -> [String]? {
        guard !isAtEnd else { return nil }
        var fields: [String] = []
        while true {
            fields.append(field())
            guard index < bytes.count else {
                line += 1
                return fields
            }
            let end = bytes[index]
            index += 1
            if end == UInt8(ascii: ",") { continue }
            if end == UInt8(ascii: "\r"), index < bytes.count, bytes[index] == UInt8(ascii: "\n") { index += 1 }
            line += 1
            return fields
        }
    }

    private mutating func field() -> String {
        var value: [UInt8] = []
        let quote = UInt8(ascii: "\"")
        guard index < bytes.count, bytes[index] == quote else {
            while index < bytes.count, ![UInt8(ascii: ","), 0x0A, 0x0D].contains(bytes[index]) {
                value.append(bytes[index])
                index += 1
            }
            return String(decoding: value, as: UTF8.self)
        }
        index += 1
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == 0x0A { line += 1 }
            guard byte == quote else {
                value.append(byte)
                continue
            }
            if index < bytes.count, bytes[index] == quote {
                value.append(quote)
                index += 1
                continue
            }
            if index < bytes.count, ![UInt8(ascii: ","), 0x0A, 0x0D].contains(bytes[index]) { isBroken = true }
            return String(decoding: value, as: UTF8.self)
        }
        isBroken = true
        return String(decoding: value, as: UTF8.self)
    }
}
