/// A text identifier with a type of its own, so that an account's id is never taken for a repository's.
package protocol TextID: Hashable, Sendable, Codable, RawRepresentable, CustomStringConvertible
where RawValue == String {
    init(rawValue: String)
}

extension TextID {
    package init(_ text: String) { self.init(rawValue: text) }
    package var description: String { rawValue }
}

/// Identifies an account: a person or an organisation.
package struct AccountID: TextID {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
}

/// Identifies a repository for its whole life, whatever it is renamed to.
package struct RepoID: TextID {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
}

/// Identifies a pack, the immutable byte container of the content store.
package struct PackID: TextID {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
}
