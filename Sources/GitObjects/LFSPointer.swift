package import GalleryModel

/// The small text that stands in git for a large file.
package struct LFSPointer: Hashable, Sendable {
    package var oid: SHA256Digest
    package var size: Int64

    package init(oid: SHA256Digest, size: Int64) {
        self.oid = oid
        self.size = size
    }

    /// The canonical text: one pointer per content.
    package var text: String { "version https://git-lfs.github.com/spec/v1\noid sha256:\(oid)\nsize \(size)\n" }
    package var bytes: [UInt8] { Array(text.utf8) }

    /// Nil unless the bytes are a pointer of version 1 with a SHA-256 and a size.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count < 1024, bytes.starts(with: "version https://git-lfs.github.com/spec/v1\n".utf8) else {
            return nil
        }
        var oid: SHA256Digest?
        var size: Int64?
        for line in bytes.split(separator: UInt8(ascii: "\n")).dropFirst() {
            let parts = String(decoding: line, as: UTF8.self).split(separator: " ", omittingEmptySubsequences: false)
            guard parts.count == 2 else { return nil }
            switch parts[0] {
            case "oid":
                guard parts[1].hasPrefix("sha256:") else { return nil }
                oid = SHA256Digest(String(parts[1].dropFirst(7)))
            case "size": size = Int64(parts[1])
            default: break
            }
        }
        guard let oid, let size, size >= 0 else { return nil }
        self.init(oid: oid, size: size)
    }
}
