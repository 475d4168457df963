import GalleryDatabase
package import GalleryModel
import GitObjects

/// A file that somebody is about to upload.
package struct UploadCandidate: Sendable {
    package var path: String
    package var size: Int64
    /// Its first bytes, at most 512.
    package var sample: [UInt8]

    package init(path: String, size: Int64, sample: [UInt8]) {
        self.path = path
        self.size = size
        self.sample = sample
    }
}

/// How a file is to be uploaded.
package struct UploadPlan: Sendable, Equatable {
    package var path: String
    /// By LFS or Xet, not within the commit.
    package var isLarge: Bool
    /// The repository's ignore rules leave it out.
    package var isIgnored: Bool
    /// What lies at the path today: the SHA-256 of a large file, else the git id.
    package var currentOID: String?
}

extension Files {
    /// Above this a file is large whatever `.gitattributes` says, in bytes.
    package static let regularLimit: Int64 = 10_000_000

    /// Says for each file how it is to be uploaded to a branch, by the branch's `.gitattributes` and `.gitignore` or by those
    /// that come along. `isProposal` asks on behalf of a pull request, which takes less of a right.
    package func plan(
        _ candidates: [UploadCandidate],
        on branch: String,
        of repo: RepoID,
        isProposal: Bool,
        attributes: String? = nil,
        ignore: String? = nil,
        by viewer: Viewer
    ) async throws -> [UploadPlan] {
        try await database.read { db in
            let facts = try db.facts(of: repo, for: viewer)
            let commit: GitOID
            if isProposal {
                try AccessPolicy.demand(.discuss, on: facts, by: viewer)
                commit = try Revision.resolve(branch, of: repo, in: AccessPolicy.reach(facts, of: viewer), db).commit
            } else {
                commit = try Revision.branch(branch, of: repo, facts: facts, viewer: viewer, db).target
            }
            let attributes = try GitAttributes(attributes ?? text(".gitattributes", in: commit, of: repo, db) ?? "")
            let ignore = try GitIgnore(ignore ?? text(".gitignore", in: commit, of: repo, db) ?? "")
            return try candidates.map { candidate in
                let current =
                    PathRules.fault(in: candidate.path) == nil
                    ? try store.entry(at: GitPath(candidate.path), in: commit, of: repo, db) : nil
                return UploadPlan(
                    path: candidate.path,
                    isLarge: candidate.size > 0
                        && (candidate.size > Self.regularLimit || attributes.isLarge(candidate.path)
                            || candidate.isBinary),
                    isIgnored: ignore.ignores(candidate.path),
                    currentOID: current.flatMap { $0.isFolder ? nil : $0.etag }
                )
            }
        }
    }

    private func text(_ path: String, in commit: GitOID, of repo: RepoID, _ db: any SQLConnection) throws -> String? {
        guard let entry = try store.entry(at: GitPath(path), in: commit, of: repo, db), !entry.isFolder,
            entry.lfs == nil,
            let body = try db.blobBody(entry.oid, of: repo)
        else { return nil }
        return String(decoding: body, as: UTF8.self)
    }
}

extension UploadCandidate {
    /// As git guesses: a NUL among the first bytes; or bytes that are no UTF-8, but for a character cut at the end.
    fileprivate var isBinary: Bool {
        if sample.contains(0) { return true }
        return !(0...3).contains { cut in
            sample.count >= cut && String(validating: sample.dropLast(cut), as: UTF8.self) != nil
        }
    }
}
