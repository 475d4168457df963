package import Foundation
package import GalleryDatabase
package import GalleryModel
import GitObjects

/// Pull requests, as far as they are versions; who may do what with them is for the discussions to say.
extension Files {
    /// The reference of a pull request.
    package static func pullReference(_ number: Int) -> String { "refs/pr/\(number)" }

    /// Opens the reference of a pull request at a branch; returns the branch's full name. Throws `RevisionNotFound` for what
    /// is not a branch.
    @discardableResult
    package func beginPull(
        _ number: Int,
        from branch: String = "main",
        of repo: RepoID,
        by account: AccountID,
        at now: Date,
        _ db: any SQLConnection
    ) throws -> String {
        let name = Revision.branchName(branch)
        guard let base = try db.reference(name, of: repo) else { throw FilesError.unknownRevision(branch) }
        let pull = Self.pullReference(number)
        try db.insertReference(pull, to: base.target, by: account, of: repo, at: now)
        try writer.tell(ReferenceMove(repo: repo, name: pull, old: nil, new: base.target, by: account, at: now), db)
        return name
    }

    /// The paths that a pull request and its target changed differently; empty when it can be merged.
    package func conflicts(
        ofPull number: Int,
        into target: String = Files.mainReference,
        of repo: RepoID,
        _ db: any SQLConnection
    ) throws -> [String] {
        let (ours, theirs, base) = try sides(number, target, of: repo, db)
        return try merge(ours: ours, theirs: theirs.tree, base: base, of: repo, db).conflicts.map(\.text)
    }

    /// Brings a pull request's changes to its target as one commit; returns that commit.
    package func mergePull(
        _ number: Int,
        into target: String = Files.mainReference,
        title: String,
        description: String = "",
        of repo: RepoID,
        by account: Viewer.Account,
        at now: Date,
        _ db: any SQLConnection
    ) throws -> GitOID {
        let (ours, theirs, base) = try sides(number, target, of: repo, db)
        let merge = try merge(ours: ours, theirs: theirs.tree, base: base, of: repo, db)
        guard merge.conflicts.isEmpty else { throw FilesError.mergeConflict(merge.conflicts.map(\.text)) }
        let message = Self.message(title, description)
        return try apply(merge.steps, onto: ours, of: target, message: message, in: repo, by: account, at: now, db)
    }

    /// What a pull request changes, and the commits that are in it and not in its target, oldest first.
    package func pullDifference(
        _ number: Int,
        into target: String = Files.mainReference,
        of repo: RepoID,
        by viewer: Viewer
    ) async throws -> (difference: VersionDifference, commits: [CommitSummary]) {
        try await database.read { db in
            let facts = try db.facts(of: repo, for: viewer)
            try AccessPolicy.demand(.readFiles, on: facts, by: viewer)
            guard AccessPolicy.reach(facts, of: viewer) != .kept else {
                throw FilesError.unknownRevision("refs/pr/\(number)")
            }
            let (_, theirs, base) = try sides(number, target, of: repo, db)
            let count = theirs.depth - (base?.depth ?? -1)
            let rows = count > 0 ? try db.history(from: theirs.oid, limit: min(count, 1000), of: repo) : []
            return (
                try difference(from: base?.oid, to: theirs.oid, of: repo, limit: 300, db),
                try db.summaries(of: rows.reversed())
            )
        }
    }

    /// Undoes one commit on a branch, by a new commit; files changed since are a conflict.
    package func revert(
        _ commit: String,
        on branch: String,
        of repo: RepoID,
        by viewer: Viewer
    ) async throws -> CommitOutcome {
        let now = world.now()
        let account = try viewer.mustBeSignedIn()
        return try await database.write { db in
            let facts = try db.facts(of: repo, for: viewer)
            let reference = try Revision.branch(branch, of: repo, facts: facts, viewer: viewer, db)
            guard let undone = try db.commit(Revision.resolve(commit, of: repo, db).commit, of: repo),
                let head = try db.commit(reference.target, of: repo)
            else { throw FilesError.unknownRevision(commit) }
            guard let before = try undone.parent.flatMap({ try db.commit($0, of: repo) }) else {
                throw FilesError.nothingToRevert
            }
            let merge = try merge(ours: head, theirs: before.tree, base: undone, of: repo, db)
            guard merge.conflicts.isEmpty else { throw FilesError.mergeConflict(merge.conflicts.map(\.text)) }
            let message = Self.message("Revert \"\(undone.title)\"", "This reverts commit \(undone.oid).")
            let oid = try apply(
                merge.steps,
                onto: head,
                of: reference.name,
                message: message,
                in: repo,
                by: account,
                at: now,
                db
            )
            return CommitOutcome(
                oid: oid,
                reference: reference.name,
                isNew: oid != head.oid,
                title: Commit.title(of: message)
            )
        }
    }

