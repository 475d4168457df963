import Foundation
import Glibc
import Synchronization

/// Addresses of sockets that the kernel takes: a path that is too long is named from its opened folder.
final class ShortSocketPaths: Sendable {
    /// Of `sun_path`, with the zero at its end.
    private static let longest = 107
    private static let most = 256

    private let folders = Mutex<[String: Int32]>([:])

    deinit { folders.withLock { for folder in $0.values { Glibc.close(folder) } } }

    func path(_ path: String) -> String {
        guard path.utf8.count > Self.longest else { return path }
        let url = URL(filePath: path)
        let (folder, name) = (url.deletingLastPathComponent().path, url.lastPathComponent)
        let descriptor = folders.withLock { folders -> Int32 in
            if let known = folders[folder] { return known }
            if folders.count >= Self.most {
                for old in folders.values { Glibc.close(old) }
                folders = [:]
            }
            let opened = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            if opened >= 0 { folders[folder] = opened }
            return opened
        }
        return descriptor < 0 ? path : "/proc/self/fd/\(descriptor)/\(name)"
    }
}
