package import Foundation
package import GalleryModel
import Glibc

/// The folder that holds a gallery: `gallery.sqlite`, `volatile.sqlite`, `packs/`, `staging/`, `keys/`.
package struct DataFolder: Sendable {
    package enum Fault: Error, CustomStringConvertible {
        case unusable(path: String, reason: String)
        case inUse(path: String)

        package var description: String {
            switch self {
            case .unusable(let path, let reason): "The data folder \(path) cannot be used: \(reason)."
            case .inUse(let path):
                "Another gallery server is running on the data folder \(path). Stop it first, or choose another folder with --data."
            }
        }
    }

    package let root: URL

    /// Opens the folder, or creates it with what belongs into it.
    package init(at path: String) throws {
        root = URL(fileURLWithPath: path, isDirectory: true).standardizedFileURL
        do {
            for folder in [root, packs, staging, keys] {
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            }
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: keys.path)
        } catch {
            throw Fault.unusable(path: root.path, reason: error.localizedDescription)
        }
        guard access(root.path, W_OK | R_OK | X_OK) == 0 else {
            throw Fault.unusable(path: root.path, reason: "this account may not write there")
        }
    }

    package var database: URL { root.appendingPathComponent("gallery.sqlite") }
    /// Counters, last-used times and the like, which may lose their last second in a power cut.
    package var volatileDatabase: URL { root.appendingPathComponent("volatile.sqlite") }
    /// The immutable byte containers of the content store.
    package var packs: URL { root.appendingPathComponent("packs", isDirectory: true) }
    /// Bytes on their way in; whatever a crash leaves here is swept at start.
    package var staging: URL { root.appendingPathComponent("staging", isDirectory: true) }
    /// Keys that never leave this machine; mode 0700.
    package var keys: URL { root.appendingPathComponent("keys", isDirectory: true) }
    /// The settings file that is read when no other is named.
    package var settingsFile: URL { root.appendingPathComponent("gallery.json") }

    /// Makes the file, or its mode, such that only this account reads it; SQLite's side files follow it.
    package func keepPrivate(_ file: URL) throws {
        let descriptor = open(file.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Fault.unusable(path: root.path, reason: String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        guard fchmod(descriptor, 0o600) == 0 || errno == EPERM else {
            throw Fault.unusable(path: root.path, reason: String(cString: strerror(errno)))
        }
    }

    /// What tells this folder's server from others on the same database; made at the first start.
    package func nodeName(_ world: World) throws -> String {
        let file = keys.appendingPathComponent("node")
        if let known = try? String(contentsOf: file, encoding: .utf8), !known.isEmpty { return known }
        let name = world.newID()
        try Data(name.utf8).write(to: file, options: .atomic)
        return name
    }

    /// Keeps a second server away from this folder as long as the result lives; the system frees it when the process ends.
    package func lock() throws -> DataFolderLock {
        let path = root.appendingPathComponent("server.lock").path
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Fault.unusable(path: root.path, reason: String(cString: strerror(errno)))
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw Fault.inUse(path: root.path)
        }
        return DataFolderLock(descriptor: descriptor)
    }
}

/// The claim of one server on a data folder.
package final class DataFolderLock: Sendable {
    private let descriptor: Int32

    fileprivate init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }
}
