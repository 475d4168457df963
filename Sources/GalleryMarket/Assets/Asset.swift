import Foundation
package import GalleryHub
package import GalleryModel
import GalleryServing

/// An asset as its pages see it: its repository, what its card says, and what the viewer may do with it.
package struct Asset: Sendable {
    package let repository: Repository
    package let tags: [String]
    /// The metadata of its README.
    package let card: [String: CardValue]
    /// What its own configuration says.
    package let config: [String: CardValue]
    /// Numbers in a model's weights, where its files tell.
    package let parameters: Int?
    package let rights: Set<RepoAction>
    /// Whether its owner hands out no code.
    package var isCodeClosed = false
    /// Whether the viewer sees it as it was when it left the lists.
    package var isKept = false

    package var id: RepoID { repository.id }
    package var kind: RepoKind { repository.kind }
    package var name: RepoName { repository.name }
    /// Why its files are not for the viewer; nil where they are.
    package var lock: Lock? {
        if may(.readFiles) { return nil }
        if !may(.readCard) { return .gated }
        return isCodeClosed ? .codeClosed : .unsubscribed
    }

    /// What keeps somebody from the files of an asset that they see.
    package enum Lock: Sendable { case gated, codeClosed, unsubscribed }

    package func may(_ action: RepoAction) -> Bool { rights.contains(action) }

    /// Where its pages begin, as in `/datasets/ada/pictures`.
    package var path: String { AssetAddress.path(kind, name) }
}

/// An asset, or the name that the one asked for bears today.
package enum AssetVisit: Sendable {
    case asset(Asset)
    case moved(RepoName)
}

/// Where the pages of assets lie.
package enum AssetAddress {
    /// The kinds that have pages.
    package static let kinds: [RepoKind] = [.model, .dataset, .algorithm, .notebook]

    package static func path(_ kind: RepoKind, _ name: RepoName) -> String {
        "/\(kind.pathPrefix)\(PercentEncoding.encode(name.owner))/\(PercentEncoding.encode(name.name))"
    }

    /// A path of files as it stands in an address: each part escaped.
    static func escaped(_ path: String) -> String {
        path.split(separator: "/").map { PercentEncoding.encode(String($0)) }.joined(separator: "/")
    }
}
