package import Foundation
package import GalleryModel

/// What an upload token says: who may put bytes where, until when.
package struct XetTicket: Sendable, Equatable, Codable {
    package var account: AccountID
    /// Whose xorbs it may use and add to.
    package var namespace: AccountID
    package var repo: RepoID
    package var isForWriting: Bool
    /// Seconds since 1970.
    package var expiry: Int

    private enum CodingKeys: String, CodingKey {
        case account = "a"
        case namespace = "n"
        case repo = "r"
        case isForWriting = "w"
        case expiry = "e"
    }
}

/// Makes tokens out of tickets and back; nothing is stored, the signature proves them.
package struct XetTickets: Sendable {
    /// Long enough for clients, which renew a minute before the end; short, since rights are looked at only when it is made.
    package static let lifetime = 15 * 60

    private static let prefix = "xet_"
    private let key: [UInt8]

    package init(key: [UInt8]) {
        self.key = key
    }

    package func token(for ticket: XetTicket) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let body = Hex.encode(try encoder.encode(ticket))
        return "\(Self.prefix)\(body).\(signature(of: body))"
    }

    package func ticket(of token: String, at now: Date) throws -> XetTicket {
        guard token.utf8.count < 4096, token.hasPrefix(Self.prefix) else { throw XetError.badTicket }
        let parts = token.dropFirst(Self.prefix.count).split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, Secret.equal(parts[1].utf8, signature(of: String(parts[0])).hex.utf8),
            let body = Hex.decode(String(parts[0])),
            let ticket = try? JSONDecoder().decode(XetTicket.self, from: Data(body)),
            Double(ticket.expiry) > now.timeIntervalSince1970
        else { throw XetError.badTicket }
        return ticket
    }

    private func signature(of body: String) -> SHA256Digest { HMAC.sha256(body.utf8, key: key) }
}
