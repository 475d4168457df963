import Foundation
import GalleryDatabase
package import GalleryModel

/// Sign-in of programs by a code that a person confirms in the browser.
package struct DeviceLogins: Sendable {
    let database: any Database
    let world: World
    let guesses: Guesses
    let authentication: Authentication

    private static let codeLifetime = Duration.seconds(900)
    private static let interval = Duration.seconds(5)
    private static let tokenLifetime = Duration.seconds(30 * 86_400)
    private static let refreshLifetime = Duration.seconds(90 * 86_400)
    private static let mostPending = 10_000
    /// Without vowels, so that no words come out, and without what looks alike.
    private static let letters = Array("BCDFGHJKLMNPQRSTVWXZ".utf8)

    package func begin(client: String) async throws -> StartedDeviceLogin {
        guard (1...128).contains(client.utf8.count), !client.unicodeScalars.contains(where: \.isControl) else {
            throw DeviceLoginError.invalidClient
        }
        let deviceCode = Secret.alphanumeric(48, world: world)
        let code = String(decoding: Secret.draw(8, from: Self.letters, world: world), as: UTF8.self)
        let userCode = "\(code.prefix(4))-\(code.suffix(4))"
        let id = world.newID()
        try await database.write { [world] db in
            let now = world.now()
            try db.sweepDeviceLogins(before: now)
            guard try db.pendingDeviceLogins() < Self.mostPending else { throw Self.tooManyPending }
            try db.insertDeviceLogin(
                id: id,
                deviceHash: SHA256Digest.of(deviceCode.utf8),
                userCode: userCode,
                client: client,
                expiresAt: now + Self.codeLifetime.seconds,
                at: now
            )
        }
        return StartedDeviceLogin(
            deviceCode: deviceCode,
            userCode: userCode,
            lifetime: Self.codeLifetime,
            interval: Self.interval
        )
    }

    /// The waiting program with this code, for the person to look at.
    package func pending(userCode: String, by viewer: Viewer) async throws -> DeviceLogin {
        let me = try viewer.mustManageAccount()
        let attempt = Guesses.Attempt.userCode(me.id)
        try await guesses.begin(attempt)
        let now = world.now()
        let code = Self.normalized(userCode)
        let login = try await database.read { try $0.deviceLogin(userCode: code) }
        guard let login, login.state == .pending, !login.isExpired(at: now) else {
            throw DeviceLoginError.unknownUserCode
        }
        try await guesses.forgive(attempt)
        return login
    }

    /// Lets the program in as the viewer, or turns it away.
    package func decide(userCode: String, approve: Bool, by viewer: Viewer) async throws {
        let login = try await pending(userCode: userCode, by: viewer)
        let me = try viewer.mustManageAccount()
        try await database.write { [world] db in
            guard let login = try db.deviceLogin(userCode: login.userCode), login.state == .pending,
                !login.isExpired(at: world.now())
            else { throw DeviceLoginError.unknownUserCode }
            try db.decideDeviceLogin(login.id, state: approve ? .approved : .denied, account: me.id)
            try db.audit(
                approve ? "device.approve" : "device.deny",
                on: login.id,
                by: me.id,
                detail: ["client": login.client],
                world: world
            )
        }
    }

    /// What a polling program gets: its tokens, once, or an error that says whether to go on asking.
    package func claim(deviceCode: String, client: String) async throws -> DeviceGrant {
        let hash = SHA256Digest.of(deviceCode.prefix(256).utf8)
        let outcome = try await database.write { [world] db -> Result<DeviceGrant, DeviceLoginError> in
            let now = world.now()
            guard let login = try db.deviceLogin(deviceHash: hash), login.client == client else {
                return .failure(.expiredToken)
            }
            guard !login.isExpired(at: now) else { return .failure(.expiredToken) }
            switch login.state {
            case .pending:
                let isEarly = now.timeIntervalSince(login.polledAt) < Self.interval.seconds - 1
                try db.noteDevicePoll(login.id, at: now)
                return .failure(isEarly ? .slowDown : .authorizationPending)
            case .denied:
                try db.deleteDeviceLogin(login.id)
                return .failure(.accessDenied)
            case .approved:
                try db.deleteDeviceLogin(login.id)
                guard let id = login.account, let account = try db.account(id), account.maySignIn else {
                    return .failure(.accessDenied)
                }
                return .success(try Self.grant(to: id, name: "hf-cli", scope: .write, client: client, in: db, world))
            }
        }
        return try outcome.get()
    }

    /// New tokens for a refresh token, which is spent by it; the old access token runs out within the hour.
    package func renew(refreshToken: String, client: String) async throws -> DeviceGrant {
        let hash = SHA256Digest.of(refreshToken.prefix(256).utf8)
        let grant = try await database.write { [world] db in
            let now = world.now()
            guard let token = try db.renewable(hash, client: client, at: now),
                let account = try db.account(token.account), account.maySignIn
            else { throw DeviceLoginError.invalidGrant }
            try db.deleteRefreshToken(hash)
            try db.shortenToken(token.id, to: now + 3600)
            return try Self.grant(to: account.id, name: token.name, scope: token.scope, client: client, in: db, world)
        }
        authentication.forget()
        return grant
    }

    private static func grant(
        to account: AccountID,
        name: String,
        scope: Scope,
        client: String,
        in db: any SQLConnection,
        _ world: World
    ) throws -> DeviceGrant {
        let now = world.now()
        let request = TokenRequest(
            name: name,
            scope: scope,
            origin: .device,
            expiresAt: now + tokenLifetime.seconds
        )
        let issued = try db.issueToken(request, to: account, world: world)
        let refreshToken = "hfr_" + Secret.alphanumeric(48, world: world)
        try db.insertRefreshToken(
            SHA256Digest.of(refreshToken.utf8),
            renews: issued.token.id,
            client: client,
            expiresAt: now + refreshLifetime.seconds
        )
        return DeviceGrant(
            accessToken: issued.text,
            refreshToken: refreshToken,
            scope: scope,
            lifetime: tokenLifetime
        )
    }

    /// However people type it: any case, with or without the hyphen.
    static func normalized(_ userCode: String) -> String {
        let letters = userCode.prefix(64).uppercased().filter { $0.isASCII && $0.isLetter }
        return "\(letters.prefix(4))-\(letters.dropFirst(4))"
    }

    private static let tooManyPending = Problem(
        .unavailable,
        "device-logins-busy",
        "Too many sign-ins are waiting. Try again in some minutes.",
        retryAfter: 60
    )
}
