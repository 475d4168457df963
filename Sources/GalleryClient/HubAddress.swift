package import GalleryModel

/// Where the hub is: scheme, host and port, with nothing after them but an optional path prefix.
package struct HubAddress: Sendable, Equatable, CustomStringConvertible {
    /// Without a trailing slash.
    package let base: String
    /// Scheme, host and port in lower case: what decides whether a token may be sent along.
    package let origin: String

    package init(_ text: String) throws {
        var base = text
        while base.hasSuffix("/") { base.removeLast() }
        guard let origin = Self.origin(of: base) else { throw HubError.malformedAddress(text) }
        self.base = base
        self.origin = origin
    }

    package var description: String { base }

    /// Scheme, host and port of an absolute address; nil when it has none, or carries a user name.
    static func origin(of url: String) -> String? {
        for (scheme, port) in [("http", ":80"), ("https", ":443")] where url.lowercased().hasPrefix(scheme + "://") {
            let rest = url.dropFirst(scheme.count + 3)
            let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }.lowercased()
            guard !authority.isEmpty, authority.unicodeScalars.allSatisfy({ $0.value > 32 && $0 != "@" && $0 != "\\" })
            else { return nil }
            return scheme + "://" + (authority.hasSuffix(port) ? String(authority.dropLast(port.count)) : authority)
        }
        return nil
    }

    /// The absolute form of a `Location` or `Link` target seen in the answer to `url`.
    static func absolute(_ target: String, seenAt url: String) -> String? {
        if origin(of: target) != nil { return target }
        guard target.hasPrefix("/"), !target.hasPrefix("//"), let origin = origin(of: url) else { return nil }
        return origin + target
    }

    /// The address of a path below the base.
    func url(_ path: String, query: [(String, String)] = []) -> String {
        guard !query.isEmpty else { return base + path }
        return base + path + "?" + query.map { "\($0.percentEncoded)=\($1.percentEncoded)" }.joined(separator: "&")
    }
}

/// A repository as the hub API addresses it.
package struct RepoAddress: Sendable, Equatable, CustomStringConvertible {
    package var kind: RepoKind
    package var name: RepoName

    package init(kind: RepoKind, name: RepoName) {
        self.kind = kind
        self.name = name
    }

    package var description: String { name.description }

    private var id: String { "\(name.owner.percentEncoded)/\(name.name.percentEncoded)" }

    /// Such as `/api/models/owner/name`.
    var api: String { "/api/\(kind.plural)/\(id)" }
    /// Such as `/owner/name` or `/datasets/owner/name`.
    var web: String { "/\(kind.pathPrefix)\(id)" }
}

extension String {
    /// Everything but unreserved characters as %XX: safe as one path segment or query value.
    package var percentEncoded: String { percentEncoded(keepingSlashes: false) }

    func percentEncoded(keepingSlashes: Bool) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        result.reserveCapacity(utf8.count)
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                result.append(byte)
            case UInt8(ascii: "/") where keepingSlashes:
                result.append(byte)
            default:
                result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
