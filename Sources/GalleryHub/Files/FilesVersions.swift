package import Foundation
package import GalleryDatabase
package import GalleryModel

/// Versions of the form `1.2.3` for the slice that keeps records of them: their commits live as long as these references.
extension Files {
    /// Tags a revision as a version, or takes over the tag of that name; answers the commit.
    package func addVersion(
        _ number: String,
        at revision: String,
        notes: String,
        of repo: RepoID,
        by viewer: Viewer,
        at now: Date,
        _ db: any SQLConnection
    ) throws -> GitOID {
        let account = try viewer.mustBeSignedIn()
        let name = "refs/tags/" + number
        if let tag = try db.reference(name, of: repo) { return tag.target }
        let target = try Revision.resolve(revision, of: repo, db).commit
        try insert(name, to: target, message: String(notes.prefix(5000)), by: account, of: repo, at: now, db)
        return target
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
        _ = try db.deleteReference(tag.name, of: repo)
        if try db.reference(Reference.hidden + number, of: repo) == nil {
            try db.insertReference(
                Reference.hidden + number,
                to: tag.target,
                by: viewer.account?.id,
                of: repo,
                at: now
            )
        }
        let move = ReferenceMove(
            repo: repo,
            name: tag.name,
            old: tag.target,
            new: nil,
            by: viewer.account?.id,
            at: now
        )
        try writer.tell(move, db)
    }
}
