package import Foundation
package import GalleryModel
import GalleryDatabase
package import GitObjects

/// A large file that some version of a repository holds.
package struct LargeFile: Sendable, Equatable {
    package var oid: SHA256Digest
    package var size: Int64
    /// Where it lies in the newest version that has it.
    package var path: GitPath
    package var pushedAt: Date
    /// The branch or tag whose newest version has it; nil when only older versions do.
    package var reference: String?
}

extension Files {
    /// The large files of all kept versions, by hash.
    package func largeFiles(
        of repo: RepoID,
        cursor: String? = nil,
        limit: Int = 100,
        by viewer: Viewer
    ) async throws -> (files: [LargeFile], next: String?) {
        let limit = max(1, min(limit, 1000))
        return try await database.read { db in
            try AccessPolicy.demand(.write, on: db.facts(of: repo, for: viewer), by: viewer)
            let all = try LargeFileSearch(of: repo, store: store, db).found.values.sorted { $0.oid < $1.oid }
            let start = try cursor.map { text in
                guard let oid = SHA256Digest(text) else { throw FilesError.badCursor }
                return oid
            }
            let rest = start.map { oid in all.drop { $0.oid <= oid } } ?? all[...]
            let page = Array(rest.prefix(limit))
            return (page, rest.count > limit ? page.last?.oid.hex : nil)
        }
    }

    /// Deletes large files. With `rewritingHistory` all branches and tags are rewritten as though the files had never been;
    /// without it their pointers stay as plain text. Versions (`1.2.3`) keep their commits and what those hold.
    package func deleteLargeFiles(
        _ digests: Set<SHA256Digest>,
        rewritingHistory: Bool,
        of repo: RepoID,
        by viewer: Viewer
    ) async throws {
        let now = world.now()
        let account = try viewer.mustBeSignedIn()
        try await database.write { db in
            try AccessPolicy.demand(.administer, on: db.facts(of: repo, for: viewer), by: viewer)
            var blobs: Set<GitOID> = []
            for slice in Array(digests).slices(of: 500) {
                blobs.formUnion(
                    try db.values(
                        GitOID.self,
                        """
                        SELECT oid FROM git_blobs
                        WHERE repo = \(repo) AND lfs_size IS NOT NULL AND content IN (\(values: slice))
                        """
                    )
                )
            }
            guard !blobs.isEmpty else { return }
            if rewritingHistory {
                var rewriter = HistoryRewriter(writer: writer, repo: repo, dropping: blobs, at: now)
                for reference in try db.references(of: repo) where !reference.isVersion {
                    let target = try rewriter.rewritten(reference.target, db)
                    guard target != reference.target else { continue }
                    try writer.move(
                        reference.name,
                        from: reference.target,
                        to: target,
                        of: repo,
                        by: account.id,
                        at: now,
                        db
                    )
                }
            } else {
                try release(blobs, of: repo, db)
            }
            try collector.credit(repo, db)
        }
        if !rewritingHistory { store.forgetFiles() }
    }

    /// Turns pointers that no version holds into the text they are.
    private func release(_ blobs: Set<GitOID>, of repo: RepoID, _ db: any SQLConnection) throws {
        var protected: Set<GitOID> = []
        for reference in try db.references(of: repo) where reference.isVersion {
            protected.formUnion(try Marks(of: repo, from: [reference.target], store: store, db).blobs)
        }
        let facts = try db.blobs(blobs.subtracting(protected), of: repo)
        for slice in facts.slices(of: 500) {
            try db.execute(
                """
                UPDATE git_blobs SET content = NULL, lfs_size = NULL, is_counted = 0
                WHERE repo = \(repo) AND oid IN (\(values: slice.map(\.oid)))
                """
            )
        }
        let freed = facts.reduce(Int64(0)) { $0 + $1.logicalSize }
        _ = try db.addUsedBytes(-freed, to: repo)
        try db.removeContentReferences(facts.compactMap(\.content), from: repo)
    }
}

/// Walks all versions, newest first, and notes where each large file was seen first.
private struct LargeFileSearch {
    private(set) var found: [GitOID: LargeFile] = [:]
    private var seen: Set<GitOID> = []

    init(of repo: RepoID, store: GitStore, _ db: any SQLConnection) throws {
        var large: [GitOID: LFSPointer] = [:]
        for row in try db.rows(
            BlobFacts.self,
            """
            SELECT oid, size, content, lfs_size FROM git_blobs
            WHERE repo = \(repo) AND lfs_size IS NOT NULL AND is_counted = 1
            """
        ) {
            large[row.oid] = row.lfs
        }
        for reference in try db.references(of: repo) {
            var next: GitOID? = reference.target
            var visited = 0
            while let start = next, visited < 10_000, found.count < large.count {
                let page = try db.history(from: start, limit: 200, of: repo)
                for row in page {
                    try visit(
                        row.tree,
                        at: .root,
                        commit: row,
                        reference: row.oid == reference.target ? reference.name : nil,
                        large,
                        of: repo,
                        store,
                        db
                    )
                }
                visited += page.count
                next = page.last?.parent
            }
        }
    }

