/// Which paths may be committed.
package enum PathRules {
    package static let maximumLength = 1024
    package static let maximumPartLength = 255
    package static let maximumDepth = 64

    /// Why a path is refused; each says so to a person.
    package enum Fault: String, Error, Sendable, CaseIterable {
        case empty = "The path is empty."
        case tooLong =
            "The path is longer than 1024 bytes, has a part longer than 255 bytes, or is deeper than 64 folders."
        case absolute = "A path must not start or end with '/'."
        case emptyPart = "A path must not contain '//'."
        case climbing = "A path must not contain '.' or '..' as a part."
        case backslash = "A path must not contain a backslash."
        case control = "A path must not contain control characters."
        case gitFolder = "A path must not name a '.git' folder."
    }

    /// Nil for a good path.
    package static func fault(in path: String) -> Fault? {
        guard !path.isEmpty else { return .empty }
        guard path.utf8.count <= maximumLength else { return .tooLong }
        guard path.utf8.first != UInt8(ascii: "/"), path.utf8.last != UInt8(ascii: "/") else { return .absolute }
        for byte in path.utf8 {
            if byte == UInt8(ascii: "\\") { return .backslash }
            if byte < 0x20 || byte == 0x7f { return .control }
        }
        let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count <= maximumDepth else { return .tooLong }
        for part in parts {
            if part.isEmpty { return .emptyPart }
            if part.count > maximumPartLength { return .tooLong }
            if part.elementsEqual(".".utf8) || part.elementsEqual("..".utf8) { return .climbing }
            if isGitFolder(String(decoding: part, as: UTF8.self)) { return .gitFolder }
        }
        return nil
    }

    /// Git's own protection: `.git` in any case, with characters that file systems ignore, or by its short name.
    private static func isGitFolder(_ part: String) -> Bool {
        // HFS+ drops these; NTFS drops trailing dots and spaces and what follows a colon.
        let ignorable: Set<UInt32> = [
            0x200c, 0x200d, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x206a, 0x206b, 0x206c, 0x206d,
            0x206e, 0x206f, 0xfeff,
        ]
        var name = String(String.UnicodeScalarView(part.unicodeScalars.filter { !ignorable.contains($0.value) }))
            .lowercased()
        if let colon = name.firstIndex(of: ":") { name = String(name[..<colon]) }
        while name.last == "." || name.last == " " { name.removeLast() }
        return name == ".git" || name == "git~1"
    }
}
