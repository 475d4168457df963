package import Foundation
package import GalleryDatabase
import GalleryHub
package import GalleryModel

/// A README that somebody is still writing: kept for them alone until they save or drop it.
package struct IntroductionDraft: Record, Equatable {
    package var text: String
    /// The git id of the README that it began with; nil where there was none.
    package var base: GitOID?
    package var savedAt: Date

    package init(row: Row) throws {
        text = try row.get("text")
        base = try row.optional("base")
        savedAt = try row.get("saved_at")
    }
}

extension Assets {
    package func draft(of asset: Asset, by viewer: Viewer) async throws -> IntroductionDraft? {
        guard let account = viewer.account else { return nil }
        return try await database.read { db in try db.introductionDraft(of: asset.id, by: account.id) }
    }

    /// Keeps the text as it stands. Only who may write has drafts.
    package func keepDraft(_ text: String, base: GitOID?, of asset: Asset, by viewer: Viewer) async throws {
        let (account, now) = (try viewer.mustBeSignedIn(), world.now())
        guard text.utf8.count <= Self.editLimit else { throw AssetError.draftTooLarge }
        try await database.write { db in
            try AccessPolicy.demand(.write, on: db.facts(of: asset.id, for: viewer), by: viewer)
            try db.keepIntroductionDraft(text, base: base, of: asset.id, by: account.id, at: now)
        }
    }

    package func dropDraft(of asset: Asset, by viewer: Viewer) async throws {
        let account = try viewer.mustBeSignedIn()
        try await database.write { db in
            try AccessPolicy.demand(.write, on: db.facts(of: asset.id, for: viewer), by: viewer)
            try db.dropIntroductionDraft(of: asset.id, by: account.id)
        }
    }
}

extension SQLConnection {
    fileprivate func introductionDraft(of repo: RepoID, by account: AccountID) throws -> IntroductionDraft? {
        try row(
            IntroductionDraft.self,
            "SELECT text, base, saved_at FROM introduction_drafts WHERE repo = \(repo) AND account = \(account)"
        )
    }

    fileprivate func keepIntroductionDraft(
        _ text: String,
        base: GitOID?,
        of repo: RepoID,
        by account: AccountID,
        at now: Date
    ) throws {
        try execute(
            """
            INSERT INTO introduction_drafts (repo, account, text, base, saved_at)
            VALUES (\(repo), \(account), \(text), \(base), \(now))
            ON CONFLICT (repo, account) DO UPDATE SET text = excluded.text, base = excluded.base, saved_at = excluded.saved_at
            """
        )
    }

    fileprivate func dropIntroductionDraft(of repo: RepoID, by account: AccountID) throws {
        try execute("DELETE FROM introduction_drafts WHERE repo = \(repo) AND account = \(account)")
    }
}
