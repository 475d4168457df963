package import GalleryDatabase
package import GalleryModel
import GitObjects

extension SQLConnection {
    /// The text of a small file of main, as it stands in this transaction; nil where there is none.
    package func mainText(_ path: String, of repo: RepoID) throws -> String? {
        let store = GitStore()
        guard let head = try reference(Files.mainReference, of: repo)?.target,
            let entry = try store.entry(at: GitPath(path), in: head, of: repo, self), !entry.isFolder, entry.lfs == nil,
            let body = try blobBody(entry.oid, of: repo)
        else { return nil }
        return String(decoding: body, as: UTF8.self)
    }

    /// The commit that main stands at; nil where there is none.
    package func mainCommit(of repo: RepoID) throws -> GitOID? {
        try reference(Files.mainReference, of: repo)?.target
    }
}
