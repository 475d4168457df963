import GalleryDatabase
package import Foundation
package import GalleryModel
import GitObjects

/// Finds the git objects that no reference leads to: takes them off the repository's account at once, deletes them later.
package struct GitCollector: Sendable {
    let database: any Database
    let store: GitStore

    /// What one round removed.
    package struct Sweep: Sendable, Equatable {
        package var commits = 0
        package var trees = 0
        package var blobs = 0
    }

    /// Sweeps all repositories: deletes objects that nothing leads to and that were stored before `time`.
    package func collect(storedBefore time: Date) async throws -> Sweep {
        var sweep = Sweep()
        var last = RepoID("")
        while true {
            let after = last
            let repos = try await database.read { db in
                try db.values(RepoID.self, "SELECT id FROM repositories WHERE id > \(after) ORDER BY id LIMIT 100")
            }
            for repo in repos {
                try Task.checkCancellation()
                let part = try await collect(repo, storedBefore: time)
                sweep.commits += part.commits
                sweep.trees += part.trees
                sweep.blobs += part.blobs
            }
            guard let next = repos.last else { return sweep }
            last = next
        }
    }

    /// Sweeps one repository. What leads where is found outside of the writing transaction, and again within it should a
    /// reference have moved meanwhile.
    package func collect(_ repo: RepoID, storedBefore time: Date) async throws -> Sweep {
        let early = try await database.read { db in
            (refs: try db.references(of: repo), marks: try Marks(of: repo, store: store, db))
        }
        return try await database.write { db in
            let refs = try db.references(of: repo)
            let marks = try refs == early.refs ? early.marks : Marks(of: repo, store: store, db)
            try credit(repo, marks, db)
            return try sweep(repo, marks, storedBefore: time, db)
        }
    }

    /// Takes what nothing leads to any more off the repository's account, and ends its claim on contents.
    func credit(_ repo: RepoID, _ db: any SQLConnection) throws {
        try credit(repo, Marks(of: repo, store: store, db), db)
    }

    private func credit(_ repo: RepoID, _ marks: Marks, _ db: any SQLConnection) throws {
        var dropped: [BlobFacts] = []
        var kept: Set<SHA256Digest> = []
        var last = Array<UInt8>()
        while true {
            let page = try db.rows(
                BlobFacts.self,
                """
                SELECT oid, size, content, lfs_size FROM git_blobs
                WHERE repo = \(repo) AND is_counted = 1 AND oid > \(last) ORDER BY oid LIMIT 5000
                """
            )
            for blob in page {
                if marks.blobs.contains(blob.oid) {
                    if let content = blob.content { kept.insert(content) }
                } else {
                    dropped.append(blob)
                }
            }
            guard let end = page.last else { break }
            last = end.oid.bytes
        }
        guard !dropped.isEmpty else { return }
        for slice in dropped.slices(of: 500) {
            try db.execute(
                """
                UPDATE git_blobs SET is_counted = 0 WHERE repo = \(repo) AND oid IN (\(values: slice.map(\.oid)))
                """
            )
        }
        _ = try db.addUsedBytes(-dropped.reduce(0) { $0 + $1.logicalSize }, to: repo)
        try db.removeContentReferences(Set(dropped.compactMap(\.content)).subtracting(kept), from: repo)
    }

    private func sweep(
        _ repo: RepoID,
        _ marks: Marks,
        storedBefore time: Date,
        _ db: any SQLConnection
    ) throws -> Sweep {
        var sweep = Sweep()
        // Folders that stay must not be built on folders that go.
        for tree in marks.trees where try db.base(of: tree, in: repo).map({ !marks.trees.contains($0) }) ?? false {
            try db.flatten(tree, to: store.tree(tree, of: repo, in: db).bytes, in: repo)
        }
        let young = try db.oids("git_trees", of: repo, "stored_at >= \(time)")
        var needed = marks.trees.union(young)
        for tree in young {
            var next = try db.base(of: tree, in: repo)
            while let base = next, needed.insert(base).inserted { next = try db.base(of: base, in: repo) }
        }
        sweep.trees = try db.delete("git_trees", of: repo, except: needed, storedBefore: time)
        sweep.blobs = try db.delete("git_blobs", of: repo, except: marks.blobs, storedBefore: time)
        sweep.commits = try db.delete("git_commits", of: repo, except: marks.commits, storedBefore: time)
        if sweep.commits > 0 {
            try db.execute(
                """
                DELETE FROM git_folders WHERE repo = \(repo)
                    AND NOT EXISTS (
                        SELECT 1 FROM git_commits c WHERE c.repo = git_folders.repo AND c.oid = git_folders.revision)
                """
            )
        }
        return sweep
    }
}

