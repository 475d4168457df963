import Foundation
package import GalleryDatabase
package import GalleryModel

extension SQLConnection {
    /// Makes a token for `account` in the running transaction; its text is in the answer and nowhere else.
    package func issueToken(_ request: TokenRequest, to account: AccountID, world: World) throws -> IssuedToken {
        // Hub clients drop tokens that are shorter than 37 characters or hold anything but letters and digits.
        let text = "hf_" + Secret.alphanumeric(40, world: world)
        let row = try row(
            AccessToken.self,
            """
            INSERT INTO access_tokens (id, account, name, origin, hash, hint, scope, repo, created_at, expires_at)
            VALUES (
                \(world.newID()), \(account), \(request.name), \(request.origin), \(SHA256Digest.of(text.utf8)),
                \(String(text.suffix(4))), \(request.scope), \(request.repo), \(world.now()), \(request.expiresAt))
            RETURNING \(sql: AccessToken.columns)
            """
        )
        guard let row else { throw DatabaseError.unexpectedValue(column: "id") }
        return IssuedToken(text: text, token: row)
    }

    func tokenEntries(of account: AccountID) throws -> [TokenEntry] {
        try rows(
            TokenEntry.self,
            """
            SELECT \(sql: AccessToken.columns), r.kind AS asset_kind, r.name AS asset_name, a.name AS asset_owner
            FROM access_tokens
            LEFT JOIN repositories r ON r.id = access_tokens.repo
            LEFT JOIN accounts a ON a.id = r.owner
            WHERE access_tokens.account = \(account)
            ORDER BY access_tokens.created_at DESC, access_tokens.id DESC
            """
        )
    }

    func tokenCount(of account: AccountID) throws -> Int {
        try value(Int.self, "SELECT COUNT(*) FROM access_tokens WHERE account = \(account)") ?? 0
    }

    func token(_ id: TokenID) throws -> AccessToken? {
        try row(AccessToken.self, "SELECT \(sql: AccessToken.columns) FROM access_tokens WHERE id = \(id)")
    }

    /// The token with this hash together with its account: what every request asks.
    func tokenHolder(_ hash: SHA256Digest) throws -> (token: AccessToken, account: Account)? {
        let row = try row(
            """
            SELECT \(sql: AccessToken.columns), \(sql: Account.columns)
            FROM access_tokens JOIN accounts ON accounts.id = access_tokens.account
            WHERE access_tokens.hash = \(hash)
            """
        )
        return try row.map { try (AccessToken(row: $0), Account(row: $0)) }
    }

    @discardableResult
    func deleteToken(_ id: TokenID) throws -> Bool {
        try execute("DELETE FROM access_tokens WHERE id = \(id)") > 0
    }

    func deleteTokens(of account: AccountID) throws {
        try execute("DELETE FROM access_tokens WHERE account = \(account)")
    }

    /// Drops tokens made by programs that expired some while ago and cannot be renewed, a few at a time.
    func sweepExpiredTokens(before: Date, limit: Int) throws -> Int {
        try execute(
            """
            DELETE FROM access_tokens WHERE id IN (
                SELECT id FROM access_tokens
                WHERE expires_at < \(before) AND origin IN ('iam', 'device')
                    AND NOT EXISTS (
                        SELECT 1 FROM refresh_tokens
                        WHERE refresh_tokens.token = access_tokens.id AND refresh_tokens.expires_at > \(before))
                LIMIT \(limit))
            """
        )
    }

    func noteTokenUse(_ uses: [TokenID: Date]) throws {
        for (id, at) in uses.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            try execute("UPDATE access_tokens SET last_used_at = \(at) WHERE id = \(id)")
        }
    }
}
