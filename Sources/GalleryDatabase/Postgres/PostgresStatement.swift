/// A statement that the server has parsed; the names of its columns are kept from its first result.
final class PostgresStatement {
    let name: String
    var columns: Row.Columns?

    init(name: String) {
        self.name = name
    }
}

/// The prepared statements of one connection, by text and parameter types.
struct PostgresStatements {
    struct Key: Hashable {
        var text: String
        var types: [UInt32]
    }

    private static let capacity = 400

    private var statements: [Key: PostgresStatement] = [:]
    private var count = 0

    var isFull: Bool { statements.count >= Self.capacity }

    subscript(key: Key) -> PostgresStatement? {
        get { statements[key] }
        set { statements[key] = newValue }
    }

    /// A statement with a name not used before.
    mutating func new() -> PostgresStatement {
        count += 1
        return PostgresStatement(name: "g\(count)")
    }

    mutating func removeAll() { statements.removeAll() }
}
