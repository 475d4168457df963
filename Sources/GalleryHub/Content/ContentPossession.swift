import Foundation
package import GalleryDatabase
package import GalleryModel

extension SQLConnection {
    /// Those of the contents that the viewer may put into a repository without sending the bytes: stored and sound, and
    /// either uploaded by the viewer, or held by `repo` (which the viewer has been found to be allowed to write), or held
    /// by another repository whose files the viewer may read.
    package func mayUse(
        _ digests: some Collection<SHA256Digest>, by viewer: Viewer, in repo: RepoID? = nil
    ) throws -> Set<SHA256Digest> {
        guard let account = viewer.account else { return [] }
        var result: Set<SHA256Digest> = []
        for slice in Array(Set(digests)).slices(of: 400) {
            result.formUnion(
                try values(
                    SHA256Digest.self,
                    """
                    SELECT sha256 FROM content_uploads WHERE account = \(account.id) AND sha256 IN (\(values: slice))
                    UNION
                    SELECT sha256 FROM content_references WHERE repo = \(repo) AND sha256 IN (\(values: slice))
                    """))
        }
        return try result.filter { try isSound($0) }
    }
}
