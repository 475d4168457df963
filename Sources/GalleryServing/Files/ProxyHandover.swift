import Foundation
import GalleryBlobs
import NIOPosix

/// The rule by which nginx sends files in our place: its `internal` location stands for the data folder.
struct ProxyHandover: Sendable {
    /// With slashes at both ends.
    private let location: String
    /// The data folder, with a slash at the end.
    private let root: String

    /// Nil where no proxy is set up for it.
    init?(_ settings: Settings.Storage) {
        guard !settings.accelRedirect.isEmpty else { return nil }
        location = settings.accelRedirect
        let path = URL(fileURLWithPath: settings.root, isDirectory: true).standardizedFileURL.path
        root = path.hasSuffix("/") ? path : path + "/"
    }

    /// Nil where the piece is not a whole file of the data folder.
    func location(of piece: FilePiece, size: Int) async throws -> String? {
        guard piece.offset == 0, piece.length == size, piece.path.hasPrefix(root) else { return nil }
        let path = piece.path
        let length = try await NIOThreadPool.singleton.runIfActive {
            try OpenFile(path).length
        }
        guard length == size else { return nil }
        return location + PercentEncoding.encode(String(path.dropFirst(root.count)), keepingSlashes: true)
    }
}
