/// A file's or folder's path in a repository: parts joined by `/`, compared byte by byte, as git does.
///
/// Swift's strings call composed and decomposed letters equal; git keeps them apart, so paths are never compared as strings.
package struct GitPath: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    /// Takes the text as it is; see `PathRules` for what may be committed.
    package init(_ text: String) { self.text = text }

    /// The top folder of a repository.
    package static let root = GitPath("")

    package var isRoot: Bool { text.isEmpty }
    package var description: String { text }
    package var parts: [GitName] {
        text.utf8.split(separator: UInt8(ascii: "/")).map { GitName(Array($0)) }
    }

    /// The last part; the empty text for the root.
    package var lastPart: String {
        guard let slash = text.utf8.lastIndex(of: UInt8(ascii: "/")) else { return text }
        return String(text[text.utf8.index(after: slash)...])
    }

    /// The folder that holds it; nil for the root.
    package var parent: GitPath? {
        guard !text.isEmpty else { return nil }
        guard let slash = text.utf8.lastIndex(of: UInt8(ascii: "/")) else { return .root }
        return GitPath(String(text[..<slash]))
    }

    package func appending(_ name: GitName) -> GitPath { GitPath(isRoot ? name.text : text + "/" + name.text) }

    /// Whether it is `folder` or lies beneath it.
    package func isInside(_ folder: GitPath) -> Bool {
        folder.isRoot || self == folder || text.utf8.starts(with: (folder.text + "/").utf8)
    }

    package static func == (left: GitPath, right: GitPath) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

    package func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

/// One part of a path as git keeps it: bytes, usually UTF-8.
package struct GitName: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }
    package init(_ text: String) { bytes = Array(text.utf8) }

    package var text: String { String(decoding: bytes, as: UTF8.self) }
    package var description: String { text }

    package static func < (left: GitName, right: GitName) -> Bool { left.bytes.lexicographicallyPrecedes(right.bytes) }
}
