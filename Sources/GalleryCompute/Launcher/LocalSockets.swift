import Foundation
import GalleryModel
import Glibc

/// Paths of sockets below a folder. Not many bytes of them are taken, and data folders may lie deep: then a link in `/tmp`
/// stands for the folder.
struct LocalSockets: Sendable {
    /// In bytes: of the system's 107 SwiftNIO takes 103 (`SocketAddress.init(unixDomainSocketPath:)`).
    private static let most = 103
    /// `O_PATH`, which the importer of C leaves out: opens a socket as a place, without speaking to it.
    private static let asPlace: Int32 = 0o10_000_000

    private let root: String
    private let link: String

    init(root: URL) {
        self.root = root.path
        link = "/tmp/gallery-" + SHA256Digest.of("\(geteuid()) \(root.path)".utf8).hex.prefix(12)
    }

    /// The same file by a path that is short enough, and the link that it needs.
    func short(_ path: String) throws -> (path: String, link: (path: String, to: String)?) {
        guard path.utf8.count > Self.most, path.hasPrefix(root) else { return (path, nil) }
        let short = link + path.dropFirst(root.count)
        guard short.utf8.count <= Self.most else { throw LauncherError.failed("the path of its socket is too long") }
        // Whatever tidies /tmp may have taken it, and others may write there too.
        if !isOurs {
            unlink(link)
            guard symlink(root, link) == 0 || isOurs else {
                throw LauncherError.failed("\(link) is needed for sockets, and is not the gallery's")
            }
        }
        return (short, (link, root))
    }

    private var isOurs: Bool {
        let facts = try? FileManager.default.attributesOfItem(atPath: link)
        guard let facts, facts[.type] as? FileAttributeType == .typeSymbolicLink,
            (facts[.ownerAccountID] as? NSNumber)?.uint32Value == geteuid()
        else { return false }
        return (try? FileManager.default.destinationOfSymbolicLink(atPath: link)) == root
    }

    /// Makes `own` the very socket that lies at `path` now: a worker may put a link there at any time, which would lead the
    /// gallery to other sockets of this machine. False where none is there.
    func keep(_ path: String, as own: String) throws -> Bool {
        let socket = open(path, Self.asPlace | O_NOFOLLOW | O_CLOEXEC)
        guard socket >= 0 else { return false }
        defer { close(socket) }
        let new = "\(own).\(UUID().uuidString)"
        guard linkat(AT_FDCWD, "/proc/self/fd/\(socket)", AT_FDCWD, new, AT_SYMLINK_FOLLOW) == 0 else {
            throw LauncherError.failed("its socket cannot be kept")
        }
        // The worker reaches neither name, so what is seen of them stays true.
        let file = { (path: String) in
            let facts = try? FileManager.default.attributesOfItem(atPath: path)
            return facts?[.type] as? FileAttributeType == .typeSocket ? facts?[.systemFileNumber] as? NSNumber : nil
        }
        let there = file(new)
        guard let there, there != file(own) else {
            unlink(new)
            return there != nil
        }
        guard rename(new, own) == 0 else {
            unlink(new)
            throw LauncherError.failed("its socket cannot be kept")
        }
        return true
    }
}
