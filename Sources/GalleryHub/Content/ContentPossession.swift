import Foundation
package import GalleryDatabase
package import GalleryModel

extension SQLConnection {
    /// Those of the contents that the viewer may put into a repository without sending the bytes: stored and sound, and
    /// either uploaded by the viewer, or held by `repo` (which the viewer has been found to be allowed to write), or held
    /// by another repository whose files the viewer may read.
    package func mayUse(
        _ digests: some Collection<SHA256Digest>,
        by viewer: Viewer,
        in repo: RepoID? = nil
    ) throws -> Set<SHA256Digest> {
        guard let account = viewer.account else { return [] }
        var result: Set<SHA256Digest> = []
        var verdicts: [RepoID: Bool] = [:]
        for slice in Array(Set(digests)).slices(of: 400) {
            result.formUnion(
                try values(
                    SHA256Digest.self,
                    """
                    SELECT sha256 FROM content_uploads WHERE account = \(account.id) AND sha256 IN (\(values: slice))
                    """
                )
            )
            if let repo {
                result.formUnion(
                    try values(
                        SHA256Digest.self,
                        """
                        SELECT sha256 FROM content_references WHERE repo = \(repo) AND sha256 IN (\(values: slice))
                        """
                    )
                )
            }
            result.formUnion(try readable(slice.filter { !result.contains($0) }, by: viewer, account, &verdicts))
        }
        return try sound(result)
    }

    /// Those that some repository holds whose files the viewer may read.
    private func readable(
        _ digests: [SHA256Digest],
        by viewer: Viewer,
        _ account: Viewer.Account,
        _ verdicts: inout [RepoID: Bool]
    ) throws -> Set<SHA256Digest> {
        guard !digests.isEmpty else { return [] }
        // The likeliest first, and never all of the thousands that may hold a popular file.
        let holders = try rows(
            """
            SELECT held.sha256, held.repo FROM (
                SELECT c.sha256, c.repo, ROW_NUMBER() OVER (
                    PARTITION BY c.sha256
                    ORDER BY CASE WHEN r.owner = \(account.id) THEN 0 WHEN r.visibility = 'everyone' THEN 1 ELSE 2 END,
                        c.repo
                ) AS place
                FROM content_references c JOIN repositories r ON r.id = c.repo
                WHERE c.sha256 IN (\(values: digests))
            ) held
            WHERE held.place <= 20 ORDER BY held.sha256, held.place
            """
        )
        var result: Set<SHA256Digest> = []
        for holder in holders {
            let digest: SHA256Digest = try holder.get("sha256")
            guard !result.contains(digest) else { continue }
            let repo: RepoID = try holder.get("repo")
            let isReadable =
                try verdicts[repo]
                ?? (AccessPolicy.refusal(of: .readFiles, on: facts(of: repo, for: viewer), to: viewer) == nil)
            verdicts[repo] = isReadable
            if isReadable { result.insert(digest) }
        }
        return result
    }
}
