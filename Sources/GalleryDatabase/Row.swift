/// One row of a result, read by column name.
package struct Row: Sendable {
    /// The column names of one result, shared by its rows.
    package final class Columns: Sendable {
        let indexes: [String: Int]
        let count: Int

        package init(_ names: [String]) {
            count = names.count
            indexes = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        }
    }

    private let columns: Columns
    private let values: [SQLValue]

    package init(columns: Columns, values: [SQLValue]) {
        self.columns = columns
        self.values = values
    }

    /// The first column.
    package var first: SQLValue { values.first ?? .null }

    /// Throws `DatabaseError.unexpectedValue` when the column is missing, null or of another type.
    package func get<Value: SQLConvertible>(_ column: String, as type: Value.Type = Value.self) throws -> Value {
        guard let index = columns.indexes[column], let value = Value(sqlValue: values[index]) else {
            throw DatabaseError.unexpectedValue(column: column)
        }
        return value
    }

    /// Nil for a null column; throws as `get` does otherwise.
    package func optional<Value: SQLConvertible>(_ column: String, as type: Value.Type = Value.self) throws -> Value? {
        guard let index = columns.indexes[column] else { throw DatabaseError.unexpectedValue(column: column) }
        if case .null = values[index] { return nil }
        return try get(column)
    }
}

/// A struct that mirrors a table or a query.
package protocol Record: Sendable {
    init(row: Row) throws
}
