/// Where a document stands, so that what it refers to can be found: relative addresses are seen from its folder at the
/// revision that is shown.
package struct LinkPlace: Sendable, Equatable {
    /// What the addresses of the repository begin with, as in `/datasets/ada/pictures`; escaped already.
    package var repository: String
    /// Escaped as one segment of an address.
    package var revision: String
    /// The folder of the document, without slashes at its ends; empty for the top.
    package var folder: String
    /// What the ids of this document begin with, since a page holds more than one.
    package var idPrefix: String

    package init(repository: String, revision: String, folder: String = "", idPrefix: String = "md-") {
        self.repository = repository
        self.revision = revision
        self.folder = folder
        self.idPrefix = idPrefix
    }

    /// For texts that belong to no repository, as comments do: relative addresses lead nowhere.
    package static func none(idPrefix: String = "md-") -> LinkPlace {
        LinkPlace(repository: "", revision: "", idPrefix: idPrefix)
    }

    /// A link as it may stand on a page, or nil.
    func link(_ text: String) -> Link? {
        guard let address = Address(text) else { return nil }
        switch address {
        case .web(let url): return Link(href: url, isExternal: true)
        case .mail(let url): return Link(href: url, isExternal: false)
        case .fragment(let id): return Link(href: "#" + idPrefix + Self.escaped(id), isExternal: false)
        case .path(let path, let tail):
            guard !repository.isEmpty else { return nil }
            if path.hasPrefix("//") { return Link(href: "https:" + Self.escaped(path) + tail, isExternal: true) }
            return resolved(path).map { Link(href: "\(repository)/blob/\(revision)/\($0)\(tail)", isExternal: false) }
                ?? Link(href: "\(repository)/tree/\(revision)\(tail)", isExternal: false)
        case .image: return nil
        }
    }

    /// The source of an image that a page may load: from the repository, or small and in place. Nil for all others.
    func image(_ text: String) -> String? {
        guard let address = Address(text) else { return nil }
        switch address {
        case .image(let data): return data
        case .path(let path, _):
            guard !repository.isEmpty, !path.hasPrefix("//") else { return nil }
            return resolved(path).map { "\(repository)/resolve/\(revision)/\($0)" }
        case .web, .mail, .fragment: return nil
        }
    }

    struct Link: Equatable {
        var href: String
        var isExternal: Bool
    }

    /// A path from the top of the repository, escaped; what climbs out ends at the top. Nil for the top itself.
    private func resolved(_ path: String) -> String? {
        var parts: [Substring] = path.hasPrefix("/") ? [] : folder.split(separator: "/")
        for part in path.split(separator: "/") {
            switch part {
            case ".": break
            case "..": _ = parts.popLast()
            default: parts.append(part)
            }
        }
        return parts.isEmpty ? nil : parts.map { Self.escaped(String($0)) }.joined(separator: "/")
    }

    /// Escapes for an address what is not escaped yet.
    private static func escaped(_ text: String) -> String {
        var result = ""
        let bytes = Array(text.utf8)
        for (index, byte) in bytes.enumerated() {
            let isEscape =
                byte == UInt8(ascii: "%") && index + 2 < bytes.count
                && bytes[(index + 1)...(index + 2)].allSatisfy {
                    HTMLText.isDigit($0) || "abcdefABCDEF".utf8.contains($0)
                }
            if isEscape || HTMLText.isLetter(byte) && byte < 0x80 || HTMLText.isDigit(byte)
                || "-._~/+@:,=()!*".utf8.contains(byte)
            {
                result.append(Character(Unicode.Scalar(byte)))
            } else {
                result +=
                    "%" + String(byte >> 4, radix: 16, uppercase: true) + String(byte & 15, radix: 16, uppercase: true)
            }
        }
        return result
    }
}

/// What an address in a document turns out to be; nothing else is let through.
private enum Address {
    case web(String)
    case mail(String)
    case fragment(String)
    /// A path, and its query and fragment.
    case path(String, tail: String)
    /// Bytes of a small picture in the address itself.
    case image(String)

    private static let maximumLength = 4096
    private static let maximumImage = 128 << 10

    init?(_ text: String) {
        // Browsers drop these wherever they stand, so that `java\nscript:` is a scheme.
        var bytes = text.utf8.filter { $0 != 0x09 && $0 != 0x0a && $0 != 0x0d }
        while let first = bytes.first, first <= 0x20 { bytes.removeFirst() }
        while let last = bytes.last, last <= 0x20 { bytes.removeLast() }
        guard !bytes.isEmpty, bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7f && $0 != UInt8(ascii: "\\") }) else {
            return nil
        }
        let text = String(decoding: bytes, as: UTF8.self)
        let scheme = bytes.firstIndex(of: UInt8(ascii: ":")).flatMap { colon -> String? in
            let name = bytes[..<colon]
            let isPath = name.contains { "/?#".utf8.contains($0) }
            return isPath ? nil : String(decoding: name, as: UTF8.self).lowercased()
        }
        switch scheme {
        case "http", "https":
            guard bytes.count <= Self.maximumLength else { return nil }
            self = .web(text)
        case "mailto":
            guard bytes.count <= Self.maximumLength else { return nil }
            self = .mail(text)
        case "data":
            let kinds = ["png", "jpeg", "gif", "webp"].map { "data:image/\($0);base64," }
            guard bytes.count <= Self.maximumImage,
                let kind = kinds.first(where: { text.lowercased().hasPrefix($0) }),
                bytes.dropFirst(kind.utf8.count).allSatisfy({
                    HTMLText.isLetter($0) || HTMLText.isDigit($0) || "+/=".utf8.contains($0)
                })
            else { return nil }
            self = .image(kind + text.dropFirst(kind.count))
        case .some:
            return nil
        case nil:
            guard bytes.count <= Self.maximumLength else { return nil }
            if text.hasPrefix("#") {
                self = .fragment(String(text.dropFirst()))
                return
            }
            let end = text.firstIndex { $0 == "?" || $0 == "#" } ?? text.endIndex
            self = .path(String(text[..<end]), tail: String(text[end...]))
        }
    }
}
