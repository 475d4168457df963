import GalleryModel
import GalleryServing

/// The repository whose LFS addresses a client uses: `/{prefix}{owner}/{name}.git/info/lfs/…`.
struct LargeFilesAddress: Sendable {
    var kind: RepoKind
    var name: RepoName

    init(kind: RepoKind, _ context: GalleryContext) throws {
        self.kind = kind
        name = RepoName(owner: try context.segment("owner"), name: try context.segment("name"))
        if name.name.hasSuffix(".git") { name.name.removeLast(4) }
    }
}
