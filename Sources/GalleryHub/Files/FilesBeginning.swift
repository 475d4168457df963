package import Foundation
package import GalleryDatabase
package import GalleryModel
import GitObjects

extension Files {
    /// Gives a new repository its first commit, in the transaction that makes it.
    package func begin(
        _ repo: RepoID,
        kind: RepoKind,
        by account: Viewer.Account,
        at now: Date,
        _ db: any SQLConnection
    ) throws {
        let text = kind == .dataset ? GitAttributes.datasetText : GitAttributes.initialText
        let blob = NewBlob(inline: Array(text.utf8))
        try db.insert([blob], into: repo, at: now)
        let edit = TreeEdit()
        try edit.put(GitPath(".gitattributes"), oid: blob.facts.oid)
        let author = CommitWriter.Author(id: account.id, name: account.name)
        // The client's tests look for this title: do not reword it.
        let commit = try writer.commit(edit, onto: nil, message: "initial commit", by: author, at: now, in: repo, db)
        guard let commit else { return }
        try writer.charge([blob.facts.oid], to: repo, db)
        try db.insertReference(Self.mainReference, to: commit.oid, by: account.id, of: repo, at: now)
        try writer.tell(
            ReferenceMove(repo: repo, name: Self.mainReference, old: nil, new: commit.oid, by: account.id, at: now),
            db
        )
    }
}
