import Foundation
import GalleryDatabase
import GalleryHub
package import GalleryModel

/// Secrets on their way from the form that made them to the page that shows them once: tokens, secret keys, passwords.
///
/// A form answers with a redirect, so that loading its page again makes nothing. Until that page is asked for, by the same
/// browser, the secret lies here sealed; it is in no address, cookie or log.
package struct ShownOnce: Sendable {
    /// Long enough for any redirect.
    static let lifetime: Duration = .seconds(120)

    let database: any Database
    let box: SecretBox
    let world: World

    /// Keeps `secret` for the next visit of `page` with the session that has this form token.
    package func keep(_ secret: String, for page: String, session: String?, by viewer: Viewer) async throws {
        let me = try viewer.mustBeSignedIn()
        let (now, sealed) = (world.now(), box.seal(secret, world: world))
        let key = Key(account: me.id, session: session, page: page)
        try await database.write { db in
            try db.sweepShownOnce(at: now)
            try db.keepShownOnce(sealed, key, until: now + Self.lifetime / .seconds(1))
        }
    }

    /// What was kept for this page; nobody is told it a second time.
    package func take(for page: String, session: String?, by viewer: Viewer) async throws -> String? {
        guard let me = viewer.account else { return nil }
        let (now, key) = (world.now(), Key(account: me.id, session: session, page: page))
        guard try await database.read({ db in try db.hasShownOnce(key) }) else { return nil }
        let sealed = try await database.write { db in
            try db.sweepShownOnce(at: now)
            return try db.takeShownOnce(key)
        }
        return try sealed.map { try box.open($0) }
    }

    /// Whose eyes a secret is for.
    fileprivate struct Key: Sendable {
        let account: AccountID
        let session: SHA256Digest
        let page: String

        init(account: AccountID, session: String?, page: String) {
            self.account = account
            self.session = .of((session ?? "").utf8)
            self.page = page
        }
    }
}

extension SQLConnection {
    fileprivate func hasShownOnce(_ key: ShownOnce.Key) throws -> Bool {
        try value(
            Int.self,
            """
            SELECT 1 FROM shown_once
            WHERE account = \(key.account) AND session = \(key.session) AND page = \(key.page)
            """
        ) != nil
    }

    fileprivate func keepShownOnce(_ sealed: [UInt8], _ key: ShownOnce.Key, until end: Date) throws {
        try execute(
            """
            INSERT INTO shown_once (account, session, page, sealed, expires_at)
            VALUES (\(key.account), \(key.session), \(key.page), \(sealed), \(end))
            ON CONFLICT (account, session, page)
            DO UPDATE SET sealed = excluded.sealed, expires_at = excluded.expires_at
            """
        )
    }

    fileprivate func takeShownOnce(_ key: ShownOnce.Key) throws -> [UInt8]? {
        try value(
            [UInt8].self,
            """
            DELETE FROM shown_once
            WHERE account = \(key.account) AND session = \(key.session) AND page = \(key.page)
            RETURNING sealed
            """
        )
    }

    fileprivate func sweepShownOnce(at now: Date) throws {
        try execute("DELETE FROM shown_once WHERE expires_at <= \(now)")
    }
}
