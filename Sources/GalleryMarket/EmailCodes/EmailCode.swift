import Foundation
import GalleryDatabase
package import GalleryModel

/// What a code that was sent by e-mail lets somebody do.
package enum EmailCodePurpose: String, Sendable, Codable, CaseIterable, SQLConvertible {
    /// Make the address it was sent to one's own.
    case address
    /// Choose a new password.
    case password
}

/// A code that was sent, of which only a hash is kept.
struct EmailCode: Record, Equatable {
    let id: String
    let account: AccountID
    let purpose: EmailCodePurpose
    let email: String
    let hash: SHA256Digest
    let triesLeft: Int
    let createdAt: Date
    let expiresAt: Date

    init(row: Row) throws {
        id = try row.get("id")
        account = try row.get("account")
        purpose = try row.get("purpose")
        email = try row.get("email")
        hash = try row.get("hash")
        triesLeft = try row.get("tries_left")
        createdAt = try row.get("created_at")
        expiresAt = try row.get("expires_at")
    }

    /// How many tries a code allows; six digits and five tries leave a guesser one chance in 200,000.
    static let tries = 5
    static let digits = 6
    static let lifetime = Duration.seconds(15 * 60)
    /// Between two codes for one account.
    static let pause = Duration.seconds(60)
    /// Codes in an hour, for one account as for one address.
    static let mostPerHour = 5
}

/// What can go wrong with a code.
package enum EmailCodeError: DomainError, Equatable {
    case wrong(triesLeft: Int)
    case none
    case tooSoon(seconds: Int)
    case tooMany

    package var problem: Problem {
        switch self {
        case .wrong(let triesLeft):
            .invalid(
                "email-code-wrong",
                triesLeft > 0
                    ? "The code is not right. Compare it with the latest mail and try again."
                    : "The code is not right, too often: have a new one sent."
            )
        case .none:
            .invalid("email-code-expired", "There is no code that could still be used: have a new one sent.")
        case .tooSoon(let seconds):
            Problem(
                .throttled,
                "email-code-too-soon",
                "A code was sent a moment ago. Look into the mailbox, or try again in a minute.",
                retryAfter: seconds
            )
        case .tooMany:
            Problem(
                .throttled,
                "email-code-limit",
                "Too many codes were sent there. Try again in an hour.",
                retryAfter: 3600
            )
        }
    }
}
