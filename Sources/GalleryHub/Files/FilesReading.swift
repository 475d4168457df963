package import GalleryDatabase
package import GalleryModel
import GitObjects

extension Files {
    /// The text of README.md on main, or nil; for indexes, which must not let anybody read it who may not.
    package func readme(of repo: RepoID, in db: any SQLConnection) throws -> String? {
        guard
            let head = try db.value(
                GitOID.self,
                "SELECT target FROM git_refs WHERE repo = \(repo) AND name = \(Self.mainReference)"
            ),
            let entry = try store.entry(at: GitPath("README.md"), in: head, of: repo, db), !entry.isFolder,
            entry.lfs == nil, entry.size <= 1 << 20, let body = try db.blobBody(entry.oid, of: repo)
        else { return nil }
        return String(decoding: body, as: UTF8.self)
    }
}
