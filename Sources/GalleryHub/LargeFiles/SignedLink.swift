import Foundation
import GalleryModel

/// An address that carries its own right: clients send no token to the addresses of the LFS protocol, so each is signed,
/// says what it is good for, and expires.
struct SignedLink: Sendable, Equatable {
    enum Purpose: String, Sendable {
        case upload, part, complete, verify, download
    }

    /// A number of seconds that is exact in every type it passes through.
    private static let latestExpiry = 1 << 50

    var purpose: Purpose
    /// The content's hash or the upload's id, as it stands in the path.
    var subject: String
    /// Everything else that the signature binds.
    var fields: [String: String]
    var expiry: Date

    /// The query that makes an address good.
    func query(key: [UInt8]) -> String {
        var items = fields
        items["expires"] = String(Int(expiry.timeIntervalSince1970))
        items["signature"] = signature(key)
        return items.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "&")
    }

    /// The link that a request shows. Throws `LargeFilesError.badLink` unless it was signed by us and is still good.
    static func read(
        _ purpose: Purpose,
        subject: String,
        query: [(String, String)],
        key: [UInt8],
        now: Date
    ) throws(LargeFilesError) -> SignedLink {
        var items = Dictionary(query, uniquingKeysWith: { first, _ in first })
        guard let text = items.removeValue(forKey: "signature"), let signature = SHA256Digest(text),
            let expiry = items.removeValue(forKey: "expires").flatMap({ Int($0) }),
            (0...Self.latestExpiry).contains(expiry)
        else { throw .badLink }
        let link = SignedLink(
            purpose: purpose,
            subject: subject,
            fields: items,
            expiry: Date(timeIntervalSince1970: Double(expiry))
        )
        guard Secret.equal(link.digest(key).bytes, signature.bytes) else { throw .badLink }
        guard now < link.expiry else { throw .linkExpired }
        return link
    }

    private func signature(_ key: [UInt8]) -> String { digest(key).hex }

    private func digest(_ key: [UInt8]) -> SHA256Digest {
        // Fields come from a query, so no part can hold a line break that was not in it: each is length-prefixed anyway.
        let parts =
            [purpose.rawValue, subject, String(Int(expiry.timeIntervalSince1970))]
            + fields.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
        return HMAC.sha256(parts.map { "\($0.utf8.count):\($0)" }.joined().utf8, key: key)
    }
}
