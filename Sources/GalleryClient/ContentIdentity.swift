import Foundation
package import GalleryModel

/// What a file's bytes must hash to.
package enum ContentIdentity: Sendable, Equatable, Hashable {
    /// A large file: SHA-256 of its bytes.
    case sha256(SHA256Digest)
    /// Any other: SHA-1 of its git blob.
    case gitBlob(GitOID)

    package var hex: String {
        switch self {
        case .sha256(let digest): digest.hex
        case .gitBlob(let oid): oid.hex
        }
    }

    /// Whether the file at `path` holds exactly this.
    package func matches(fileAt path: String) throws -> Bool {
        switch self {
        case .sha256(let digest): try FileHash.sha256(ofFileAt: path) == digest
        case .gitBlob(let oid): try FileHash.gitBlob(ofFileAt: path) == oid
        }
    }
}

/// Hashes of files, read in steps of 1 MiB.
package enum FileHash {
    package static func sha256(ofFileAt path: String) throws -> SHA256Digest {
        let hasher = Hasher<SHA256Digest>()
        _ = try read(path) { hasher.update($0) }
        return hasher.finalize()
    }

    package static func gitBlob(ofFileAt path: String) throws -> GitOID {
        let size = try self.size(ofFileAt: path)
        let hasher = Hasher<GitOID>()
        hasher.update(Array("blob \(size)\u{0}".utf8))
        let seen = try read(path) { hasher.update($0) }
        guard seen == size else { throw HubError.changedWhileRead(path: path) }
        return hasher.finalize()
    }

    package static func gitBlob(of bytes: [UInt8]) -> GitOID {
        let hasher = Hasher<GitOID>()
        hasher.update(Array("blob \(bytes.count)\u{0}".utf8))
        hasher.update(bytes)
        return hasher.finalize()
    }

    package static func size(ofFileAt path: String) throws -> Int64 {
        var facts = stat()
        guard stat(path, &facts) == 0 else { throw HubError.localFile(path: path, reason: posixReason()) }
        return Int64(facts.st_size)
    }

    private static func read(_ path: String, each: (UnsafeRawBufferPointer) -> Void) throws -> Int64 {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw HubError.localFile(path: path, reason: posixReason()) }
        defer { close(file) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        var total: Int64 = 0
        while true {
            let count = Foundation.read(file, buffer.baseAddress, buffer.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw HubError.localFile(path: path, reason: posixReason())
            }
            if count == 0 { return total }
            each(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            total += Int64(count)
        }
    }
}
