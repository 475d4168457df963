package import Foundation
package import GalleryDatabase
package import GalleryModel

/// An access key and its secret key (AK/SK), for signing in without a password.
package struct KeyPair: Record, Equatable {
    package let accessKey: String
    package let account: AccountID
    package let name: String
    let sealedSecret: [UInt8]
    package let createdAt: Date
    package let lastUsedAt: Date?

    package init(row: Row) throws {
        accessKey = try row.get("access_key")
        account = try row.get("account")
        name = try row.get("name")
        sealedSecret = try row.get("sealed_secret")
        createdAt = try row.get("created_at")
        lastUsedAt = try row.optional("last_used_at")
    }
}

/// A new pair, the only time its secret key is shown.
package struct IssuedKeyPair: Sendable {
    package let pair: KeyPair
    package let secretKey: String
}

/// What can go wrong with a key pair.
package enum KeyPairError: DomainError, Equatable {
    case invalidName, tooMany, unknown

    package var problem: Problem {
        switch self {
        case .invalidName: .invalid("key-name-invalid", "A key pair's name has 1 to 64 characters on one line.")
        case .tooMany: Problem(.conflict, "key-limit", "There can be 20 key pairs: delete one that is no longer used.")
        case .unknown: Problem(.missing, "key-not-found", "There is no such key pair.")
        }
    }
}