    /// Replaces the history of a branch by one commit with the same files. Versions keep their commits.
    package func squash(_ branch: String, message: String, of repo: RepoID, by viewer: Viewer) async throws -> GitOID {
        let now = world.now()
        let account = try viewer.mustBeSignedIn()
        return try await database.write { db in
            let facts = try db.facts(of: repo, for: viewer)
            let reference = try Revision.branch(branch, of: repo, facts: facts, viewer: viewer, db)
            guard let head = try db.commit(reference.target, of: repo) else {
                throw FilesError.damagedObject(reference.target)
            }
            // A pull request still has to know where it left main.
            let base =
                try reference.name.hasPrefix("refs/pr/")
                ? db.reference(Self.mainReference, of: repo).flatMap { try db.commit($0.target, of: repo) }
                    .flatMap { try mergeBase(head, $0, of: repo, db) } : nil
            let diff = try base.map { base in
                try TreeDiff(from: base.tree, to: head.tree, limit: 0) { try store.tree($0, of: repo, in: db) }
            }
            let text = Self.message(message, "")
            let author = CommitWriter.Author(id: account.id, name: account.name)
            let commit = try writer.insert(
                tree: head.tree,
                parent: base,
                folders: diff?.folders ?? [],
                message: text,
                by: author,
                at: now,
                in: repo,
                db
            )
            guard commit.oid != head.oid else { return head.oid }
            try writer.move(
                reference.name,
                from: head.oid,
                to: commit.oid,
                of: repo,
                by: account.id,
                at: now,
                db
            )
            try collector.credit(repo, db)
            return commit.oid
        }
    }

    private func sides(
        _ number: Int,
        _ target: String,
        of repo: RepoID,
        _ db: any SQLConnection
    ) throws -> (ours: CommitRow, theirs: CommitRow, base: CommitRow?) {
        let pull = Self.pullReference(number)
        guard let theirs = try db.reference(pull, of: repo).flatMap({ try db.commit($0.target, of: repo) }) else {
            throw FilesError.unknownRevision(pull)
        }
        guard let ours = try db.reference(target, of: repo).flatMap({ try db.commit($0.target, of: repo) }) else {
            throw FilesError.unknownRevision(target)
        }
        return (ours, theirs, try mergeBase(ours, theirs, of: repo, db))
    }

    /// The last commit that both have in their history; nil when they share none.
    private func mergeBase(
        _ first: CommitRow,
        _ second: CommitRow,
        of repo: RepoID,
        _ db: any SQLConnection
    ) throws -> CommitRow? {
        var (first, second) = (first, second)
        while first.oid != second.oid {
            let deeper = first.depth >= second.depth ? first : second
            guard let parent = try deeper.parent.flatMap({ try db.commit($0, of: repo) }) else { return nil }
            if first.depth >= second.depth { first = parent } else { second = parent }
        }
        return first
    }

    private func merge(
        ours: CommitRow,
        theirs: GitOID,
        base: CommitRow?,
        of repo: RepoID,
        _ db: any SQLConnection
    ) throws -> TreeMerge {
        try TreeMerge(base: base?.tree, ours: ours.tree, theirs: theirs) { try store.tree($0, of: repo, in: db) }
    }

    private func apply(
        _ steps: [TreeMerge.Step],
        onto head: CommitRow,
        of reference: String,
        message: String,
        in repo: RepoID,
        by account: Viewer.Account,
        at now: Date,
        _ db: any SQLConnection
    ) throws -> GitOID {
        let edit = TreeEdit()
        do {
            for step in steps {
                switch step {
                case .put(let path, let mode, let oid): try edit.put(path, mode: mode, oid: oid)
                case .delete(let path): try edit.delete(path)
                }
            }
        } catch {
            throw FilesError(error)
        }
        let author = CommitWriter.Author(id: account.id, name: account.name)
        let commit = try writer.commit(edit, onto: head, message: message, by: author, at: now, in: repo, db)
        guard let commit else { return head.oid }
        try chargeReachable(steps, of: repo, db)
        try writer.move(reference, from: head.oid, to: commit.oid, of: repo, by: account.id, at: now, db)
        return commit.oid
    }

    /// What comes from history is charged already, unless it had been let go of.
    private func chargeReachable(_ steps: [TreeMerge.Step], of repo: RepoID, _ db: any SQLConnection) throws {
        var oids: [GitOID] = []
        for case .put(_, let mode, let oid) in steps {
            if mode == .folder {
                let diff = try TreeDiff(from: nil, to: oid) { try store.tree($0, of: repo, in: db) }
                oids += diff.files.compactMap(\.new?.oid)
            } else {
                oids.append(oid)
            }
        }
        try writer.charge(oids, to: repo, db)
    }
}