/// The objects that the references of a repository lead to.
struct Marks: Sendable {
    private(set) var commits: Set<GitOID> = []
    private(set) var trees: Set<GitOID> = [Tree.empty.oid]
    private(set) var blobs: Set<GitOID> = []

    init(of repo: RepoID, store: GitStore, _ db: any SQLConnection) throws {
        try self.init(of: repo, from: db.references(of: repo).map(\.target), store: store, db)
    }

    init(of repo: RepoID, from targets: [GitOID], store: GitStore, _ db: any SQLConnection) throws {
        var roots: [GitOID] = []
        for target in targets {
            var next: GitOID? = target
            var line: [GitOID] = []
            while let start = next, !commits.contains(start) {
                let page = try db.history(from: start, limit: 1000, of: repo)
                next = nil
                for row in page {
                    guard commits.insert(row.oid).inserted else { break }
                    line.append(row.tree)
                    next = row.parent
                }
                if page.isEmpty { break }
            }
            roots += line.reversed()
        }
        // Oldest first: a folder stored as a difference is then looked at only where it differs.
        for root in roots { try mark(root, of: repo, store, db) }
    }

    private mutating func mark(_ tree: GitOID, of repo: RepoID, _ store: GitStore, _ db: any SQLConnection) throws {
        guard trees.insert(tree).inserted else { return }
        if let row = try db.row("SELECT base, body FROM git_trees WHERE repo = \(repo) AND oid = \(tree)"),
            let base: GitOID = try row.optional("base"), trees.contains(base),
            let changes = try? TreeChange.decode(row.get("body"))
        {
            for change in changes {
                if let entry = change.entry { try mark(entry.mode, entry.oid, of: repo, store, db) }
            }
            return
        }
        let folder = try store.tree(tree, of: repo, in: db)
        for index in 0..<folder.count {
            let entry = folder[index]
            try mark(entry.mode, entry.oid, of: repo, store, db)
        }
    }

    private mutating func mark(
        _ mode: FileMode,
        _ oid: GitOID,
        of repo: RepoID,
        _ store: GitStore,
        _ db: any SQLConnection
    ) throws {
        switch mode {
        case .folder: try mark(oid, of: repo, store, db)
        case .file, .executable, .symbolicLink: blobs.insert(oid)
        case .submodule: break
        }
    }
}

extension SQLConnection {
    fileprivate func base(of tree: GitOID, in repo: RepoID) throws -> GitOID? {
        try value(GitOID.self, "SELECT base FROM git_trees WHERE repo = \(repo) AND oid = \(tree)")
    }

    fileprivate func flatten(_ tree: GitOID, to body: [UInt8], in repo: RepoID) throws {
        try execute(
            "UPDATE git_trees SET base = NULL, steps = 0, body = \(body) WHERE repo = \(repo) AND oid = \(tree)"
        )
    }

    fileprivate func oids(_ table: SQL, of repo: RepoID, _ condition: SQL) throws -> [GitOID] {
        try values(GitOID.self, "SELECT oid FROM \(sql: table) WHERE repo = \(repo) AND \(sql: condition)")
    }

    fileprivate func delete(
        _ table: SQL,
        of repo: RepoID,
        except kept: Set<GitOID>,
        storedBefore time: Date
    ) throws -> Int {
        let doomed = try oids(table, of: repo, "stored_at < \(time)").filter { !kept.contains($0) }
        for slice in doomed.slices(of: 500) {
            try execute("DELETE FROM \(sql: table) WHERE repo = \(repo) AND oid IN (\(values: slice))")
        }
        return doomed.count
    }
}
