package import Foundation
package import GalleryDatabase
package import GalleryModel

/// Identifies an access token without being one.
package struct TokenID: TextID, SQLConvertible {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
}

/// A credential for programs; the token itself is shown once and kept only as a hash.
package struct AccessToken: Record, Equatable {
    /// How it came about.
    package enum Origin: String, Sendable, Codable, CaseIterable, SQLConvertible {
        case personal, `operator`, device, iam
    }

    package let id: TokenID
    package let account: AccountID
    package let name: String
    package let origin: Origin
    /// The token's last four characters, by which people tell theirs apart.
    package let hint: String
    package let scope: Scope
    /// The only repository it is good for, if it is bound to one.
    package let repo: RepoID?
    package let createdAt: Date
    package let expiresAt: Date?
    package let lastUsedAt: Date?

    package func isExpired(at now: Date) -> Bool { expiresAt.map { $0 <= now } ?? false }

    static let columns: SQL = """
        access_tokens.id AS token_id, access_tokens.account AS token_account, access_tokens.name AS token_name,
        access_tokens.origin, access_tokens.hint, access_tokens.scope, access_tokens.repo,
        access_tokens.created_at AS token_created_at, access_tokens.expires_at, access_tokens.last_used_at
        """

    package init(row: Row) throws {
        id = try row.get("token_id")
        account = try row.get("token_account")
        name = try row.get("token_name")
        origin = try row.get("origin")
        hint = try row.get("hint")
        scope = try row.get("scope")
        repo = try row.optional("repo")
        createdAt = try row.get("token_created_at")
        expiresAt = try row.optional("expires_at")
        lastUsedAt = try row.optional("last_used_at")
    }
}

/// A token in its owner's list, with the asset it is bound to by its name of today.
package struct TokenEntry: Record, Equatable {
    package let token: AccessToken
    /// Nil where it is bound to none, or the asset is gone.
    package let asset: Tokens.Asset?

    package init(row: Row) throws {
        token = try AccessToken(row: row)
        if let kind = try row.optional("asset_kind", as: RepoKind.self) {
            asset = try .init(kind: kind, name: RepoName(owner: row.get("asset_owner"), name: row.get("asset_name")))
        } else {
            asset = nil
        }
    }
}

/// A new token, the only time its text is known.
package struct IssuedToken: Sendable {
    package let text: String
    package let token: AccessToken
}

/// What a token is asked for.
package struct TokenRequest: Sendable {
    package var name: String
    package var scope: Scope
    package var repo: RepoID?
    package var origin: AccessToken.Origin
    package var expiresAt: Date?

    package init(
        name: String,
        scope: Scope,
        repo: RepoID? = nil,
        origin: AccessToken.Origin = .personal,
        expiresAt: Date? = nil
    ) {
        self.name = name
        self.scope = scope
        self.repo = repo
        self.origin = origin
        self.expiresAt = expiresAt
    }
}
