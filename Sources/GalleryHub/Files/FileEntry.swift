package import Foundation
package import GalleryModel
package import GitObjects

/// A file or folder of one version.
package struct FileEntry: Sendable, Equatable {
    package var path: GitPath
    package var mode: FileMode
    /// The git id: of the pointer, for a large file.
    package var oid: GitOID
    /// Bytes of the file itself; 0 for folders.
    package var size: Int64
    /// Set for large files.
    package var lfs: LFSPointer?
    /// The content that holds the bytes, of a regular file too; nil for folders and for files kept in the database.
    package var content: SHA256Digest?
    /// Set where it was asked for.
    package var lastCommit: CommitSummary?

    package var isFolder: Bool { mode.isFolder }
    /// Bytes of the pointer text of a large file.
    package var pointerSize: Int { lfs?.bytes.count ?? 0 }
    /// What identifies the bytes: the SHA-256 of a large file, else the git id.
    package var etag: String { lfs?.oid.hex ?? oid.hex }

    init(path: GitPath, entry: TreeEntry, blob: BlobFacts?) {
        self.path = path
        mode = entry.mode
        oid = entry.oid
        size = blob?.logicalSize ?? 0
        lfs = blob?.lfs
        content = blob?.content
    }
}

/// A commit in a list.
package struct CommitSummary: Sendable, Equatable {
    package var oid: GitOID
    package var title: String
    /// The whole message.
    package var message: String
    package var date: Date
    /// Name of the account that made it, as it is today, or as the commit says.
    package var authorName: String
    package var author: AccountID?
    package var parent: GitOID?
    package var tree: GitOID
}

/// A revision as it was understood.
package struct ResolvedRevision: Sendable, Equatable {
    package var commit: GitOID
    /// The full name of the branch, tag or other reference; nil for a commit's id.
    package var reference: String?
}

/// A file looked up for its bytes.
package struct ResolvedFile: Sendable, Equatable {
    package var facts: RepoFacts
    package var commit: GitOID
    package var entry: FileEntry

    package init(facts: RepoFacts, commit: GitOID, entry: FileEntry) {
        self.facts = facts
        self.commit = commit
        self.entry = entry
    }
}

/// What an address of a file leads to.
package enum FileLookup: Sendable, Equatable {
    case found(ResolvedFile)
    /// The repository has another name now.
    case moved(RepoName)
}

/// Some entries of a version.
package struct TreePage: Sendable, Equatable {
    package var commit: GitOID
    package var entries: [FileEntry]
    /// Give it back for the next page; nil at the end.
    package var next: String?
}

/// Some commits, newest first.
package struct CommitPage: Sendable, Equatable {
    package var commits: [CommitSummary]
    /// Of the whole history.
    package var total: Int
    package var next: String?
}
