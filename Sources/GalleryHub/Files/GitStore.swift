import Foundation
import GalleryDatabase
import GalleryModel
import GitObjects

/// Reads and writes the git objects of repositories, and remembers what was read lately.
///
/// A folder is stored whole, or as what differs from an earlier one: a commit in a folder of 100,000 files costs its
/// change, not the folder.
struct GitStore: Sendable {
    struct BlobKey: Hashable, Sendable {
        var repo: RepoID
        var oid: GitOID
    }

    struct PathKey: Hashable, Sendable {
        var repo: RepoID
        var commit: GitOID
        var path: GitPath
    }

    /// Where a chain of differences ends at the latest.
    private static let maximumSteps = 48

    private let trees = LRUCache<GitOID, Tree>(limit: 96 << 20)
    private let blobs = LRUCache<BlobKey, BlobFacts>(limit: 100_000)
    let entries = LRUCache<PathKey, FileEntry>(limit: 50_000)

    // MARK: Folders

    /// A folder of the repository. Its id has to come from the repository itself.
    func tree(_ oid: GitOID, of repo: RepoID, in db: any SQLConnection) throws -> Tree {
        if oid == Tree.empty.oid { return .empty }
        if let tree = trees[oid] { return tree }
        var steps: [[UInt8]] = []
        var next = oid
        while true {
            if let base = trees[next] { return try rebuild(oid, from: base, steps) }
            guard steps.count <= Self.maximumSteps,
                let row = try db.row("SELECT base, body FROM git_trees WHERE repo = \(repo) AND oid = \(next)")
            else { throw FilesError.damagedObject(oid) }
            let body: [UInt8] = try row.get("body")
            guard let base: GitOID = try row.optional("base") else {
                guard let tree = try? Tree(bytes: body) else { throw FilesError.damagedObject(next) }
                remember(tree, as: next)
                return try rebuild(oid, from: tree, steps)
            }
            steps.append(body)
            next = base
        }
    }

    private func rebuild(_ oid: GitOID, from base: Tree, _ steps: [[UInt8]]) throws -> Tree {
        var tree = base
        for step in steps.reversed() {
            guard let changes = try? TreeChange.decode(step) else { throw FilesError.damagedObject(oid) }
            tree = tree.applying(changes)
        }
        if !steps.isEmpty { remember(tree, as: oid) }
        return tree
    }

    func remember(_ tree: Tree, as oid: GitOID) { trees.set(oid, to: tree, cost: tree.footprint) }

    /// Stores folders that an edit made.
    func insert(_ new: [TreeEdit.NewTree], into repo: RepoID, at now: Date, in db: any SQLConnection) throws {
        for folder in new {
            var base: GitOID?
            var steps = 0
            let delta = TreeChange.encode(folder.changes)
            if let candidate = folder.base, folder.tree.bytes.count > 4096, delta.count < folder.tree.bytes.count / 8,
                let before = try db.value(
                    Int.self,
                    "SELECT steps FROM git_trees WHERE repo = \(repo) AND oid = \(candidate)"
                ),
                before < Self.maximumSteps
            {
                base = candidate
                steps = before + 1
            }
            try db.insertTree(
                folder.oid,
                base: base,
                steps: steps,
                body: base == nil ? folder.tree.bytes : delta,
                into: repo,
                at: now
            )
        }
    }

    // MARK: Files

    /// Forgets what blobs stand for, where that has changed.
    func forgetFiles() {
        blobs.removeAll()
        entries.removeAll()
    }

    /// What is remembered of a blob; nil also for one that was not asked for lately.
    func knownFacts(of oid: GitOID, in repo: RepoID) -> BlobFacts? { blobs[BlobKey(repo: repo, oid: oid)] }

    /// What is known of blobs, by id; unknown ones are left out.
    func facts(of oids: some Sequence<GitOID>, in repo: RepoID, _ db: any SQLConnection) throws -> [GitOID: BlobFacts] {
        var result: [GitOID: BlobFacts] = [:]
        var missing: [GitOID] = []
        for oid in oids where result[oid] == nil {
            if let facts = blobs[BlobKey(repo: repo, oid: oid)] {
                result[oid] = facts
            } else {
                missing.append(oid)
            }
        }
        for facts in try db.blobs(missing, of: repo) {
            result[facts.oid] = facts
            blobs.set(BlobKey(repo: repo, oid: facts.oid), to: facts)
        }
        return result
    }

    /// The entry at a path of a version; nil when there is none. The root is a folder.
    func treeEntry(at path: GitPath, in root: GitOID, of repo: RepoID, _ db: any SQLConnection) throws -> TreeEntry? {
        var entry = TreeEntry(name: GitName([]), mode: .folder, oid: root)
        for part in path.parts {
            guard entry.isFolder, let next = try tree(entry.oid, of: repo, in: db).entry(named: part) else {
                return nil
            }
            entry = next
        }
        return entry
    }

    /// The file or folder at a path of a commit, from memory where it was asked for before.
    func entry(at path: GitPath, in commit: GitOID, of repo: RepoID, _ db: any SQLConnection) throws -> FileEntry? {
        let key = PathKey(repo: repo, commit: commit, path: path)
        if let entry = entries[key] { return entry }
        guard let row = try db.commit(commit, of: repo),
            let entry = try treeEntry(at: path, in: row.tree, of: repo, db)
        else { return nil }
        let facts = entry.isFolder ? nil : try facts(of: [entry.oid], in: repo, db)[entry.oid]
        let file = FileEntry(path: path, entry: entry, blob: facts)
        entries.set(key, to: file)
        return file
    }
}
