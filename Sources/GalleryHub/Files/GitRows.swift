package import Foundation
package import GalleryDatabase
package import GalleryModel
import GitObjects

/// A commit as it is stored.
struct CommitRow: Record, Equatable {
    static let columns: SQL = "oid, tree, parent, depth, folders_at, author, committed_at, title, body"

    var oid: GitOID
    var tree: GitOID
    var parent: GitOID?
    /// How many commits come before it along first parents.
    var depth: Int
    /// The latest commit, itself or an earlier one, that changed a file: where the folder records begin.
    var foldersAt: GitOID
    var author: AccountID?
    var committedAt: Date
    var title: String
    var body: [UInt8]

    init(row: Row) throws {
        oid = try row.get("oid")
        tree = try row.get("tree")
        parent = try row.optional("parent")
        depth = try row.get("depth")
        foldersAt = try row.get("folders_at")
        author = try row.optional("author")
        committedAt = try row.get("committed_at")
        title = try row.get("title")
        body = try row.get("body")
    }

    init(
        oid: GitOID,
        tree: GitOID,
        parent: GitOID?,
        depth: Int,
        foldersAt: GitOID,
        author: AccountID?,
        committedAt: Date,
        title: String,
        body: [UInt8]
    ) {
        self.oid = oid
        self.tree = tree
        self.parent = parent
        self.depth = depth
        self.foldersAt = foldersAt
        self.author = author
        self.committedAt = committedAt
        self.title = title
        self.body = body
    }
}

/// Where the bytes of a small file or pointer are, and what they stand for.
struct BlobFacts: Record, Equatable {
    var oid: GitOID
    /// Bytes of the git blob: of the pointer, for a large file.
    var size: Int64
    /// The content in the store; nil when the bytes are in the row.
    var content: SHA256Digest?
    /// Bytes of the large file; nil when the blob is the file itself.
    var lfsSize: Int64?

    init(oid: GitOID, size: Int64, content: SHA256Digest?, lfsSize: Int64?) {
        self.oid = oid
        self.size = size
        self.content = content
        self.lfsSize = lfsSize
    }

    init(row: Row) throws {
        oid = try row.get("oid")
        size = try row.get("size")
        content = try row.optional("content")
        lfsSize = try row.optional("lfs_size")
    }

    var lfs: LFSPointer? {
        guard let content, let lfsSize else { return nil }
        return LFSPointer(oid: content, size: lfsSize)
    }

    /// What it counts against the quota.
    var logicalSize: Int64 { lfsSize ?? size }
}

/// A blob on its way into the database.
struct NewBlob: Sendable {
    var facts: BlobFacts
    /// Nil when the content store has the bytes.
    var body: [UInt8]?

    /// A file of few bytes.
    init(inline bytes: [UInt8]) {
        facts = BlobFacts(oid: GitObjectKind.blob.id(of: bytes), size: Int64(bytes.count), content: nil, lfsSize: nil)
        body = bytes
    }

    /// A regular file whose bytes are in the content store.
    init(oid: GitOID, size: Int64, content: SHA256Digest) {
        facts = BlobFacts(oid: oid, size: size, content: content, lfsSize: nil)
    }

    init(pointer: LFSPointer) {
        let bytes = pointer.bytes
        facts = BlobFacts(
            oid: GitObjectKind.blob.id(of: bytes),
            size: Int64(bytes.count),
            content: pointer.oid,
            lfsSize: pointer.size
        )
        body = bytes
    }
}

/// A branch, a tag, or another name for a commit.
package struct Reference: Record, Equatable {
    /// In full, as in `refs/heads/main`.
    package var name: String
    package var target: GitOID
    /// What was written when a tag was made.
    package var message: String
    package var createdBy: AccountID?
    package var createdAt: Date

    package init(row: Row) throws {
        name = try row.get("name")
        target = try row.get("target")
        message = try row.get("message")
        createdBy = try row.optional("created_by")
        createdAt = try row.get("created_at")
    }
}