    private mutating func visit(
        _ oid: GitOID,
        at path: GitPath,
        commit: CommitRow,
        reference: String?,
        _ large: [GitOID: LFSPointer],
        of repo: RepoID,
        _ store: GitStore,
        _ db: any SQLConnection
    ) throws {
        guard seen.insert(oid).inserted else { return }
        let tree = try store.tree(oid, of: repo, in: db)
        for index in 0..<tree.count {
            let entry = tree[index]
            if entry.isFolder {
                try visit(
                    entry.oid,
                    at: path.appending(entry.name),
                    commit: commit,
                    reference: reference,
                    large,
                    of: repo,
                    store,
                    db
                )
            } else if found[entry.oid] == nil, let pointer = large[entry.oid] {
                found[entry.oid] = LargeFile(
                    oid: pointer.oid,
                    size: pointer.size,
                    path: path.appending(entry.name),
                    pushedAt: commit.committedAt,
                    reference: reference
                )
            }
        }
    }
}

/// Makes commits anew as though some files had never been in them.
private struct HistoryRewriter {
    let writer: CommitWriter
    let repo: RepoID
    let dropped: Set<GitOID>
    let now: Date
    private var commits: [GitOID: CommitRow] = [:]
    private var trees: [GitOID: GitOID?] = [:]

    init(writer: CommitWriter, repo: RepoID, dropping dropped: Set<GitOID>, at now: Date) {
        self.writer = writer
        self.repo = repo
        self.dropped = dropped
        self.now = now
    }

    /// The commit that takes the place of this one.
    mutating func rewritten(_ oid: GitOID, _ db: any SQLConnection) throws -> GitOID {
        var line: [CommitRow] = []
        var next: GitOID? = oid
        while let start = next, commits[start] == nil {
            let page = try db.history(from: start, limit: 500, of: repo)
            next = nil
            for row in page {
                guard commits[row.oid] == nil else { break }
                line.append(row)
                next = row.parent
            }
            if page.isEmpty { break }
        }
        for row in line.reversed() {
            commits[row.oid] = try rewritten(row, parent: row.parent.flatMap { commits[$0] }, db)
        }
        return commits[oid]?.oid ?? oid
    }

    private mutating func rewritten(
        _ row: CommitRow,
        parent: CommitRow?,
        _ db: any SQLConnection
    ) throws -> CommitRow {
        let tree = try rewrittenTree(row.tree, db) ?? Tree.empty.oid
        if tree == row.tree, parent?.oid == row.parent { return row }
        guard var commit = try? Commit(bytes: row.body) else { throw FilesError.damagedObject(row.oid) }
        commit.tree = tree
        commit.parents = parent.map { [$0.oid] } ?? []
        let (store, repo) = (writer.store, repo)
        let diff = try TreeDiff(from: parent?.tree, to: tree, limit: 0) { try store.tree($0, of: repo, in: db) }
        let new = CommitRow(
            oid: commit.oid,
            tree: tree,
            parent: parent?.oid,
            depth: parent.map { $0.depth + 1 } ?? 0,
            foldersAt: diff.folders.isEmpty ? parent?.foldersAt ?? commit.oid : commit.oid,
            author: row.author,
            committedAt: row.committedAt,
            title: row.title,
            body: commit.bytes
        )
        try db.insert(new, into: repo, at: now)
        if !diff.folders.isEmpty || parent == nil {
            try FolderHistory.note(diff.folders, by: new.oid, after: parent?.foldersAt, of: repo, db)
        }
        return new
    }

    /// Nil when nothing is left in it.
    private mutating func rewrittenTree(_ oid: GitOID, _ db: any SQLConnection) throws -> GitOID? {
        if let known = trees[oid] { return known }
        let tree = try writer.store.tree(oid, of: repo, in: db)
        var changes: [TreeChange] = []
        for index in 0..<tree.count {
            let entry = tree[index]
            if entry.isFolder {
                let new = try rewrittenTree(entry.oid, db)
                if new != entry.oid { changes.append(TreeChange(name: entry.name, entry: new.map { (.folder, $0) })) }
            } else if dropped.contains(entry.oid) {
                changes.append(TreeChange(name: entry.name, entry: nil))
            }
        }
        var result: GitOID? = oid
        if !changes.isEmpty {
            let new = tree.applying(changes)
            result = new.isEmpty ? nil : new.oid
            // Stored whole: what it came from is to go.
            try db.insertTree(new.oid, base: nil, steps: 0, body: new.bytes, into: repo, at: now)
        }
        trees[oid] = .some(result)
        return result
    }
}
