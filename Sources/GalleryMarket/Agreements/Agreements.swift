package import GalleryDatabase
import GalleryHub
package import GalleryModel

/// The agreements: their texts, which operators edit, and who accepted which version.
package struct Agreements: Sendable {
    let database: any Database
    let world: World

    package init(database: any Database, world: World) {
        self.database = database
        self.world = world
    }

    /// The texts that hold now, in the order in which they are shown.
    package func current(for occasion: AgreementOccasion) async throws -> [Agreement] {
        try await database.read { db in try occasion.kinds.map { try db.agreement($0) } }
    }

    /// The text that holds now, or an earlier version of it.
    package func agreement(_ kind: AgreementKind, version: Int? = nil) async throws -> Agreement {
        try await database.read { db in
            guard let version else { return try db.agreement(kind) }
            guard let agreement = try db.agreement(kind, version: version) else {
                throw AgreementError.unknownVersion(kind, version)
            }
            return agreement
        }
    }

    /// Those for the occasion that the viewer has not accepted in their present version.
    package func missing(for occasion: AgreementOccasion, by viewer: Viewer) async throws -> [Agreement] {
        try await database.read { db in
            let account = try viewer.mustBeSignedIn()
            return try Self.missing(for: occasion, by: account.id, db)
        }
    }

    /// Accepts the present versions: for an occasion, or just so.
    package func accept(
        _ kinds: [AgreementKind],
        on occasion: AgreementOccasion? = nil,
        by viewer: Viewer
    ) async throws {
        try await database.write { db in
            try accept(kinds, on: occasion, for: nil, by: viewer.mustBeSignedIn().id, db)
        }
    }

    /// Throws unless all that the occasion takes is accepted with it, each time anew; records that it was.
    package func demand(
        _ occasion: AgreementOccasion,
        accepting kinds: [AgreementKind],
        for repo: RepoID,
        by account: AccountID,
        _ db: any SQLConnection
    ) throws {
        let missing = occasion.kinds.filter { !kinds.contains($0) }
        guard missing.isEmpty else { throw AgreementError.notAccepted(missing) }
        try accept(occasion.kinds, on: occasion, for: repo, by: account, db)
    }

    /// Whether all has been accepted before.
    static func isComplete(_ occasion: AgreementOccasion, by account: AccountID, _ db: any SQLConnection) throws -> Bool
    {
        try missing(for: occasion, by: account, db).isEmpty
    }

    /// Puts a new version in force; for operators.
    package func edit(
        _ kind: AgreementKind,
        chinese: Agreement.Text,
        english: Agreement.Text,
        by viewer: Viewer
    ) async throws -> Agreement {
        let now = world.now()
        for text in [chinese, english] {
            guard (1...120).contains(text.title.count), (1...100_000).contains(text.body.count) else {
                throw AgreementError.badText
            }
        }
        return try await database.write { db in
            let account = try Self.mustKeep(viewer)
            let agreement = Agreement(
                kind: kind,
                version: try db.agreement(kind).version + 1,
                chinese: chinese,
                english: english,
                createdAt: now
            )
            try db.insert(agreement, by: account.id)
            try db.audit(
                "agreement.edit",
                on: kind.rawValue,
                by: account.id,
                detail: ["version": String(agreement.version)],
                world: world
            )
            return agreement
        }
    }

    /// Who keeps the texts.
    static func mustKeep(_ viewer: Viewer) throws -> Viewer.Account {
        let account = try viewer.mustBeSignedIn()
        guard account.role == .admin, viewer.scope.includes(.write), viewer.onlyRepo == nil else {
            throw Problem.notYours
        }
        return account
    }

    private static func missing(
        for occasion: AgreementOccasion,
        by account: AccountID,
        _ db: any SQLConnection
    ) throws -> [Agreement] {
        try occasion.kinds.map { try db.agreement($0) }.filter { try !db.hasAccepted($0, account) }
    }

    private func accept(
        _ kinds: [AgreementKind],
        on occasion: AgreementOccasion?,
        for repo: RepoID?,
        by account: AccountID,
        _ db: any SQLConnection
    ) throws {
        for kind in Set(kinds) {
            let agreement = try db.agreement(kind)
            try db.accept(agreement, by: account, at: world.now())
            try db.record(agreement, on: occasion, for: repo, by: account, as: world.newID(), at: world.now())
        }
    }
}
