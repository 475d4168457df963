package import Foundation
package import GalleryDatabase
package import GalleryModel

/// Versions of the form `1.2.3` for the slice that keeps records of them: their commits live as long as these references.
/// The caller has checked the viewer's rights.
extension Files {
    /// Tags a revision as a version, or takes over the tag of that name; answers the commit. A hidden one keeps the commit
    /// alive where clients do not find it.
    package func addVersion(
        _ number: String,
        at revision: String,
        notes: String,
        isHidden: Bool,
        of repo: RepoID,
        by viewer: Viewer,
        at now: Date,
        _ db: any SQLConnection
    ) throws -> GitOID {
        let account = try viewer.mustBeSignedIn()
        let tag = "refs/tags/" + number
        if let known = try db.reference(tag, of: repo) { return known.target }
        let target = try Revision.resolve(revision, of: repo, db).commit
        if isHidden {
            try dropVersion(number, of: repo, db)
            try db.insertReference(Reference.hidden + number, to: target, by: account.id, of: repo, at: now)
        } else {
            try insert(tag, to: target, message: String(notes.prefix(5000)), by: account, of: repo, at: now, db)
        }
        return target
    }

    /// Makes a tag of a hidden version.
    package func showVersion(
        _ number: String,
        notes: String,
        of repo: RepoID,
        by viewer: Viewer,
        at now: Date,
        _ db: any SQLConnection
    ) throws {
        let account = try viewer.mustBeSignedIn()
        let tag = "refs/tags/" + number
        guard let hidden = try db.reference(Reference.hidden + number, of: repo) else { return }
        try dropVersion(number, of: repo, db)
        guard try db.reference(tag, of: repo) == nil else { return }
        try insert(tag, to: hidden.target, message: String(notes.prefix(5000)), by: account, of: repo, at: now, db)
    }

    /// Ends the tag of a version; its commit is kept where clients do not find it.
    package func hideVersion(
        _ number: String,
        of repo: RepoID,
        by viewer: Viewer,
        at now: Date,
        _ db: any SQLConnection
    ) throws {
        guard let tag = try db.reference("refs/tags/" + number, of: repo) else { return }
        let actor = viewer.account?.id
        _ = try db.deleteReference(tag.name, of: repo)
        try dropVersion(number, of: repo, db)
        try db.insertReference(Reference.hidden + number, to: tag.target, by: actor, of: repo, at: now)
        try writer.tell(
            ReferenceMove(repo: repo, name: tag.name, old: tag.target, new: nil, by: actor, at: now),
            db
        )
    }

    /// Keeps a hidden version no longer.
    package func dropVersion(_ number: String, of repo: RepoID, _ db: any SQLConnection) throws {
        _ = try db.deleteReference(Reference.hidden + number, of: repo)
    }
}
