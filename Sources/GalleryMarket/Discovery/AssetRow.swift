package import Foundation
import GalleryHub
import GalleryModel
package import GalleryServing

/// What is needed to put values into words for one reader.
package struct Reader: Sendable {
    package let words: Phrases
    package let formats: Formats
    package let now: Date

    package init(_ context: GalleryContext, now: Date) {
        words = context.words
        formats = context.formats
        self.now = now
    }

    var isChinese: Bool { words.language == .chinese }

    func kind(_ kind: RepoKind) -> String {
        switch kind {
        case .model: words.say("discovery.kind.model")
        case .dataset: words.say("discovery.kind.dataset")
        case .algorithm: words.say("discovery.kind.algorithm")
        case .notebook: words.say("discovery.kind.notebook")
        case .app, .image, .workflow, .case, .skill: kind.rawValue
        }
    }

    /// The kind where many of it are meant, as over a list.
    func kinds(_ kind: RepoKind) -> String { words.say("my.\(kind.plural)") }

    func mark(_ mark: Mark) -> String {
        switch mark {
        case .official: words.say("discovery.mark.official")
        case .featured: words.say("discovery.mark.featured")
        case .commercial: words.say("discovery.mark.commercial")
        }
    }
}

/// A line of a list of assets: `components/asset-row`.
package struct AssetRow: Sendable {
    package struct Count: Sendable {
        let icon: String
        let text: String
        let label: String
    }

    let path: String
    let owner: String
    let name: String
    let title: String?
    let icon: String
    let kind: String
    let badges: [Badge]
    let facts: [String]
    let updated: Moment
    let updatedLabel: String
    let counts: [Count]
}

extension AssetRow {
    /// `showsKind` in lists of several kinds.
    package init(_ asset: AssetCard, showsKind: Bool, _ reader: Reader) {
        let words = reader.words
        path = "/\(asset.kind.pathPrefix)\(asset.name)"
        owner = asset.name.owner
        name = asset.name.name
        title = asset.title.isEmpty || asset.title == asset.name.name ? nil : asset.title
        icon = Self.icon(of: asset.kind)
        kind = reader.kind(asset.kind)
        badges = Self.badges(of: asset, reader)
        let task = asset.tasks.first.map { TaskNames.name(of: $0, isChinese: reader.isChinese) }
        let size: String? =
            if asset.parameters > 0 {
                words.say("discovery.parameters", ["count": Self.short(asset.parameters)])
            } else {
                asset.usedBytes > 0 ? reader.formats.bytes(asset.usedBytes) : nil
            }
        facts = [
            showsKind ? kind : nil, task, size,
            asset.licenses.first.map { LicenseNames.name(of: $0, isChinese: reader.isChinese) },
            asset.libraries.first,
        ].compactMap(\.self)
        updated = reader.formats.moment(asset.updatedAt, now: reader.now)
        updatedLabel = words.say("discovery.updated")
        var counts = [
            Self.count(
                "download",
                asset.downloads,
                words.say("discovery.count.downloads", count: asset.downloads),
                reader
            ),
            Self.count(
                "star",
                asset.favourites,
                words.say("discovery.count.favourites", count: asset.favourites),
                reader
            ),
        ]
        if asset.subscriptions > 0 {
            let label = words.say("discovery.count.subscriptions", count: asset.subscriptions)
            counts.append(Self.count("bell", asset.subscriptions, label, reader))
        }
        self.counts = counts
    }

    static func icon(of kind: RepoKind) -> String {
        switch kind {
        case .model: "model"
        case .dataset: "dataset"
        case .algorithm: "algorithm"
        case .notebook: "notebook"
        case .app, .image, .workflow, .case, .skill: "collection"
        }
    }

    private static func count(_ icon: String, _ value: Int, _ label: String, _ reader: Reader) -> Count {
        Count(icon: icon, text: reader.formats.count(value), label: label)
    }

    /// Parameters as their field counts them: `7.6B`, in every language.
    private static func short(_ count: Int64) -> String {
        let units: [(Double, String)] = [(1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K")]
        guard let (unit, name) = units.first(where: { Double(count) >= $0.0 }) else { return String(count) }
        let value = (Double(count) / unit * 10).rounded() / 10
        return (value >= 100 || value == value.rounded() ? String(Int(value.rounded())) : String(value)) + name
    }

    private static func badges(of asset: AssetCard, _ reader: Reader) -> [Badge] {
        var badges = asset.marks.map { Badge(reader.mark($0), .accent) }
        let state: StateBadge? =
            switch asset.listing {
            case .draft: .draft
            case .inReview: .inReview
            case .rejected: .rejected
            case .delisted: .delisted
            case .published: asset.visibility == .everyone ? nil : .hidden
            }
        if asset.gating != .off { badges.append(StateBadge.gated.badge(reader.words)) }
        if asset.isDisabled { badges.append(StateBadge.frozen.badge(reader.words)) }
        if let state { badges.append(state.badge(reader.words)) }
        return badges
    }
}

/// What licences are called by people; cards carry their ids.
package enum LicenseNames {
    private static let names = [
        "apache-2.0": "Apache 2.0", "mit": "MIT", "bsd": "BSD", "bsd-2-clause": "BSD 2-Clause",
        "bsd-3-clause": "BSD 3-Clause", "gpl": "GPL", "gpl-2.0": "GPL 2.0", "gpl-3.0": "GPL 3.0",
        "lgpl-3.0": "LGPL 3.0", "agpl-3.0": "AGPL 3.0", "mpl-2.0": "MPL 2.0", "unlicense": "Unlicense",
        "cc0-1.0": "CC0 1.0", "cc-by-4.0": "CC BY 4.0", "cc-by-sa-4.0": "CC BY-SA 4.0", "cc-by-nc-4.0": "CC BY-NC 4.0",
        "cc-by-nc-sa-4.0": "CC BY-NC-SA 4.0", "cc-by-nd-4.0": "CC BY-ND 4.0", "cc-by-nc-nd-4.0": "CC BY-NC-ND 4.0",
        "openrail": "OpenRAIL", "creativeml-openrail-m": "CreativeML OpenRAIL-M",
        "bigscience-openrail-m": "BigScience OpenRAIL-M",
        "llama2": "Llama 2", "llama3": "Llama 3", "llama3.1": "Llama 3.1", "gemma": "Gemma", "odbl": "ODbL",
        "wtfpl": "WTFPL", "isc": "ISC", "artistic-2.0": "Artistic 2.0", "mulanpsl-2.0": "MulanPSL 2.0",
    ]

    package static func name(of id: String, isChinese: Bool) -> String {
        if id == "other" { return isChinese ? "其他许可证" : "Other licence" }
        return names[id.lowercased()] ?? id
    }
}
