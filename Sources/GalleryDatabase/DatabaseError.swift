/// What a database refuses, alike for both drivers. Slices catch `.unique` where a name may be taken; nothing else is theirs.
package enum DatabaseError: Error, Sendable, Equatable {
    /// A row with this key exists. The text names the constraint or columns, for logs.
    case unique(String)
    case foreignKey(String)
    case check(String)
    /// The database was busy, or a serialization failure outlived its repetitions.
    case busy(String)
    /// A value that neither database keeps, such as text with a NUL character.
    case unstorable(String)
    case unexpectedValue(column: String)
    case migration(String)
    case failed(String)
}
