/// The tag of a file's bytes, compared as RFC 9110 says.
package struct EntityTag: Sendable, Equatable {
    /// Without quotes.
    package let value: String

    package init(_ value: String) {
        self.value = value
    }

    /// As it stands in a header.
    package var header: String { "\"\(value)\"" }

    /// `If-None-Match` and the like: a list of tags, or `*`; whether they are weak does not matter.
    package func isListed(in header: String) -> Bool {
        header.split(separator: ",").contains { entry in
            var tag = entry.drop { $0 == " " }
            while tag.last == " " { tag.removeLast() }
            if tag == "*" { return true }
            if tag.hasPrefix("W/") { tag = tag.dropFirst(2) }
            return tag == self.header
        }
    }

    /// `If-Range`: only the very same strong tag will do, and a date never does, as we have none.
    package func matchesStrongly(_ header: String) -> Bool { header == self.header }
}
