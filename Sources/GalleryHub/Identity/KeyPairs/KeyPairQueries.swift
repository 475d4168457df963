import Foundation
import GalleryDatabase
import GalleryModel

extension SQLConnection {
    func keyPair(_ accessKey: String) throws -> KeyPair? {
        try row(
            KeyPair.self,
            """
            SELECT access_key, account, name, sealed_secret, created_at, last_used_at
            FROM key_pairs WHERE access_key = \(accessKey)
            """
        )
    }

    func keyPairs(of account: AccountID) throws -> [KeyPair] {
        try rows(
            KeyPair.self,
            """
            SELECT access_key, account, name, sealed_secret, created_at, last_used_at
            FROM key_pairs WHERE account = \(account) ORDER BY created_at DESC, access_key
            """
        )
    }

    func insertKeyPair(_ accessKey: String, of account: AccountID, name: String, sealed: [UInt8], at now: Date) throws {
        try execute(
            """
            INSERT INTO key_pairs (access_key, account, name, sealed_secret, created_at)
            VALUES (\(accessKey), \(account), \(name), \(sealed), \(now))
            """
        )
    }

    func deleteKeyPair(_ accessKey: String) throws {
        try execute("DELETE FROM key_pairs WHERE access_key = \(accessKey)")
    }

    func noteKeyPairUse(_ accessKey: String, at now: Date) throws {
        try execute("UPDATE key_pairs SET last_used_at = \(now) WHERE access_key = \(accessKey)")
    }
}
