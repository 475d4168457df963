import Foundation
package import GalleryModel
import GalleryDatabase
package import GitObjects

/// A file that differs between two versions, as it is shown.
package struct FileDifference: Sendable, Equatable {
    package var path: GitPath
    package var old: FileEntry?
    package var new: FileEntry?
    /// How the text changed, in the unified form that `git diff` prints; only the head lines for what is not text.
    package var patch: String
}

/// What leads from one version to another.
package struct VersionDifference: Sendable, Equatable {
    package var from: GitOID?
    package var to: GitOID
    package var files: [FileDifference]
    /// Whether more files differ than are listed.
    package var isCut: Bool

    package var patch: String { files.map(\.patch).joined() }
}

extension Files {
    /// The commits that lead to a revision, newest first.
    package func history(
        of repo: RepoID,
        from revision: String = "main",
        cursor: String? = nil,
        limit: Int = 50,
        by viewer: Viewer
    ) async throws -> CommitPage {
        let limit = max(1, min(limit, 1000))
        return try await database.read { db in
            let head = try commit(revision, of: repo, by: viewer, db)
            // The cursor is the commit that the next page starts with.
            let start = try cursor.map { text in
                guard GitOID(text) != nil else { throw FilesError.badCursor }
                return try commit(text, of: repo, by: viewer, db)
            }
            let rows = try db.history(from: start ?? head, limit: limit + 1, of: repo)
            guard let total = try db.commit(head, of: repo).map({ $0.depth + 1 }), !rows.isEmpty else {
                throw FilesError.badCursor
            }
            return CommitPage(
                commits: try db.summaries(of: Array(rows.prefix(limit))),
                total: total,
                next: rows.count > limit ? rows.last?.oid.hex : nil
            )
        }
    }

    /// One commit.
    package func commit(_ revision: String, of repo: RepoID, by viewer: Viewer) async throws -> CommitSummary {
        try await database.read { db in
            let oid = try commit(revision, of: repo, by: viewer, db)
            guard let summary = try db.summaries(of: [oid], in: repo)[oid] else {
                throw FilesError.unknownRevision(revision)
            }
            return summary
        }
    }

    /// What differs between two revisions; from the commit before `to` when `from` is not given. Texts need the right to read
    /// files.
    package func difference(
        from old: String? = nil,
        to new: String,
        of repo: RepoID,
        limit: Int = 300,
        by viewer: Viewer
    ) async throws -> VersionDifference {
        try await database.read { db in
            guard let to = try db.commit(commit(new, of: repo, for: .readFiles, by: viewer, db), of: repo) else {
                throw FilesError.unknownRevision(new)
            }
            let from = try old.map { try commit($0, of: repo, for: .readFiles, by: viewer, db) } ?? to.parent
            return try difference(from: from, to: to.oid, of: repo, limit: limit, db)
        }
    }

    func difference(
        from old: GitOID?,
        to new: GitOID,
        of repo: RepoID,
        limit: Int,
        _ db: any SQLConnection
    ) throws -> VersionDifference {
        let oldTree = try old.flatMap { try db.commit($0, of: repo)?.tree }
        guard let newTree = try db.commit(new, of: repo)?.tree else { throw FilesError.damagedObject(new) }
        let diff = try TreeDiff(from: oldTree, to: newTree, limit: max(1, limit)) {
            try store.tree($0, of: repo, in: db)
        }
        let oids = diff.files.flatMap { [$0.old?.oid, $0.new?.oid] }.compactMap(\.self)
        let facts = try store.facts(of: oids, in: repo, db)
        var budget = 2 << 20
        let files = try diff.files.map { change in
            let entries = [change.old, change.new].map { entry in
                entry.map { FileEntry(path: change.path, entry: $0, blob: facts[$0.oid]) }
            }
            let patch = try patch(change, facts, of: repo, budget: &budget, db)
            return FileDifference(path: change.path, old: entries[0], new: entries[1], patch: patch)
        }
        return VersionDifference(from: old, to: new, files: files, isCut: diff.isCut)
    }

    private func patch(
        _ change: FileChange,
        _ facts: [GitOID: BlobFacts],
        of repo: RepoID,
        budget: inout Int,
        _ db: any SQLConnection
    ) throws -> String {
        func text(_ entry: TreeEntry?) throws -> [UInt8]? {
            guard let entry else { return [] }
            // A pointer is shown as it stands in git; what lies in the content store is too large to be shown.
            guard let blob = facts[entry.oid], blob.size <= 1 << 18, Int(blob.size) <= budget else { return nil }
            budget -= Int(blob.size)
            return try db.blobBody(entry.oid, of: repo)
        }
        return try TextDiff.patch(
            path: change.path.text,
            oldID: change.old?.oid,
            newID: change.new?.oid,
            oldMode: change.old?.mode,
            newMode: change.new?.mode,
            old: text(change.old),
            new: text(change.new)
        )
    }
}
