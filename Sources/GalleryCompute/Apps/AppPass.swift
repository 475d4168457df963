import Foundation
import GalleryModel

/// Lets a browser into one app for a while without a cookie: the pages of people's own programs must not act in the name of
/// whoever looks at them, so they have no origin, and browsers send no cookies from there.
package struct AppPass: Sendable {
    /// So long a page of an app works before it must be loaded again.
    static let lifetime: TimeInterval = 4 * 3600

    private let key: [UInt8]

    package init(key: [UInt8]) { self.key = key }

    /// For the address of the app: until when, and the proof.
    func text(for app: String, until end: Date) -> String {
        let seconds = Int64(end.timeIntervalSince1970)
        return "\(seconds)-\(proof(app, seconds))"
    }

    func admits(_ text: String, to app: String, at now: Date) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let seconds = Int64(parts[0]), String(seconds) == parts[0],
            Double(seconds) > now.timeIntervalSince1970
        else { return false }
        // Compared by their digests, so that time tells nothing of where they differ.
        return SHA256Digest.of(proof(app, seconds).utf8) == SHA256Digest.of(parts[1].utf8)
    }

    private func proof(_ app: String, _ seconds: Int64) -> String {
        HMAC.sha256("\(app) until \(seconds)".utf8, key: key).hex
    }
}
