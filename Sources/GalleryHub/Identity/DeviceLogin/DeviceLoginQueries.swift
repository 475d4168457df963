import Foundation
import GalleryDatabase
import GalleryModel

extension SQLConnection {
    func insertDeviceLogin(
        id: String,
        deviceHash: SHA256Digest,
        userCode: String,
        client: String,
        expiresAt: Date,
        at now: Date
    ) throws {
        try execute(
            """
            INSERT INTO device_logins (id, device_hash, user_code, client, state, created_at, polled_at, expires_at)
            VALUES (\(id), \(deviceHash), \(userCode), \(client), 'pending', \(now), 0, \(expiresAt))
            """
        )
    }

    func deviceLogin(deviceHash: SHA256Digest) throws -> DeviceLogin? {
        try row(
            DeviceLogin.self,
            "SELECT \(sql: DeviceLogin.columns) FROM device_logins WHERE device_hash = \(deviceHash)"
        )
    }

    func deviceLogin(userCode: String) throws -> DeviceLogin? {
        try row(
            DeviceLogin.self,
            "SELECT \(sql: DeviceLogin.columns) FROM device_logins WHERE user_code = \(userCode)"
        )
    }

    func pendingDeviceLogins() throws -> Int {
        try value(Int.self, "SELECT COUNT(*) FROM device_logins WHERE state = 'pending'") ?? 0
    }

    func decideDeviceLogin(_ id: String, state: DeviceLogin.State, account: AccountID) throws {
        try execute("UPDATE device_logins SET state = \(state), account = \(account) WHERE id = \(id)")
    }

    func noteDevicePoll(_ id: String, at now: Date) throws {
        try execute("UPDATE device_logins SET polled_at = \(now) WHERE id = \(id)")
    }

    func deleteDeviceLogin(_ id: String) throws { try execute("DELETE FROM device_logins WHERE id = \(id)") }

    func sweepDeviceLogins(before: Date) throws {
        try execute("DELETE FROM device_logins WHERE expires_at < \(before)")
    }

    func insertRefreshToken(_ hash: SHA256Digest, renews token: TokenID, client: String, expiresAt: Date) throws {
        try execute(
            """
            INSERT INTO refresh_tokens (hash, token, client, expires_at)
            VALUES (\(hash), \(token), \(client), \(expiresAt))
            """
        )
    }

    /// What a refresh token renews; nil once it is used or expired.
    func renewable(_ hash: SHA256Digest, client: String, at now: Date) throws -> AccessToken? {
        try row(
            AccessToken.self,
            """
            SELECT \(sql: AccessToken.columns)
            FROM refresh_tokens JOIN access_tokens ON access_tokens.id = refresh_tokens.token
            WHERE refresh_tokens.hash = \(hash) AND refresh_tokens.client = \(client)
                AND refresh_tokens.expires_at > \(now)
            """
        )
    }

    func deleteRefreshToken(_ hash: SHA256Digest) throws {
        try execute("DELETE FROM refresh_tokens WHERE hash = \(hash)")
    }

    /// Lets a replaced token run out soon instead of at once, for processes that still hold it.
    func shortenToken(_ id: TokenID, to expiry: Date) throws {
        try execute(
            """
            UPDATE access_tokens SET expires_at = \(expiry)
            WHERE id = \(id) AND (expires_at IS NULL OR expires_at > \(expiry))
            """
        )
    }
}
