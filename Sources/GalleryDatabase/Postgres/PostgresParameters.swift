import Foundation

/// The object ids of the types we send and read, from the server's `pg_type.dat`.
enum PostgresType {
    static let unspecified: UInt32 = 0
    static let bool: UInt32 = 16
    static let bytea: UInt32 = 17
    static let name: UInt32 = 19
    static let int8: UInt32 = 20
    static let int2: UInt32 = 21
    static let int4: UInt32 = 23
    static let text: UInt32 = 25
    static let float4: UInt32 = 700
    static let float8: UInt32 = 701
    static let varchar: UInt32 = 1043
    static let numeric: UInt32 = 1700
    static let void: UInt32 = 2278
}

/// Bound values in the binary format, in one buffer that lives through the call.
struct PostgresParameters {
    private(set) var types: [UInt32] = []
    private var bytes: [UInt8] = []
    /// Where each value lies in `bytes`; nil for null.
    private var ranges: [Range<Int>?] = []

    init(_ values: [SQLValue]) throws {
        types.reserveCapacity(values.count)
        ranges.reserveCapacity(values.count)
        for value in values { try append(value) }
        // So that an empty value has an address too.
        bytes.append(0)
    }

    private mutating func append(_ value: SQLValue) throws {
        let start = bytes.count
        switch value {
        case .null:
            types.append(PostgresType.unspecified)
            ranges.append(nil)
            return
        case .integer(let integer):
            types.append(PostgresType.int8)
            withUnsafeBytes(of: integer.bigEndian) { bytes.append(contentsOf: $0) }
        case .real(let real):
            types.append(PostgresType.float8)
            withUnsafeBytes(of: real.bitPattern.bigEndian) { bytes.append(contentsOf: $0) }
        case .text(let text):
            try text.mustBeStorable()
            types.append(PostgresType.text)
            bytes.append(contentsOf: text.utf8)
        case .bytes(let value):
            types.append(PostgresType.bytea)
            bytes.append(contentsOf: value)
        }
        guard bytes.count < Int(Int32.max) else { throw DatabaseError.failed("the values of a statement exceed 2 GiB") }
        ranges.append(start..<bytes.count)
    }

    /// The values as `PQexecPrepared` takes them.
    func withPointers<Result>(
        _ body: (
            UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?
        ) -> Result
    ) -> Result {
        bytes.withUnsafeBytes { buffer in
            let base = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            let values = ranges.map { range in range.flatMap { base?.advanced(by: $0.lowerBound) } }
            let lengths = ranges.map { Int32($0?.count ?? 0) }
            let formats = [Int32](repeating: 1, count: ranges.count)
            return body(values, lengths, formats)
        }
    }
}

extension String {
    /// Throws for a NUL character, which PostgreSQL cannot keep and SQLite would cut the text at.
    func mustBeStorable() throws {
        if utf8.contains(0) { throw DatabaseError.unstorable("text with a NUL character") }
    }
}
