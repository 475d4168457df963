package import Foundation
import GalleryDatabase
import GalleryModel

/// Hands out tokens that last a day for a password or a key pair, as the IAM service does that `gallery-cli` was made for.
package struct TokenExchange: Sendable {
    let database: any Database
    let world: World
    let sessions: Sessions
    let keyPairs: KeyPairs

    /// What somebody shows.
    package enum Proof: Sendable {
        case password(domain: String, user: String, password: String)
        case keyPair(accessKey: String, secretKey: String)
    }

    package struct Exchanged: Sendable {
        package let account: Account
        package let issued: IssuedToken
        package let expiresAt: Date
    }

    private static let lifetime = Duration.seconds(86_400)

    package func exchange(_ proof: Proof, from address: String) async throws -> Exchanged {
        let account = try await holder(of: proof, from: address)
        let now = world.now()
        let expiresAt = now + Self.lifetime.seconds
        let issued = try await database.write { [world] db in
            _ = try db.sweepExpiredTokens(before: now - Self.lifetime.seconds, limit: 100)
            let request = TokenRequest(name: "gallery-cli", scope: .write, origin: .iam, expiresAt: expiresAt)
            return try db.issueToken(request, to: account.id, world: world)
        }
        return Exchanged(account: account, issued: issued, expiresAt: expiresAt)
    }

    private func holder(of proof: Proof, from address: String) async throws -> Account {
        switch proof {
        case .keyPair(let accessKey, let secretKey):
            guard let account = try await keyPairs.holder(accessKey: accessKey, secretKey: secretKey, from: address)
            else {
                throw Self.refused
            }
            return account
        case .password(let domain, let user, let password):
            let account: Account
            do {
                account = try await sessions.verify(name: user, password: password, from: address)
            } catch let problem as Problem where problem.kind == .unauthenticated {
                throw Self.refused
            }
            guard try await isDomain(domain, of: account) else { throw Self.refused }
            return account
        }
    }

    /// One's own name or id, or an organisation one belongs to; empty is one's own.
    private func isDomain(_ domain: String, of account: Account) async throws -> Bool {
        if domain.isEmpty { return true }
        return try await database.read { db in
            guard let owner = try db.account(named: String(domain.prefix(96))) else { return false }
            return try owner.id == account.id || db.membership(of: account.id, in: owner.id) != nil
        }
    }

    private static let refused = Problem(
        .unauthenticated,
        "credentials-refused",
        "The user name, password, domain or access key is not right.",
        members: ["error_code": "IAM.0001", "error_msg": "The user name, password, domain or access key is not right."]
    )
}
