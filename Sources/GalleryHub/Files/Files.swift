import Foundation
package import GalleryDatabase
package import GalleryModel
import GitObjects

/// The files of repositories and their versions: git's model, with git's ids, in the database.
///
/// Objects never change, so what was read of a commit is remembered; references and rights are read afresh each time.
package struct Files: Sendable {
    package static let mainReference = "refs/heads/main"
    /// The file that tells what an asset is.
    package static let introduction = "README.md"

    let database: any Database
    let content: Content
    let world: World
    package let limits: RepositoryLimits
    let store: GitStore
    let writer: CommitWriter
    package let collector: GitCollector

    package init(
        database: any Database,
        content: Content,
        world: World,
        limits: RepositoryLimits,
        observers: [ReferenceObserver] = []
    ) {
        self.database = database
        self.content = content
        self.world = world
        self.limits = limits
        let store = GitStore()
        self.store = store
        collector = GitCollector(database: database, store: store)
        writer = CommitWriter(
            store: store,
            limits: limits,
            observers: [{ try RepoCardKeeper(store: store).keep($0, $1) }] + observers
        )
    }

    /// Regular files up to this size lie in the database; those read for every list a little longer.
    static func inlineLimit(for path: GitPath) -> Int {
        RepoCardKeeper.sources.contains(path.text) ? 1 << 20 : 64 << 10
    }

    // MARK: Revisions

    /// What a revision means; throws `RevisionNotFound`.
    package func resolve(_ revision: String, of repo: RepoID, by viewer: Viewer) async throws -> ResolvedRevision {
        try await database.readBriefly { db in
            try find(revision, of: repo, for: .see, by: viewer, db)
        }
    }

    // MARK: Files

    /// One file for its bytes, found by the repository's name. Asking needs the right to read files, or the introduction.
    ///
    /// A file that was asked for before takes one brief read, of rights and reference.
    package func lookUp(
        _ path: String,
        at revision: String,
        kind: RepoKind,
        name: RepoName,
        by viewer: Viewer
    ) async throws -> FileLookup {
        let isWellFormed = PathRules.fault(in: path) == nil
        let known = try await database.readBriefly { db -> FileLookup? in
            switch try locate(kind, name, path, at: revision, by: viewer, db) {
            case .moved(let name): return .moved(name)
            case .version(let facts, let commit):
                let key = GitStore.PathKey(repo: facts.id, commit: commit, path: GitPath(path))
                guard isWellFormed, let entry = store.entries[key], !entry.isFolder else { return nil }
                return .found(ResolvedFile(facts: facts, commit: commit, entry: entry))
            }
        }
        if let known { return known }
        return try await database.read { db in
            switch try locate(kind, name, path, at: revision, by: viewer, db) {
            case .moved(let name): return .moved(name)
            case .version(let facts, let commit):
                guard isWellFormed,
                    let entry = try store.entry(at: GitPath(path), in: commit, of: facts.id, db), !entry.isFolder
                else { throw FilesError.unknownEntry(path: path, commit: commit) }
                return .found(ResolvedFile(facts: facts, commit: commit, entry: entry))
            }
        }
    }

    private enum Location {
        case moved(RepoName)
        case version(RepoFacts, GitOID)
    }

    /// The version whose files the viewer may read.
    private func locate(
        _ kind: RepoKind,
        _ name: RepoName,
        _ path: String,
        at revision: String,
        by viewer: Viewer,
        _ db: any SQLConnection
    ) throws -> Location {
        let branch = Revision.candidates(for: revision).first ?? ""
        guard let (facts, target) = try db.facts(kind: kind, name: name, reference: branch, for: viewer) else {
            guard let location = try db.repo(kind: kind, name: name) else { throw AccessError.notFound(to: viewer) }
            try AccessPolicy.demand(.see, on: db.facts(of: location.id, for: viewer), by: viewer)
            return .moved(location.name)
        }
        try AccessPolicy.demand(path == Self.introduction ? .readCard : .readFiles, on: facts, by: viewer)
        let reach = AccessPolicy.reach(facts, of: viewer)
        if reach != .kept, let target { return .version(facts, target) }
        return .version(facts, try Revision.resolve(revision, of: facts.id, in: reach, db).commit)
    }

    /// The bytes of a file that the viewer was allowed to look up; for files kept in the database.
    package func bytes(of file: ResolvedFile) async throws -> [UInt8] {
        let (repo, oid) = (file.facts.id, file.entry.oid)
        return try await database.read { db in
            guard let body = try db.blobBody(oid, of: repo) else { throw FilesError.damagedObject(oid) }
            return body
        }
    }

    /// A file's text at a revision, up to `limit` bytes; nil when there is none, or it is larger or a large file.
    package func text(
        at path: String,
        revision: String,
        of repo: RepoID,
        by viewer: Viewer,
        limit: Int = 1 << 20
    ) async throws -> String? {
        try await database.read { db in
            let commit = try commit(revision, of: repo, by: viewer, db)
            guard let entry = try store.entry(at: GitPath(path), in: commit, of: repo, db), !entry.isFolder,
                entry.lfs == nil, entry.size <= Int64(limit), let body = try db.blobBody(entry.oid, of: repo)
            else { return nil }
            return String(decoding: body, as: UTF8.self)
        }
    }

    /// One file or folder, or nil; and the commit that was looked at.
    package func entry(
        at path: String,
        revision: String,
        of repo: RepoID,
        by viewer: Viewer
    ) async throws -> (commit: GitOID, entry: FileEntry?) {
        try await database.read { db in
            let commit = try commit(revision, of: repo, by: viewer, db)
            return (commit, try store.entry(at: GitPath(path), in: commit, of: repo, db))
        }
    }

    /// Those of the paths that exist, files and folders, in the order asked.
    package func entries(
        at paths: [String],
        revision: String,
        of repo: RepoID,
        withLastCommit: Bool = false,
        by viewer: Viewer
    ) async throws -> TreePage {
        try await database.read { db in
            let commit = try commit(revision, of: repo, by: viewer, db)
            var entries = try paths.compactMap { path in
                PathRules.fault(in: path) == nil
                    ? try store.entry(at: GitPath(path), in: commit, of: repo, db) : nil
            }
            if withLastCommit { try addLastCommits(to: &entries, commit: commit, of: repo, db) }
            return TreePage(commit: commit, entries: entries, next: nil)
        }
    }

    /// The files and folders in or beneath a folder, in git's order; `EntryNotFound` when there is no such folder.
    package func tree(
        _ folder: String = "",
        revision: String,
        of repo: RepoID,
        recursive: Bool = false,
        withLastCommit: Bool = false,
        cursor: String? = nil,
        limit: Int = 1000,
        by viewer: Viewer
    ) async throws -> TreePage {
        try await database.read { db in
            let place = try cursor.map(TreeCursor.init(text:))
            let commit = try commit(place?.commit.hex ?? revision, of: repo, by: viewer, db)
            let folder = GitPath(folder.split(separator: "/").joined(separator: "/"))
            guard let row = try db.commit(commit, of: repo),
                let top = try store.treeEntry(at: folder, in: row.tree, of: repo, db), top.isFolder
            else { throw FilesError.unknownEntry(path: folder.text, commit: commit) }
            var walk = TreeWalk(store: store, repo: repo, isRecursive: recursive, limit: limit)
            try walk.visit(top.oid, at: folder, after: place?.path.parts.dropFirst(folder.parts.count) ?? [], db)
            var entries = try withFacts(walk.found, of: repo, db)
            if withLastCommit { try addLastCommits(to: &entries, commit: commit, of: repo, db) }
            let next = walk.isCut ? entries.last.map { TreeCursor(commit: commit, path: $0.path).text } : nil
            return TreePage(commit: commit, entries: entries, next: next)
        }
    }

    private func withFacts(
        _ found: [(path: GitPath, entry: TreeEntry)],
        of repo: RepoID,
        _ db: any SQLConnection
    ) throws -> [FileEntry] {
        var unknown: [Int] = []
        var entries = found.enumerated().map { index, file in
            let facts = file.entry.isFolder ? nil : store.knownFacts(of: file.entry.oid, in: repo)
            if facts == nil, !file.entry.isFolder { unknown.append(index) }
            return FileEntry(path: file.path, entry: file.entry, blob: facts)
        }
        guard !unknown.isEmpty else { return entries }
        let facts = try store.facts(of: unknown.map { found[$0].entry.oid }, in: repo, db)
        for index in unknown {
            let (path, entry) = found[index]
            entries[index] = FileEntry(path: path, entry: entry, blob: facts[entry.oid])
        }
        return entries
    }

    /// Sets `lastCommit`, folder by folder.
    func addLastCommits(
        to entries: inout [FileEntry],
        commit: GitOID,
        of repo: RepoID,
        _ db: any SQLConnection
    ) throws {
        guard let start = try db.commit(commit, of: repo)?.foldersAt else { return }
        var commits: [Int: GitOID] = [:]
        let folders = Dictionary(grouping: entries.indices) { entries[$0].path.parent ?? .root }
        for (folder, indexes) in folders {
            let names = indexes.map { GitName(entries[$0].path.lastPart) }
            let found = try FolderHistory.lastCommits(of: names, in: folder, from: start, of: repo, db)
            for (index, name) in zip(indexes, names) { commits[index] = found[name] }
        }
        let summaries = try db.summaries(of: Set(commits.values), in: repo)
        for (index, oid) in commits { entries[index].lastCommit = summaries[oid] }
    }
}
