package import GalleryModel

/// A file that differs between two versions.
package struct FileChange: Sendable, Equatable {
    package var path: GitPath
    package var old: TreeEntry?
    package var new: TreeEntry?
}

/// Compares versions, reading only folders that differ.
package struct TreeDiff {
    private let load: (GitOID) throws -> Tree
    private let limit: Int
    package private(set) var files: [FileChange] = []
    package private(set) var folders: [TreeEdit.ChangedFolder] = []
    /// Whether there was more than the limit.
    package private(set) var isCut = false

    /// `limit` bounds the files that are listed; folders are listed all.
    package init(from old: GitOID?, to new: GitOID, limit: Int = .max, load: @escaping (GitOID) throws -> Tree) throws {
        self.load = load
        self.limit = limit
        try compare(old, new, at: .root)
    }

    private mutating func compare(_ old: GitOID?, _ new: GitOID?, at path: GitPath) throws {
        guard old != new else { return }
        let before = try old.map(load) ?? .empty
        let after = try new.map(load) ?? .empty
        let changes = before.changes(to: after)
        if new != nil {
            folders.append(
                TreeEdit.ChangedFolder(
                    path: path,
                    isNew: before.isEmpty,
                    names: changes.lazy.filter { $0.entry != nil }.map(\.name)
                )
            )
        }
        for change in changes {
            let was = before.entry(named: change.name)
            let place = path.appending(change.name)
            let (wasFolder, isFolder) = (was?.isFolder == true, change.entry?.mode == .folder)
            if wasFolder || isFolder {
                try compare(wasFolder ? was?.oid : nil, isFolder ? change.entry?.oid : nil, at: place)
            }
            let oldFile = wasFolder ? nil : was
            let newFile = isFolder ? nil : change.entry.map { TreeEntry(name: change.name, mode: $0.mode, oid: $0.oid) }
            guard oldFile != nil || newFile != nil else { continue }
            guard files.count < limit else {
                isCut = true
                continue
            }
            files.append(FileChange(path: place, old: oldFile, new: newFile))
        }
    }
}

/// What one side of a fork did since the fork, as changes to the other side.
package struct TreeMerge {
    package enum Step: Sendable, Equatable {
        case put(GitPath, mode: FileMode, oid: GitOID)
        case delete(GitPath)
    }

    private let load: (GitOID) throws -> Tree
    package private(set) var steps: [Step] = []
    /// Paths that both sides changed differently.
    package private(set) var conflicts: [GitPath] = []

    /// Finds the steps that bring to `ours` what `theirs` changed since `base`.
    package init(base: GitOID?, ours: GitOID, theirs: GitOID, load: @escaping (GitOID) throws -> Tree) throws {
        self.load = load
        try merge(base, ours, theirs, at: .root)
    }

    private mutating func merge(_ base: GitOID?, _ ours: GitOID, _ theirs: GitOID, at path: GitPath) throws {
        let baseTree = try base.map(load) ?? .empty
        let ourTree = try load(ours)
        for change in try baseTree.changes(to: load(theirs)) {
            let place = path.appending(change.name)
            let was = baseTree.entry(named: change.name)
            let mine = ourTree.entry(named: change.name)
            if mine?.mode == change.entry?.mode, mine?.oid == change.entry?.oid { continue }
            if let mine, mine.isFolder, let theirs = change.entry, theirs.mode == .folder {
                try merge(was?.isFolder == true ? was?.oid : nil, mine.oid, theirs.oid, at: place)
            } else if mine?.mode == was?.mode, mine?.oid == was?.oid {
                if mine != nil { steps.append(.delete(place)) }
                if let entry = change.entry { steps.append(.put(place, mode: entry.mode, oid: entry.oid)) }
            } else {
                conflicts.append(place)
            }
        }
    }
}
