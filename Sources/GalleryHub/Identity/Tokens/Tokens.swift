import Foundation
import GalleryDatabase
package import GalleryModel

/// Access tokens of one's own.
package struct Tokens: Sendable {
    let database: any Database
    let world: World
    let authentication: Authentication

    private static let most = 200

    /// The only asset a token is to be good for.
    package struct Asset: Sendable, Equatable {
        package var kind: RepoKind
        package var name: RepoName

        package init(kind: RepoKind, name: RepoName) {
            self.kind = kind
            self.name = name
        }
    }

    /// Makes a token, whose text is shown this once; one for a single asset only for an asset the viewer administers.
    package func create(
        _ request: TokenRequest,
        for asset: Asset? = nil,
        by viewer: Viewer
    ) async throws -> IssuedToken {
        let me = try viewer.mustManageAccount()
        var request = request
        request.name = request.name.trimmingCharacters(in: .whitespaces)
        let isNamed = (1...64).contains(request.name.count) && !request.name.unicodeScalars.contains(where: \.isControl)
        guard isNamed, request.name.utf8.count <= 256 else { throw TokenError.invalidName }
        if let expiresAt = request.expiresAt, expiresAt <= world.now() { throw TokenError.alreadyExpired }
        return try await database.write { [world, request] db in
            var request = request
            if let asset {
                guard let place = try db.repo(kind: asset.kind, name: asset.name) else {
                    throw AccessError.notFound(to: viewer)
                }
                try AccessPolicy.demand(.administer, on: db.facts(of: place.id, for: viewer), by: viewer)
                request.repo = place.id
            }
            guard try db.tokenCount(of: me.id) < Self.most else { throw TokenError.tooMany }
            let issued = try db.issueToken(request, to: me.id, world: world)
            try db.audit(
                "token.create",
                on: issued.token.id.rawValue,
                by: me.id,
                detail: ["name": request.name, "scope": request.scope.rawValue, "repo": request.repo?.rawValue ?? ""],
                world: world
            )
            return issued
        }
    }

    package func list(by viewer: Viewer) async throws -> [TokenEntry] {
        let me = try viewer.mustManageAccount()
        return try await database.read { try $0.tokenEntries(of: me.id) }
    }

    /// Revokes one of the viewer's tokens, at once.
    package func revoke(_ id: TokenID, by viewer: Viewer) async throws {
        let me = try viewer.mustManageAccount()
        try await database.write { [world] db in
            guard let token = try db.token(id), token.account == me.id else { throw TokenError.unknown }
            try db.deleteToken(id)
            try db.audit("token.revoke", on: id.rawValue, by: me.id, detail: ["name": token.name], world: world)
        }
        authentication.forget()
    }

    /// The token a request came with, for `whoami`.
    package func token(_ id: TokenID) async throws -> AccessToken? {
        try await database.read { try $0.token(id) }
    }
}

/// What can go wrong with an access token.
package enum TokenError: DomainError, Equatable {
    case invalidName, invalidAsset, alreadyExpired, tooMany, unknown

    package var problem: Problem {
        switch self {
        case .invalidName: .invalid("token-name-invalid", "A token's name has 1 to 64 characters on one line.")
        case .invalidAsset:
            .invalid("token-asset-invalid", "Name the asset as 'owner/name', and its kind as the hub API does.")
        case .alreadyExpired: .invalid("token-expired", "The token would have expired already.")
        case .tooMany: Problem(.conflict, "token-limit", "There can be 200 tokens: revoke one that is no longer used.")
        case .unknown: Problem(.missing, "token-not-found", "There is no such token.")
        }
    }
}
