import GalleryDatabase
package import GalleryModel
import GitObjects
import NIOCore

/// Changes on their way into a commit. Bytes are stored as they arrive, so a draft stays small however large the commit is;
/// nothing is visible before `Files.commit`.
package struct CommitDraft: Sendable {
    enum Operation: Sendable {
        case put(GitPath, GitOID)
        case putLarge(GitPath, SHA256Digest, size: Int64?)
        case delete(GitPath)
    }

    let files: Files
    let repo: RepoID
    /// The reference that is to move.
    let reference: String
    let viewer: Viewer
    let account: Viewer.Account
    /// What its commit has to start with, where the client said what it saw.
    let parent: String?
    private let fileLimit: Int64
    private(set) var operations: [Operation] = []
    /// Blobs that are not in the database yet.
    private(set) var pending: [NewBlob] = []
    private var pendingBytes = 0

    init(
        files: Files,
        repo: RepoID,
        reference: String,
        viewer: Viewer,
        account: Viewer.Account,
        parent: String?,
        fileLimit: Int64
    ) {
        self.files = files
        self.repo = repo
        self.reference = reference
        self.viewer = viewer
        self.account = account
        self.parent = parent
        self.fileLimit = fileLimit
    }

    package var isEmpty: Bool { operations.isEmpty }

    /// A regular file with its bytes. The text of a pointer stands for the large file it points to.
    package mutating func put(_ path: String, bytes: [UInt8]) async throws {
        let path = try checked(path)
        guard Int64(bytes.count) <= fileLimit else { throw FilesError.fileTooLarge(path: path.text, limit: fileLimit) }
        if let pointer = LFSPointer(bytes: bytes) {
            return try note(.putLarge(path, pointer.oid, size: pointer.size))
        }
        let blob: NewBlob
        if bytes.count <= Files.inlineLimit(for: path) {
            blob = NewBlob(inline: bytes)
        } else {
            let stored = try await files.content.store(ByteBuffer(bytes: bytes), by: account.id)
            blob = NewBlob(
                oid: GitObjectKind.blob.id(of: bytes),
                size: Int64(bytes.count),
                content: stored.sha256
            )
        }
        try note(.put(path, blob.facts.oid))
        pending.append(blob)
        pendingBytes += blob.body?.count ?? 0
        if pending.count >= 2_000 || pendingBytes >= 8 << 20 { try await flush() }
    }

    /// A large file whose bytes were uploaded before, or that the viewer may read elsewhere; then the size may be left out.
    package mutating func putLarge(_ path: String, digest: SHA256Digest, size: Int64?) throws {
        try note(.putLarge(checked(path), digest, size: size))
    }

    /// Deletes a file, or a folder with all it holds.
    package mutating func delete(_ path: String) throws {
        // Clients of long ago end folders with a slash here too.
        try note(.delete(checked(path.hasSuffix("/") ? String(path.dropLast()) : path)))
    }

    /// Deletes a folder; a slash at the end is allowed, and the empty path or `/` means everything.
    package mutating func deleteFolder(_ path: String) throws {
        var path = path
        while path.hasSuffix("/") { path.removeLast() }
        try note(.delete(path.isEmpty || path == "." ? .root : checked(path)))
    }

    /// Forgets what is pending when a transaction has taken it over.
    private mutating func flush() async throws {
        let (blobs, repo, now) = (pending, repo, files.world.now())
        try await files.database.write { db in try db.insert(blobs, into: repo, at: now) }
        pending = []
        pendingBytes = 0
    }

    private mutating func note(_ operation: Operation) throws {
        guard operations.count < files.limits.commitOperations else {
            throw FilesError.tooManyOperations(limit: files.limits.commitOperations)
        }
        operations.append(operation)
    }

    private func checked(_ path: String) throws -> GitPath {
        // A path that means another file to somebody else is refused rather than put right: hub clients send none.
        let path = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
        if let fault = PathRules.fault(in: path) { throw FilesError.badPath(path, fault) }
        return GitPath(path)
    }
}
