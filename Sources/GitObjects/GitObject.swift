package import GalleryModel

/// What can be wrong with the bytes of a git object.
package enum GitObjectError: Error, Sendable, Equatable {
    case malformedTree
    case malformedCommit
}

/// The kinds of git object that a repository stores.
package enum GitObjectKind: String, Sendable, CaseIterable {
    case blob, tree, commit, tag

    /// The id of an object of this kind with these bytes.
    package func id(of body: some Collection<UInt8>) -> GitOID {
        let hasher = GalleryModel.Hasher<GitOID>()
        hasher.update(header(size: body.count))
        hasher.update(body)
        return hasher.finalize()
    }

    /// What git puts before the bytes when it hashes them.
    package func header(size: Int) -> [UInt8] { Array("\(rawValue) \(size)".utf8) + [0] }
}

/// The mode of a tree entry.
package enum FileMode: UInt32, Sendable, CaseIterable {
    case file = 0o100644
    case executable = 0o100755
    case symbolicLink = 0o120000
    case submodule = 0o160000
    case folder = 0o40000

    package var octal: String { String(rawValue, radix: 8) }
    package var isFolder: Bool { self == .folder }

    /// Accepts what git accepts, old spellings of a regular file's mode too.
    package init?(octal: some Sequence<UInt8>) {
        var value: UInt32 = 0
        var count = 0
        for byte in octal {
            guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(byte), count < 7 else { return nil }
            value = value << 3 | UInt32(byte - UInt8(ascii: "0"))
            count += 1
        }
        switch value {
        case 0o100664, 0o100600: self = .file
        default:
            guard let mode = FileMode(rawValue: value) else { return nil }
            self = mode
        }
    }
}
