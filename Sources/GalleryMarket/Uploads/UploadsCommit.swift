import GalleryBlobs
import GalleryDatabase
package import GalleryHub
package import GalleryModel
import NIOCore

/// What goes into one commit.
package struct UploadedCommit: Sendable, Equatable {
    package var branch: String
    package var title: String
    package var description: String
    /// Uploads of one's own, all of them complete.
    package var uploads: [String]
    package var deletions: [String]
    /// The commit that the branch must still point to, where that matters.
    package var parent: String?

    package init(
        branch: String = "main",
        title: String = "",
        description: String = "",
        uploads: [String] = [],
        deletions: [String] = [],
        parent: String? = nil
    ) {
        self.branch = branch
        self.title = title
        self.description = description
        self.uploads = uploads
        self.deletions = deletions
        self.parent = parent
    }
}

extension Uploads {
    /// Puts files that have arrived, and deletions, into one commit; large and binary ones become large files as everywhere.
    package func commit(_ commit: UploadedCommit, to repo: RepoID, by viewer: Viewer) async throws -> CommitOutcome {
        let account = try viewer.mustBeSignedIn()
        let uploads = try await database.read { db in
            try AccessPolicy.demand(.write, on: db.facts(of: repo, for: viewer), by: viewer)
            return try commit.uploads.prefix(Self.most).map { id in
                guard let upload = try db.assetUpload(id, of: account.id), upload.repo == repo else {
                    throw UploadsError.unknown
                }
                return upload
            }
        }
        let missing = uploads.filter { $0.sha256 == nil }
        guard missing.isEmpty else { throw UploadsError.incomplete(missing.map(\.path)) }
        guard !uploads.isEmpty || !commit.deletions.isEmpty else { throw UploadsError.nothing }
        var draft = try await files.draft(on: commit.branch, of: repo, by: viewer, parent: commit.parent)
        for path in commit.deletions { try draft.delete(path) }
        try await add(uploads, to: &draft, on: commit.branch, of: repo, by: viewer)
        let title = commit.title.isEmpty ? Self.title(of: uploads, commit.deletions) : commit.title
        let outcome = try await files.commit(draft, title: title, description: commit.description)
        try await database.write { db in try db.deleteAssetUploads(uploads.map(\.id)) }
        return outcome
    }

    private func add(
        _ uploads: [AssetUpload],
        to draft: inout CommitDraft,
        on branch: String,
        of repo: RepoID,
        by viewer: Viewer
    ) async throws {
        var candidates: [UploadCandidate] = []
        for upload in uploads {
            guard let digest = upload.sha256 else { continue }
            let sample = try await content.reader(of: digest).bytes(0..<512)
            candidates.append(
                UploadCandidate(path: upload.path, size: upload.size, sample: Array(sample.readableBytesView))
            )
        }
        let plans = try await files.plan(candidates, on: branch, of: repo, isProposal: false, by: viewer)
        for (upload, plan) in zip(uploads, plans) {
            guard let digest = upload.sha256 else { continue }
            if plan.isLarge || upload.size > Files.regularLimit {
                try draft.putLarge(upload.path, digest: digest, size: upload.size)
            } else {
                let bytes = try await content.reader(of: digest).bytes()
                try await draft.put(upload.path, bytes: Array(bytes.readableBytesView))
            }
        }
    }

    /// Puts small files of a form into one commit, for browsers without scripts.
    package func commit(
        _ small: [(path: String, bytes: [UInt8])],
        title: String,
        on branch: String,
        of repo: RepoID,
        by viewer: Viewer
    ) async throws -> CommitOutcome {
        guard !small.isEmpty else { throw UploadsError.nothing }
        let account = try viewer.mustBeSignedIn()
        var draft = try await files.draft(on: branch, of: repo, by: viewer)
        let candidates = small.map {
            UploadCandidate(path: $0.path, size: Int64($0.bytes.count), sample: Array($0.bytes.prefix(512)))
        }
        let plans = try await files.plan(candidates, on: branch, of: repo, isProposal: false, by: viewer)
        for (file, plan) in zip(small, plans) {
            if plan.isLarge {
                let stored = try await content.store(ByteBuffer(bytes: file.bytes), by: account.id)
                try draft.putLarge(file.path, digest: stored.sha256, size: Int64(stored.size))
            } else {
                try await draft.put(file.path, bytes: file.bytes)
            }
        }
        return try await files.commit(draft, title: title.isEmpty ? Self.title(of: small.map(\.path)) : title)
    }

    private static func title(of uploads: [AssetUpload], _ deletions: [String]) -> String {
        uploads.isEmpty ? "Delete \(deletions.count) files" : title(of: uploads.map(\.path))
    }

    private static func title(of paths: [String]) -> String {
        paths.count == 1 ? "Upload \(paths[0])" : "Upload \(paths.count) files"
    }
}
