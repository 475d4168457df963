package import Foundation
package import GalleryDatabase
package import GalleryModel
import GitObjects

/// A reference that was made, moved or deleted.
package struct ReferenceMove: Sendable, Equatable {
    package var repo: RepoID
    /// In full, as in `refs/heads/main`.
    package var name: String
    package var old: GitOID?
    package var new: GitOID?
    package var by: AccountID?
    package var at: Date
}

/// Told of every move in the transaction that makes it; for jobs, webhooks and what is kept in step with main.
package typealias ReferenceObserver = @Sendable (ReferenceMove, any SQLConnection) throws -> Void

/// Makes commits inside a transaction: folders, records of who changed what, the account of bytes, the reference.
struct CommitWriter: Sendable {
    let store: GitStore
    let limits: RepositoryLimits
    let observers: [ReferenceObserver]

    struct Author: Sendable {
        var id: AccountID
        var name: String

        func signature(at now: Date) -> Signature {
            Signature(
                name: name,
                email: "\(name)@users.noreply.gallery",
                seconds: Int64(now.timeIntervalSince1970)
            )
        }
    }

    /// Applies an edit to a version and stores the commit; nil when that changes nothing.
    func commit(
        _ edit: TreeEdit,
        onto parent: CommitRow?,
        message: String,
        by author: Author,
        at now: Date,
        in repo: RepoID,
        _ db: any SQLConnection
    ) throws -> CommitRow? {
        let outcome: TreeEdit.Outcome
        do {
            outcome = try edit.apply(to: parent?.tree) { oid in try store.tree(oid, of: repo, in: db) }
        } catch let conflict as TreeEdit.Conflict {
            throw FilesError(conflict)
        }
        if outcome.isEmpty, parent != nil { return nil }
        try store.insert(outcome.newTrees, into: repo, at: now, in: db)
        return try insert(
            tree: outcome.root,
            parent: parent,
            folders: outcome.folders,
            message: message,
            by: author,
            at: now,
            in: repo,
            db
        )
    }

    /// Stores a commit of folders that are stored already.
    func insert(
        tree: GitOID,
        parent: CommitRow?,
        folders: [TreeEdit.ChangedFolder],
        message: String,
        by author: Author,
        at now: Date,
        in repo: RepoID,
        _ db: any SQLConnection
    ) throws -> CommitRow {
        let signature = author.signature(at: now)
        let commit = Commit(
            tree: tree,
            parents: parent.map { [$0.oid] } ?? [],
            author: signature,
            committer: signature,
            message: message
        )
        let oid = commit.oid
        let row = CommitRow(
            oid: oid,
            tree: tree,
            parent: parent?.oid,
            depth: parent.map { $0.depth + 1 } ?? 0,
            foldersAt: folders.isEmpty ? parent?.foldersAt ?? oid : oid,
            author: author.id,
            committedAt: now,
            title: commit.title,
            body: commit.bytes
        )
        try db.insert(row, into: repo, at: now)
        if !folders.isEmpty || parent == nil {
            try FolderHistory.note(folders, by: oid, after: parent?.foldersAt, of: repo, db)
        }
        return row
    }

    /// Adds blobs to what the repository is charged for, within its quota.
    func charge(_ oids: some Collection<GitOID>, to repo: RepoID, _ db: any SQLConnection) throws {
        let new = try db.count(Set(oids), of: repo)
        guard !new.isEmpty else { return }
        let bytes = new.reduce(Int64(0)) { $0 + $1.logicalSize }
        let used = try db.addUsedBytes(bytes, to: repo)
        let limit = try db.quota(of: repo, limits).repositoryBytes
        if bytes > 0, used > limit { throw FilesError.repositoryFull(limit: limit) }
        try db.addContentReferences(new.compactMap(\.content), to: repo)
    }

    /// Moves a reference and tells the observers.
    func move(
        _ name: String,
        from old: GitOID,
        to new: GitOID,
        of repo: RepoID,
        by account: AccountID?,
        at now: Date,
        _ db: any SQLConnection
    ) throws {
        guard try db.move(name, from: old, to: new, of: repo) else { throw FilesError.stale }
        try tell(ReferenceMove(repo: repo, name: name, old: old, new: new, by: account, at: now), db)
    }

    func tell(_ move: ReferenceMove, _ db: any SQLConnection) throws {
        if move.name == Files.mainReference { try db.touch(move.repo, at: move.at) }
        for observer in observers { try observer(move, db) }
    }
}
