import GalleryHub
import GalleryModel

/// Finds the asset that an address of ours names.
struct AssetFinder: Sendable {
    let repositories: Repositories

    /// By the parts of a path: the plural of the kind, the owner, the name. Former names lead to the asset, too.
    func asset(
        _ kind: String,
        _ owner: String,
        _ name: String,
        by viewer: Viewer
    ) async throws -> (RepoKind, RepoLocation) {
        guard let kind = RepoKind(plural: kind) ?? RepoKind(rawValue: kind) else {
            throw AccessError.notFound(to: viewer)
        }
        let location = try await repositories.locate(kind, RepoName(owner: owner, name: name), by: viewer)
        return (kind, location)
    }
}

extension RepoKind {
    /// A kind by its name, in the singular or as addresses have it; nil where none is named.
    static func named(_ word: String?) throws -> RepoKind? {
        guard let word, !word.isEmpty else { return nil }
        guard let kind = RepoKind(rawValue: word) ?? RepoKind(plural: word) else {
            let known = RepoKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem.invalid(
                "kind-unknown",
                "There is no kind of asset '\(word.prefix(50))'. There are: \(known)."
            )
        }
        return kind
    }
}
