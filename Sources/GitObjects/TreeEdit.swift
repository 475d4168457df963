package import GalleryModel

/// Changes to the files of a version, noted in order and applied at once.
///
/// Later notes win over earlier ones: a deleted folder may be filled again, an added file deleted.
package final class TreeEdit {
    /// Why a change cannot be made.
    package enum Conflict: Error, Sendable, Equatable {
        /// Nothing of that name to delete.
        case missing(GitPath)
        /// A file lies where a folder is needed.
        case fileInTheWay(GitPath)
        /// A folder lies where a file is to be.
        case folderInTheWay(GitPath)
    }

    /// A folder that came into being.
    package struct NewTree: Sendable {
        package var tree: Tree
        package var oid: GitOID
        /// The folder it replaces and how it differs, where there was one.
        package var base: GitOID?
        package var changes: [TreeChange]
    }

    /// A folder that an edit touched.
    package struct ChangedFolder: Sendable {
        package var path: GitPath
        /// Whether the folder did not exist before, so that all beneath it is new.
        package var isNew: Bool
        /// Names whose entry is now another one, or new.
        package var names: [GitName]
    }

    /// What applying gives.
    package struct Outcome: Sendable {
        /// The new top folder; the empty tree's id when nothing is left.
        package var root: GitOID
        package var newTrees: [NewTree]
        package var folders: [ChangedFolder]
        package var isEmpty: Bool { folders.isEmpty }
    }

    private final class Node {
        var children: [GitName: Node] = [:]
        var entry: (mode: FileMode?, oid: GitOID)?
        /// Whether what the base has here is dropped.
        var isCleared = false
        /// Whether the base must have had something here.
        var mustExist = false
    }

    private let top = Node()

    package init() {}

    /// A file at this path, new or replaced. Without a mode it stays as executable as it was.
    package func put(_ path: GitPath, mode: FileMode? = nil, oid: GitOID) throws(Conflict) {
        let node = try find(path)
        guard
            node.children.isEmpty || !node.children.values.contains(where: { $0.entry != nil || !$0.children.isEmpty })
        else { throw .folderInTheWay(path) }
        node.children = [:]
        node.entry = (mode, oid)
    }

    /// Drops the file or folder; applying fails when there is none, unless it may be missing.
    package func delete(_ path: GitPath, mayBeMissing: Bool = false) throws(Conflict) {
        let node = path.isRoot ? top : try find(path)
        let isNoted = node.entry != nil || !node.children.isEmpty
        node.entry = nil
        node.children = [:]
        if !node.isCleared, !isNoted, !mayBeMissing { node.mustExist = true }
        node.isCleared = true
    }

    /// The files this edit puts, for checks.
    package var isEmpty: Bool { top.children.isEmpty && !top.isCleared }

    private func find(_ path: GitPath) throws(Conflict) -> Node {
        var node = top
        var walked = GitPath.root
        for part in path.parts {
            if node.entry != nil { throw .fileInTheWay(walked) }
            walked = walked.appending(part)
            if let child = node.children[part] {
                node = child
            } else {
                let child = Node()
                node.children[part] = child
                node = child
            }
        }
        return node
    }

    /// Applies the notes to the version whose top folder is `root`; `load` gives folders by id.
    package func apply(to root: GitOID?, load: (GitOID) throws -> Tree) throws -> Outcome {
        var outcome = Outcome(root: root ?? Tree.empty.oid, newTrees: [], folders: [])
        let oid = try rebuild(top, base: root, path: .root, load: load, into: &outcome)
        outcome.root = oid ?? Tree.empty.oid
        if oid == nil, root != Tree.empty.oid {
            outcome.newTrees.append(NewTree(tree: .empty, oid: Tree.empty.oid, base: nil, changes: []))
        }
        return outcome
    }

    /// The id of the folder after the edit; nil when it is empty and so does not exist.
    private func rebuild(
        _ node: Node,
        base: GitOID?,
        path: GitPath,
        load: (GitOID) throws -> Tree,
        into outcome: inout Outcome
    ) throws -> GitOID? {
        let old = try base.map(load) ?? .empty
        var changes: [TreeChange] = []
        if node.isCleared {
            for index in 0..<old.count {
                let name = old[index].name
                if node.children[name] == nil { changes.append(TreeChange(name: name, entry: nil)) }
            }
        }
        for (name, child) in node.children {
            let before = old.entry(named: name)
            let after = try entry(
                for: child,
                before: before,
                inCleared: node.isCleared,
                at: path.appending(name),
                load: load,
                into: &outcome
            )
            if before?.mode != after?.mode || before?.oid != after?.oid {
                changes.append(TreeChange(name: name, entry: after))
            }
        }
        guard !changes.isEmpty else { return old.isEmpty ? nil : base }
        let tree = old.applying(changes)
        outcome.folders.append(
            ChangedFolder(
                path: path,
                isNew: base == nil || old.isEmpty,
                names: changes.lazy.filter { $0.entry != nil }.map(\.name)
            )
        )
        guard !tree.isEmpty else { return nil }
        let oid = tree.oid
        outcome.newTrees.append(NewTree(tree: tree, oid: oid, base: old.isEmpty ? nil : base, changes: changes))
        return oid
    }

    private func entry(
        for node: Node,
        before: TreeEntry?,
        inCleared: Bool,
        at path: GitPath,
        load: (GitOID) throws -> Tree,
        into outcome: inout Outcome
    ) throws -> (mode: FileMode, oid: GitOID)? {
        if node.mustExist, before == nil { throw Conflict.missing(path) }
        let isKept = !node.isCleared && !inCleared
        if let entry = node.entry {
            if isKept, before?.isFolder == true { throw Conflict.folderInTheWay(path) }
            if entry.mode == .folder {
                outcome.folders.append(ChangedFolder(path: path, isNew: true, names: []))
            }
            return (entry.mode ?? (before?.mode == .executable ? .executable : .file), entry.oid)
        }
        if node.children.isEmpty {
            return isKept ? before.map { ($0.mode, $0.oid) } : nil
        }
        if isKept, let before, !before.isFolder { throw Conflict.fileInTheWay(path) }
        // A cleared folder that is filled again is compared with what it was, so that only differences count as changes.
        if inCleared { node.isCleared = true }
        let base = before?.isFolder == true ? before?.oid : nil
        return try rebuild(node, base: base, path: path, load: load, into: &outcome).map { (.folder, $0) }
    }
}
