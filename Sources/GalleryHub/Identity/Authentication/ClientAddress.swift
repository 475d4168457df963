import GalleryServing
import NIOCore

extension GalleryContext {
    /// The address at the other end of the connection; "local" where there is none.
    var clientAddress: String { channel.remoteAddress?.ipAddress ?? "local" }
}
