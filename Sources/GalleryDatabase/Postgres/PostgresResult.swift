import CPostgres
import Foundation

/// The answer to one command, freed with it.
final class PostgresResult {
    private let handle: OpaquePointer?
    private let statement: PostgresStatement?

    init(_ handle: OpaquePointer?, statement: PostgresStatement? = nil) {
        self.handle = handle
        self.statement = statement
    }

    deinit { PQclear(handle) }

    var isGood: Bool {
        let status = PQresultStatus(handle)
        return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK
    }

    /// Rows inserted, updated or deleted; none for anything else.
    var changedRows: Int {
        guard let handle, let tag = PQcmdStatus(handle) else { return 0 }
        let verb = String(cString: tag).prefix { $0 != " " }
        guard ["INSERT", "UPDATE", "DELETE"].contains(verb), let count = PQcmdTuples(handle) else { return 0 }
        return Int(String(cString: count)) ?? 0
    }

    func rows() throws -> [Row] {
        guard let handle else { return [] }
        let width = PQnfields(handle)
        let types = (0..<width).map { PQftype(handle, $0) }
        let columns = statement?.columns ?? Row.Columns((0..<width).map { String(cString: PQfname(handle, $0)) })
        statement?.columns = columns
        return try (0..<PQntuples(handle)).map { row in
            let values = try (0..<width).map { column in
                guard PQgetisnull(handle, row, column) == 0 else { return SQLValue.null }
                let bytes = UnsafeRawBufferPointer(
                    start: PQgetvalue(handle, row, column),
                    count: Int(PQgetlength(handle, row, column))
                )
                guard let value = SQLValue(bytes, type: types[Int(column)]) else {
                    throw DatabaseError.unexpectedValue(column: String(cString: PQfname(handle, column)))
                }
                return value
            }
            return Row(columns: columns, values: values)
        }
    }

    func failure(isLost: Bool, message: String) -> PostgresFailure {
        let state = field("C") ?? ""
        let text = [field("M"), field("D"), field("n").map { "(\($0))" }].compactMap { $0 }.joined(separator: " ")
        return PostgresFailure(state: state, text: text.isEmpty ? message : text, isLost: isLost)
    }

    private func field(_ code: Character) -> String? {
        guard let ascii = code.asciiValue, let text = PQresultErrorField(handle, Int32(ascii)) else { return nil }
        return String(cString: text)
    }
}

extension SQLValue {
    /// Reads the binary format of the types our statements yield; nil for any other.
    init?(_ bytes: UnsafeRawBufferPointer, type: UInt32) {
        switch type {
        case PostgresType.int8:
            guard let value: Int64 = Self.bigEndian(bytes) else { return nil }
            self = .integer(value)
        case PostgresType.int4:
            guard let value: Int32 = Self.bigEndian(bytes) else { return nil }
            self = .integer(Int64(value))
        case PostgresType.int2:
            guard let value: Int16 = Self.bigEndian(bytes) else { return nil }
            self = .integer(Int64(value))
        case PostgresType.bool: self = .integer(bytes.first == 0 ? 0 : 1)
        case PostgresType.float8:
            guard let pattern: UInt64 = Self.bigEndian(bytes) else { return nil }
            self = .real(Double(bitPattern: pattern))
        case PostgresType.float4:
            guard let pattern: UInt32 = Self.bigEndian(bytes) else { return nil }
            self = .real(Double(Float(bitPattern: pattern)))
        case PostgresType.text, PostgresType.varchar, PostgresType.name:
            self = .text(String(decoding: bytes, as: UTF8.self))
        case PostgresType.bytea: self = .bytes([UInt8](bytes))
        case PostgresType.numeric: self.init(numeric: bytes)
        case PostgresType.void: self = .null
        default: return nil
        }
    }

    private static func bigEndian<Integer: FixedWidthInteger>(_ bytes: UnsafeRawBufferPointer) -> Integer? {
        guard bytes.count == MemoryLayout<Integer>.size else { return nil }
        return Integer(bigEndian: bytes.loadUnaligned(as: Integer.self))
    }

    /// Sums of integers come as `numeric`: base-10000 digits after count, weight, sign and scale of 16 bits each.
    private init?(numeric bytes: UnsafeRawBufferPointer) {
        let words = stride(from: 0, to: bytes.count - 1, by: 2).map { Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]) }
        guard words.count >= 4, words.count == words[0] + 4, words[2] == 0 || words[2] == 0x4000 else { return nil }
        let weight = words[1] < 0x8000 ? words[1] : words[1] - 0x10000
        let sign: Int64 = words[2] == 0 ? 1 : -1
        let digits = words.dropFirst(4)
        guard words[3] == 0 else {
            let magnitude = digits.enumerated().reduce(0.0) { sum, digit in
                sum + Double(digit.element) * pow(10_000, Double(weight - digit.offset))
            }
            self = .real(Double(sign) * magnitude)
            return
        }
        var value: Int64 = 0
        for index in 0..<max(0, weight + 1) {
            let digit = index < digits.count ? Int64(digits[digits.startIndex + index]) : 0
            let (product, overflowed) = value.multipliedReportingOverflow(by: 10_000)
            let (sum, carried) = product.addingReportingOverflow(sign * digit)
            guard !overflowed, !carried else { return nil }
            value = sum
        }
        self = .integer(value)
    }
}
