package import GalleryModel

/// Who made a commit, and when, as git writes it.
package struct Signature: Hashable, Sendable {
    package var name: String
    package var email: String
    /// Whole seconds since 1970.
    package var seconds: Int64
    /// Minutes east of UTC.
    package var offset: Int

    package init(name: String, email: String, seconds: Int64, offset: Int = 0) {
        self.name = Self.cleaned(name)
        self.email = Self.cleaned(email)
        self.seconds = seconds
        self.offset = offset
    }

    var line: String {
        let minutes = abs(offset)
        let zone =
            (minutes / 60 < 10 ? "0" : "") + "\(minutes / 60)" + (minutes % 60 < 10 ? "0" : "") + "\(minutes % 60)"
        return "\(name) <\(email)> \(seconds) \(offset < 0 ? "-" : "+")\(zone)"
    }

    init?(line: Substring) {
        guard let open = line.lastIndex(of: "<"), let close = line.lastIndex(of: ">"), open < close else { return nil }
        let rest = line[line.index(after: close)...].split(separator: " ")
        guard rest.count == 2, let seconds = Int64(rest[0]), let zone = Int(rest[1]),
            (-9999...9999).contains(zone)
        else { return nil }
        let (hours, minutes) = (abs(zone) / 100, abs(zone) % 100)
        self.name = line[..<open].trimmingSuffix(" ")
        self.email = String(line[line.index(after: open)..<close])
        self.seconds = seconds
        self.offset = (zone < 0 ? -1 : 1) * (hours * 60 + minutes)
    }

    /// Without what would break the line.
    private static func cleaned(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.filter { !"<>\n\r\0".unicodeScalars.contains($0) }))
    }
}

extension Substring {
    fileprivate func trimmingSuffix(_ character: Character) -> String {
        var text = self
        while text.last == character { text.removeLast() }
        return String(text)
    }
}

/// A version of all files, with what came before it.
package struct Commit: Hashable, Sendable {
    package var tree: GitOID
    package var parents: [GitOID]
    package var author: Signature
    package var committer: Signature
    package var message: String

    package init(tree: GitOID, parents: [GitOID], author: Signature, committer: Signature, message: String) {
        self.tree = tree
        self.parents = parents
        self.author = author
        self.committer = committer
        self.message = message
    }

    /// The object's bytes. The message ends with a newline, as `git commit` leaves it.
    package var bytes: [UInt8] {
        var text = "tree \(tree)\n"
        for parent in parents { text += "parent \(parent)\n" }
        text += "author \(author.line)\ncommitter \(committer.line)\n\n"
        text += message.utf8.last == UInt8(ascii: "\n") ? message : message + "\n"
        return Array(text.utf8)
    }

    package var oid: GitOID { GitObjectKind.commit.id(of: bytes) }

    /// Reads any commit that git writes; headers that are not named here are passed over.
    package init(bytes: some Collection<UInt8>) throws(GitObjectError) {
        var tree: GitOID?
        var parents: [GitOID] = []
        var author: Signature?
        var committer: Signature?
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")), end != rest.startIndex {
            let line = Substring(String(decoding: rest[..<end], as: UTF8.self))
            rest = rest[rest.index(after: end)...]
            guard let space = line.firstIndex(of: " ") else { throw .malformedCommit }
            let value = line[line.index(after: space)...]
            switch line[..<space] {
            case "tree": tree = GitOID(String(value))
            case "parent":
                guard let parent = GitOID(String(value)) else { throw .malformedCommit }
                parents.append(parent)
            case "author": author = Signature(line: value)
            case "committer": committer = Signature(line: value)
            default: break
            }
        }
        guard let tree, let author, let committer else { throw .malformedCommit }
        self.init(
            tree: tree,
            parents: parents,
            author: author,
            committer: committer,
            message: String(decoding: rest.dropFirst(), as: UTF8.self)
        )
    }

    /// The message's first line.
    package var title: String { Self.title(of: message) }

    package static func title(of message: String) -> String {
        message.split(separator: "\n", omittingEmptySubsequences: true).first.map(String.init) ?? ""
    }
}
