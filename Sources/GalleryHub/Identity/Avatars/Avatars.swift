import Foundation
import GalleryDatabase
package import GalleryModel
package import GalleryServing

/// How large a picture of an account is handed out, for 32, 64 and 128 points on a fine screen.
package enum AvatarSize: String, Sendable, CaseIterable {
    case small, medium, large

    package var side: Int {
        switch self {
        case .small: 64
        case .medium: 128
        case .large: 256
        }
    }
}

/// The pictures that people and organisations show of themselves.
package struct Avatars: Sendable {
    let database: any Database
    let world: World

    /// Takes a picture, cut square and drawn anew, in place of the one before; for `organization` if its admin asks.
    package func replace(
        of organization: String? = nil,
        with bytes: [UInt8],
        crop: PictureWorkshop.Crop = .middle,
        by viewer: Viewer
    ) async throws -> Account {
        // Rights come before the work.
        _ = try await database.read { try Self.owner(organization, by: viewer, $0) }
        let drawn = try await PictureWorkshop.webp(
            of: bytes,
            crop: crop,
            sizes: AvatarSize.allCases.map { PictureSize($0.side, $0.side) }
        )
        guard drawn.count == AvatarSize.allCases.count else { throw PictureError.unreadable }
        let name = String(SHA256Digest.of(drawn.joined()).hex.prefix(32))
        return try await change(organization, by: viewer) { db, account, world in
            try db.setPicture(name, drawn, of: account.id, at: world.now())
        }
    }

    /// Goes back to the drawing.
    package func remove(of organization: String? = nil, by viewer: Viewer) async throws -> Account {
        try await change(organization, by: viewer) { db, account, _ in try db.deletePicture(of: account.id) }
    }

    /// The bytes of a picture that is in use.
    package func picture(_ name: String, _ size: AvatarSize) async throws -> [UInt8]? {
        try await database.read { try $0.picture(name, size) }
    }

    private func change(
        _ organization: String?,
        by viewer: Viewer,
        _ body: @escaping @Sendable (any SQLConnection, Account, World) throws -> Void
    ) async throws -> Account {
        try await database.write { [world] db in
            let account = try Self.owner(organization, by: viewer, db)
            try body(db, account, world)
            guard let changed = try db.account(account.id) else { throw AccountError.unknown(account.name) }
            return changed
        }
    }

    /// Whose picture it is: one's own, or that of an organisation one administers.
    private static func owner(_ organization: String?, by viewer: Viewer, _ db: any SQLConnection) throws -> Account {
        let me = try viewer.mustManageAccount()
        if let organization {
            let account = try db.organization(named: organization)
            try db.mustAdminister(account, me)
            return account
        }
        guard let account = try db.account(me.id) else { throw AccountError.unknown(me.name) }
        return account
    }
}

extension SQLConnection {
    fileprivate func setPicture(_ name: String, _ drawn: [[UInt8]], of account: AccountID, at now: Date) throws {
        try execute("DELETE FROM account_pictures WHERE account = \(account)")
        try execute(
            """
            INSERT INTO account_pictures (account, name, small, medium, large, created_at)
            VALUES (\(account), \(name), \(drawn[0]), \(drawn[1]), \(drawn[2]), \(now))
            """
        )
        try execute("UPDATE accounts SET picture = \(name), updated_at = \(now) WHERE id = \(account)")
    }

    fileprivate func deletePicture(of account: AccountID) throws {
        try execute("DELETE FROM account_pictures WHERE account = \(account)")
        try execute("UPDATE accounts SET picture = '' WHERE id = \(account)")
    }

    fileprivate func picture(_ name: String, _ size: AvatarSize) throws -> [UInt8]? {
        let column: SQL =
            switch size {
            case .small: "small"
            case .medium: "medium"
            case .large: "large"
            }
        return try value(
            [UInt8].self,
            "SELECT \(sql: column) FROM account_pictures WHERE name = \(name) LIMIT 1"
        )
    }
}
