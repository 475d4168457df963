package import GalleryModel
import GalleryServing

/// The button that keeps an asset, and works without scripts: `components/favourite`, as `favourite` of a page.
package struct FavouriteButton: Sendable {
    let kind: String
    let name: String
    let isOn: Bool
    /// What pressing it asks for.
    let next: String
    let count: String
    let label: String
    /// Where visitors sign in first; nil for those who are.
    let signInPath: String?

    package init(_ kind: RepoKind, _ name: RepoName, isOn: Bool, count: Int, viewer: Viewer, _ reader: Reader) {
        self.kind = kind.rawValue
        self.name = name.description
        self.isOn = isOn
        next = isOn ? "0" : "1"
        self.count = reader.formats.count(count)
        label = reader.words.say(isOn ? "favourites.remove" : "favourites.add")
        signInPath = viewer.account == nil ? "/login?next=/\(kind.pathPrefix)\(name)" : nil
    }
}

/// The button among the actions of an asset's page: `templates/favourites/button.mustache`.
struct FavouritePart: Page {
    static let template = "favourites/button"

    let favourite: FavouriteButton
}
