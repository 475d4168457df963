import Foundation
import GalleryHub
import GalleryModel
import SearchIndex

/// An asset as `/api/v1` shows it in lists.
struct AssetBody: Codable, Sendable {
    let kind: String
    let name: String
    let owner: String
    let title: String
    let description: String
    let path: String
    let tasks: [String]
    let libraries: [String]
    let licences: [String]
    let languages: [String]
    let tags: [String]
    let marks: [String]
    let isGated: Bool
    let state: String
    let visibility: String
    /// Nil where unknown.
    let parameters: Int64?
    let sizeInBytes: Int64
    let createdAt: Date
    let updatedAt: Date
    let views: Int
    let downloads: Int
    let favourites: Int
    let subscriptions: Int

    init(_ asset: AssetCard) {
        kind = asset.kind.rawValue
        name = asset.name.description
        owner = asset.name.owner
        title = asset.title
        description = asset.description
        path = "/\(asset.kind.pathPrefix)\(asset.name)"
        tasks = asset.tasks
        libraries = asset.libraries
        licences = asset.licenses
        languages = asset.languages
        tags = asset.tags
        marks = asset.marks.map(\.rawValue)
        isGated = asset.gating != .off
        state = asset.listing.rawValue
        visibility = asset.visibility.rawValue
        parameters = asset.parameters > 0 ? asset.parameters : nil
        sizeInBytes = asset.usedBytes
        createdAt = asset.createdAt
        updatedAt = asset.updatedAt
        views = asset.views
        downloads = asset.downloads
        favourites = asset.favourites
        subscriptions = asset.subscriptions
    }
}

/// A page of a list, with how many there are for each value of each facet.
struct AssetListBody: Codable, Sendable {
    struct Count: Codable, Sendable {
        let value: String
        let count: Int
    }

    let items: [AssetBody]
    let total: Int
    let facets: [String: [Count]]
    let next: String?

    init(_ list: AssetList) {
        items = list.assets.map(AssetBody.init)
        total = list.total
        facets = list.facets.reduce(into: [:]) { facets, entry in
            guard entry.key != .owner else { return }
            facets[entry.key.parameter] = entry.value.map { Count(value: $0.text, count: $0.count) }
        }
        next = list.next
    }
}

/// How many people keep an asset, and whether the viewer does.
struct FavouriteBody: Codable, Sendable {
    let isOn: Bool
    let favourites: Int
}
