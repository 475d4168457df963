import Foundation
import GalleryDatabase
import GalleryModel
import GitObjects

/// Lists a folder from a given place on, reading no more folders than it must.
struct TreeWalk {
    let store: GitStore
    let repo: RepoID
    let isRecursive: Bool
    let limit: Int
    private(set) var found: [(path: GitPath, entry: TreeEntry)] = []
    /// Whether there was more than the limit.
    private(set) var isCut = false

    init(store: GitStore, repo: RepoID, isRecursive: Bool, limit: Int) {
        self.store = store
        self.repo = repo
        self.isRecursive = isRecursive
        self.limit = max(1, limit)
    }

    /// `after` is the path, seen from the folder, of the last entry that was listed before.
    mutating func visit(
        _ folder: GitOID,
        at path: GitPath,
        after: some Collection<GitName>,
        _ db: any SQLConnection
    ) throws {
        let tree = try store.tree(folder, of: repo, in: db)
        var index = 0
        if let name = after.first, let position = tree.position(of: name) {
            let entry = tree[position]
            if isRecursive, entry.isFolder {
                try visit(entry.oid, at: path.appending(name), after: Array(after.dropFirst()), db)
            }
            index = position + 1
        }
        while index < tree.count, !isCut {
            guard found.count < limit else {
                isCut = true
                return
            }
            let entry = tree[index]
            let place = path.appending(entry.name)
            found.append((place, entry))
            if isRecursive, entry.isFolder { try visit(entry.oid, at: place, after: [GitName](), db) }
            index += 1
        }
    }
}

/// A place in a listing: of one commit, whatever the branch does meanwhile.
struct TreeCursor {
    var commit: GitOID
    var path: GitPath

    init(commit: GitOID, path: GitPath) {
        self.commit = commit
        self.path = path
    }

    init(text: String) throws {
        var base64 = text.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
        base64 += String(repeating: "=", count: (4 - base64.utf8.count % 4) % 4)
        guard text.utf8.count < 4096, let data = Data(base64Encoded: base64), data.count > 20,
            let commit = GitOID(bytes: data.prefix(20))
        else { throw FilesError.badCursor }
        self.init(commit: commit, path: GitPath(String(decoding: data.dropFirst(20), as: UTF8.self)))
    }

    /// Safe in addresses as it is.
    var text: String {
        Data(commit.bytes + Array(path.text.utf8)).base64EncodedString()
            .replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
            .replacingOccurrences(of: "=", with: "")
    }
}
