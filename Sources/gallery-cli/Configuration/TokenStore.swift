import Foundation
import GalleryClient

/// The token of the last sign-in, in `{cached_dir}/token`, readable by its owner alone and encrypted where configured.
struct TokenStore {
    private struct Entry: Codable {
        /// A token is only ever sent to the gallery it was got for.
        var origin: String
        var token: String
        var expiresAt: String?
    }

    let configuration: Configuration

    var folder: String { configuration.cachedDir + "/token" }
    private var file: String { folder + "/token" }

    func save(_ signedIn: SignedIn) throws {
        let entry = Entry(
            origin: configuration.address.origin,
            token: signedIn.token,
            expiresAt: signedIn.expiresAt
        )
        var text = try String(decoding: JSONEncoder().encode(entry), as: UTF8.self)
        if let encrypt = configuration.encrypt { text = try encrypt(text) }
        do {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw ConfigurationError(["The folder \(folder) cannot be made; choose another cached_dir."])
        }
        chmod(folder, 0o700)
        let temporary = file + ".new"
        unlink(temporary)
        let handle = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard handle >= 0 else { throw ConfigurationError(["\(temporary) cannot be written."]) }
        defer { close(handle) }
        let bytes = Array(text.utf8)
        guard write(handle, bytes, bytes.count) == bytes.count, fsync(handle) == 0, rename(temporary, file) == 0 else {
            unlink(temporary)
            throw ConfigurationError(["\(file) cannot be written (is the disk full?)."])
        }
    }

    /// The token for the configured gallery; nil when there is none, or it has expired.
    func token(now: Date = Date()) throws -> String? {
        guard let data = FileManager.default.contents(atPath: file) else { return nil }
        var text = String(decoding: data, as: UTF8.self)
        if let decrypt = configuration.decrypt, configuration.encrypt != nil { text = try decrypt(text) }
        guard let entry = try? JSONDecoder().decode(Entry.self, from: Data(text.utf8)) else {
            throw ConfigurationError(["\(file) cannot be read: run “gallery-cli login” again."])
        }
        guard entry.origin == configuration.address.origin else { return nil }
        if let expiry = entry.expiresAt.flatMap(Self.date), expiry <= now {
            throw ConfigurationError(["Your sign-in has expired: run “gallery-cli login” again."])
        }
        return entry.token
    }

    private static func date(_ text: String) -> Date? {
        // The identity service counts microseconds, which the strict parser refuses.
        let whole = text.prefix { $0 != "." && $0 != "Z" }
        return try? Date(String(whole) + "Z", strategy: .iso8601)
    }

    /// Removes the folder; only what is ours is taken out of it.
    func remove() throws {
        for name in ["token", "token.new"] { unlink(folder + "/" + name) }
        guard rmdir(folder) != 0, errno != ENOENT else { return }
        throw ConfigurationError(["You are signed out, but \(folder) holds other files and was left."])
    }
}
