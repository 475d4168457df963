import Foundation
package import GalleryModel
import GalleryDatabase
import GitObjects

/// What became of a commit.
package struct CommitOutcome: Sendable, Equatable {
    package var oid: GitOID
    /// In full, as in `refs/heads/main`.
    package var reference: String
    /// False when nothing had to change, so that `oid` is the commit that was there.
    package var isNew: Bool
    package var title: String
}

extension Files {
    /// Starts a commit to a branch, given as `main`, `refs/heads/main` or `refs/pr/1`. `parent` is the start of the id of the
    /// commit that the branch must still point to.
    package func draft(
        on branch: String,
        of repo: RepoID,
        by viewer: Viewer,
        parent: String? = nil
    ) async throws -> CommitDraft {
        let limits = limits
        let (reference, limit) = try await database.read { db in
            let facts = try db.facts(of: repo, for: viewer)
            let reference = try Revision.branch(branch, of: repo, facts: facts, viewer: viewer, db)
            try Self.check(parent: parent, against: reference.target)
            return (reference, try db.quota(of: repo, limits).fileBytes)
        }
        return CommitDraft(
            files: self,
            repo: repo,
            reference: reference.name,
            viewer: viewer,
            account: try viewer.mustBeSignedIn(),
            parent: parent.flatMap { $0.isEmpty ? nil : $0 },
            fileLimit: limit
        )
    }

    /// Applies a draft to what the branch holds now, whole or not at all.
    package func commit(_ draft: CommitDraft, title: String, description: String = "") async throws -> CommitOutcome {
        let now = world.now()
        let message = Self.message(title, description)
        return try await database.write { db in
            let facts = try db.facts(of: draft.repo, for: draft.viewer)
            let reference = try Revision.branch(draft.reference, of: draft.repo, facts: facts, viewer: draft.viewer, db)
            try Self.check(parent: draft.parent, against: reference.target)
            guard let head = try db.commit(reference.target, of: draft.repo) else {
                throw FilesError.damagedObject(reference.target)
            }
            try db.insert(draft.pending, into: draft.repo, at: now)
            let (edit, oids) = try edit(of: draft, at: now, db)
            let author = CommitWriter.Author(id: draft.account.id, name: draft.account.name)
            guard
                let commit = try writer.commit(
                    edit,
                    onto: head,
                    message: message,
                    by: author,
                    at: now,
                    in: draft.repo,
                    db
                )
            else {
                return CommitOutcome(oid: head.oid, reference: reference.name, isNew: false, title: head.title)
            }
            try writer.charge(oids, to: draft.repo, db)
            try writer.move(
                reference.name,
                from: head.oid,
                to: commit.oid,
                of: draft.repo,
                by: author.id,
                at: now,
                db
            )
            return CommitOutcome(oid: commit.oid, reference: reference.name, isNew: true, title: commit.title)
        }
    }

    /// The draft as an edit, and the blobs it uses; large files are checked and get their pointers.
    private func edit(of draft: CommitDraft, at now: Date, _ db: any SQLConnection) throws -> (TreeEdit, [GitOID]) {
        let pointers = try pointers(of: draft, db)
        try db.insert(Set(pointers.values).map(NewBlob.init(pointer:)), into: draft.repo, at: now)
        let edit = TreeEdit()
        var oids: [GitOID] = []
        do {
            for operation in draft.operations {
                switch operation {
                case .put(let path, let oid):
                    try edit.put(path, oid: oid)
                    oids.append(oid)
                case .putLarge(let path, let digest, _):
                    guard let pointer = pointers[digest] else { throw FilesError.unknownLargeFiles([digest]) }
                    let oid = GitObjectKind.blob.id(of: pointer.bytes)
                    try edit.put(path, oid: oid)
                    oids.append(oid)
                case .delete(let path): try edit.delete(path)
                }
            }
        } catch let conflict as TreeEdit.Conflict {
            throw FilesError(conflict)
        }
        return (edit, oids)
    }

    /// Pointers for the large files of a draft, all of which the viewer must be able to show or have uploaded.
    private func pointers(of draft: CommitDraft, _ db: any SQLConnection) throws -> [SHA256Digest: LFSPointer] {
        let large = draft.operations.compactMap { operation in
            if case .putLarge(let path, let digest, let size) = operation { (path, digest, size) } else { nil }
        }
        guard !large.isEmpty else { return [:] }
        let digests = Set(large.map(\.1))
        let usable = try db.mayUse(digests, by: draft.viewer, in: draft.repo)
        let sizes = try db.contentSizes(of: usable)
        let unknown = digests.filter { sizes[$0] == nil }
        guard unknown.isEmpty else { throw FilesError.unknownLargeFiles(unknown.sorted()) }
        let limit = try db.quota(of: draft.repo, limits).fileBytes
        for (path, digest, stated) in large {
            let size = Int64(sizes[digest] ?? 0)
            if let stated, stated != size {
                throw FilesError.wrongSize(path: path.text, expected: size, stated: stated)
            }
            guard size <= limit else { throw FilesError.fileTooLarge(path: path.text, limit: limit) }
        }
        return sizes.reduce(into: [:]) { $0[$1.key] = LFSPointer(oid: $1.key, size: Int64($1.value)) }
    }

    /// Clients may send only the start of an id.
    static func check(parent: String?, against head: GitOID) throws {
        guard let parent, !parent.isEmpty else { return }
        guard parent.utf8.count >= 5, head.hex.hasPrefix(parent.lowercased()) else { throw FilesError.stale }
    }

    static func message(_ title: String, _ description: String) -> String {
        let title = String(title.prefix(500)).replacingLineBreaks()
        let head = title.isEmpty ? "Update files" : title
        return description.isEmpty ? head : head + "\n\n" + String(description.prefix(20_000))
    }
}

extension String {
    fileprivate func replacingLineBreaks() -> String {
        String(map { $0.isNewline || $0 == "\0" ? " " : $0 })
    }
}
