import CSodium
package import Foundation
package import GalleryModel
import Glibc

/// Encrypts secrets at rest with a key that lies in a file beside the database, not in it (XSalsa20-Poly1305).
///
/// What is sealed begins with a fingerprint of its key, so that a foreign key file is told from damage.
package struct SecretBox: Sendable {
    package enum Fault: Error, CustomStringConvertible, Equatable {
        case unreadable(path: String, reason: String)
        case wrongLength(path: String)
        case tooOpen(path: String)
        case otherKey
        case damaged

        package var description: String {
            switch self {
            case .unreadable(let path, let reason): "The key file \(path) cannot be used: \(reason)."
            case .wrongLength(let path): "The key file \(path) is damaged: it should hold 32 bytes."
            case .tooOpen(let path): "The key file \(path) may be read by others: set its mode to 600."
            case .otherKey: "The secret was sealed with another key: restore the key file that belongs to the database."
            case .damaged: "The sealed secret is damaged."
            }
        }
    }

    private static let fingerprintLength = 4
    private let key: [UInt8]
    private let fingerprint: [UInt8]

    /// Uses the key in `folder`, which is made there the first time.
    package init(folder: URL, world: World) throws {
        let path = folder.appendingPathComponent("secrets.key").path
        try self.init(key: Self.read(path) ?? Self.create(path, world: world), path: path)
    }

    private init(key: [UInt8], path: String) throws {
        guard sodium_init() >= 0 else { throw Fault.unreadable(path: path, reason: "libsodium does not start") }
        guard key.count == Int(crypto_secretbox_KEYBYTES) else { throw Fault.wrongLength(path: path) }
        self.key = key
        fingerprint = Array(HMAC.sha256("gallery key".utf8, key: key).bytes.prefix(Self.fingerprintLength))
    }

    package func seal(_ secret: String, world: World) -> [UInt8] {
        let text = Array(secret.utf8)
        let nonce = world.randomBytes(Int(crypto_secretbox_NONCEBYTES))
        var sealed = [UInt8](repeating: 0, count: text.count + Int(crypto_secretbox_MACBYTES))
        crypto_secretbox_easy(&sealed, text, UInt64(text.count), nonce, key)
        return fingerprint + nonce + sealed
    }

    package func open(_ sealed: [UInt8]) throws -> String {
        guard sealed.starts(with: fingerprint) else { throw Fault.otherKey }
        let body = sealed.dropFirst(fingerprint.count)
        let nonce = Array(body.prefix(Int(crypto_secretbox_NONCEBYTES)))
        let box = Array(body.dropFirst(Int(crypto_secretbox_NONCEBYTES)))
        guard nonce.count == Int(crypto_secretbox_NONCEBYTES), box.count >= Int(crypto_secretbox_MACBYTES) else {
            throw Fault.damaged
        }
        var text = [UInt8](repeating: 0, count: box.count - Int(crypto_secretbox_MACBYTES))
        guard crypto_secretbox_open_easy(&text, box, UInt64(box.count), nonce, key) == 0,
            let secret = String(validating: text, as: UTF8.self)
        else { throw Fault.damaged }
        return secret
    }

    /// A key for signing what is handed out for one purpose, such as links and short-lived tokens.
    package func signingKey(for purpose: String) -> [UInt8] {
        HMAC.sha256("gallery signs \(purpose)".utf8, key: key).bytes
    }

    /// Nil where there is no file yet.
    private static func read(_ path: String) throws -> [UInt8]? {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw Fault.unreadable(path: path, reason: String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        guard let mode = attributes[.posixPermissions] as? Int, mode & 0o077 == 0 else {
            throw Fault.tooOpen(path: path)
        }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        return Array(bytes.prefix(max(0, count)))
    }

    /// Written aside and linked into place, so that of two programs that start at once one wins and both use its key.
    private static func create(_ path: String, world: World) throws -> [UInt8] {
        let draft = "\(path).\(world.newID())"
        let bytes = world.randomBytes(Int(crypto_secretbox_KEYBYTES))
        let descriptor = Glibc.open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Fault.unreadable(path: path, reason: String(cString: strerror(errno))) }
        defer { unlink(draft) }
        let isWritten = write(descriptor, bytes, bytes.count) == bytes.count && fsync(descriptor) == 0
        close(descriptor)
        guard isWritten else { throw Fault.unreadable(path: path, reason: "it cannot be written") }
        guard link(draft, path) == 0 || errno == EEXIST, let key = try read(path) else {
            throw Fault.unreadable(path: path, reason: String(cString: strerror(errno)))
        }
        return key
    }
}
