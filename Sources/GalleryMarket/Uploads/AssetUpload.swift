package import Foundation
package import GalleryDatabase
package import GalleryModel

/// A file on its way from somebody's browser into an asset: open while parts are missing, then waiting for its commit.
package struct AssetUpload: Sendable, Equatable, Record {
    package let id: String
    package let account: AccountID
    package let repo: RepoID
    package let branch: String
    package let path: String
    package let size: Int64
    package let partSize: Int
    /// What the browser knows the file by, to recognise it when it is chosen again.
    package let fingerprint: String
    /// The upload in parts of the content store; nil for an empty file.
    package let transfer: String?
    /// Known once all parts have arrived.
    package let sha256: SHA256Digest?
    package let changedAt: Date

    package var partCount: Int { size == 0 ? 0 : Int((size - 1) / Int64(partSize)) + 1 }

    static let columns: SQL =
        "id, account, repo, branch, path, size, part_size, fingerprint, transfer, sha256, changed_at"

    package init(
        id: String,
        account: AccountID,
        transfer: String?,
        partSize: Int,
        _ wish: NewUpload,
        at now: Date
    ) {
        self.id = id
        self.account = account
        repo = wish.repo
        branch = wish.branch
        path = wish.path
        size = wish.size
        self.partSize = partSize
        fingerprint = wish.fingerprint
        self.transfer = transfer
        sha256 = nil
        changedAt = now
    }

    package init(row: Row) throws {
        id = try row.get("id")
        account = try row.get("account")
        repo = try row.get("repo")
        branch = try row.get("branch")
        path = try row.get("path")
        size = try row.get("size")
        partSize = try row.get("part_size")
        fingerprint = try row.get("fingerprint")
        transfer = try row.optional("transfer")
        sha256 = try row.optional("sha256")
        changedAt = try row.get("changed_at")
    }
}

/// A file that somebody wants to send.
package struct NewUpload: Sendable, Equatable {
    package var repo: RepoID
    package var branch: String
    package var path: String
    package var size: Int64
    package var fingerprint: String

    package init(repo: RepoID, branch: String = "main", path: String, size: Int64, fingerprint: String) {
        self.repo = repo
        self.branch = branch
        self.path = path
        self.size = size
        self.fingerprint = fingerprint
    }
}

/// An upload and the numbers of the parts that need not be sent again.
package struct UploadState: Sendable, Equatable {
    package let upload: AssetUpload
    package let arrived: [Int]
}

/// How much may be sent to an asset.
package struct UploadRoom: Sendable, Equatable {
    package let fileBytes: Int64
    package let repositoryBytes: Int64
    /// What is left beside the kept versions and the uploads under way.
    package let leftBytes: Int64
}
