package import Foundation
package import GalleryDatabase
package import GalleryModel

/// A program that waits for a person to let it in, by OAuth's device grant (RFC 8628).
package struct DeviceLogin: Record, Equatable {
    package enum State: String, Sendable, CaseIterable, SQLConvertible {
        case pending, approved, denied
    }

    package let id: String
    /// What the person compares, as in `BCDF-GHJK`.
    package let userCode: String
    package let client: String
    package let state: State
    package let account: AccountID?
    let polledAt: Date
    package let expiresAt: Date

    /// What the person is told is asking: the name behind a client id we know, else what the program called itself.
    package var program: String {
        // The id of huggingface_hub's command line.
        client == "26be6b09-91c5-47da-9861-d2d2bb7a7e36" ? "hf (huggingface_hub)" : client
    }

    package func isExpired(at now: Date) -> Bool { expiresAt <= now }

    static let columns: SQL = "id, user_code, client, state, account, polled_at, expires_at"

    package init(row: Row) throws {
        id = try row.get("id")
        userCode = try row.get("user_code")
        client = try row.get("client")
        state = try row.get("state")
        account = try row.optional("account")
        polledAt = try row.get("polled_at")
        expiresAt = try row.get("expires_at")
    }
}

/// What the program is told first.
package struct StartedDeviceLogin: Sendable {
    package let deviceCode: String
    package let userCode: String
    package let lifetime: Duration
    package let interval: Duration
}

/// An access token with the token that renews it.
package struct DeviceGrant: Sendable {
    package let accessToken: String
    package let refreshToken: String
    package let scope: Scope
    package let lifetime: Duration
}

/// The answers of OAuth's token endpoint that are not a token; the codes are RFC 6749's and RFC 8628's.
package enum DeviceLoginError: DomainError, Equatable {
    case authorizationPending, slowDown, expiredToken, accessDenied, invalidGrant, invalidClient, unsupportedGrantType
    case unknownUserCode

    package var problem: Problem {
        switch self {
        case .authorizationPending: Self.oauth("authorization_pending", "Nobody has confirmed the code yet.")
        case .slowDown: Self.oauth("slow_down", "Ask less often.")
        case .expiredToken: Self.oauth("expired_token", "The code has expired. Start again.")
        case .accessDenied: Self.oauth("access_denied", "The sign-in was denied.")
        case .invalidGrant: Self.oauth("invalid_grant", "This code or refresh token is not, or no longer, valid.")
        case .invalidClient: Self.oauth("invalid_client", "A client_id of at most 128 characters is needed.")
        case .unsupportedGrantType: Self.oauth("unsupported_grant_type", "This grant type is not supported.")
        case .unknownUserCode:
            Problem(
                .missing,
                "device-code-unknown",
                "This code is not, or no longer, valid. Compare it, or start again."
            )
        }
    }

    private static func oauth(_ error: String, _ detail: String) -> Problem {
        Problem(
            .invalid,
            error.replacingOccurrences(of: "_", with: "-"),
            detail,
            members: ["error": error, "error_description": detail]
        )
    }
}
