import GalleryHub
package import GalleryModel

/// What is asked for when an asset is created.
package struct NewAsset: Sendable, Equatable {
    /// The kinds that are created on a page.
    package static let kinds: [RepoKind] = [.model, .dataset, .algorithm, .notebook]
    package static let longestDescription = 90
    package static let longestTitle = 90

    package var kind: RepoKind
    /// Nil for one's own.
    package var owner: String?
    package var name: String
    package var title: String
    package var licence: String
    package var description: String
    package var isPublic: Bool

    package init(
        kind: RepoKind,
        owner: String? = nil,
        name: String,
        title: String = "",
        licence: String = "",
        description: String = "",
        isPublic: Bool = false
    ) {
        self.kind = kind
        self.owner = owner
        self.name = name
        self.title = title
        self.licence = licence
        self.description = description
        self.isPublic = isPublic
    }

    /// Throws for what no asset can have.
    func check() throws {
        guard Self.kinds.contains(kind) else { throw CreationError.badKind }
        guard RepoName.isValid(name) else { throw RepositoryError.badName(name) }
        guard title.count <= Self.longestTitle else { throw CreationError.longTitle }
        guard description.count <= Self.longestDescription else { throw CreationError.longDescription }
        let isLicence = licence.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"):
                true
            default: false
            }
        }
        guard isLicence, licence.utf8.count <= 64 else { throw CreationError.badLicence }
    }

    /// The first README: its metadata, and what is known so far.
    var readme: String {
        let heading = title.isEmpty ? name : title
        let body = description.isEmpty ? "" : "\n\(Self.line(description))\n"
        return "---\nlicense: \"\(licence)\"\n---\n\n# \(Self.line(heading))\n" + body
    }

    private static func line(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 })
    }
}

/// What can be wrong with a new asset, besides what its repository refuses.
package enum CreationError: DomainError, Equatable {
    case badKind, longTitle, longDescription, badLicence

    package var problem: Problem {
        switch self {
        case .badKind:
            Problem(
                .invalid,
                "asset-kind-invalid",
                "What is created is one of models, datasets, algorithms, notebooks.",
                members: ["field": "kind"]
            )
        case .longTitle:
            Problem(
                .unprocessable,
                "asset-title-too-long",
                "The Chinese name has at most \(NewAsset.longestTitle) characters.",
                members: ["field": "title"]
            )
        case .longDescription:
            Problem(
                .unprocessable,
                "asset-description-too-long",
                "The description has at most \(NewAsset.longestDescription) characters.",
                members: ["field": "description"]
            )
        case .badLicence:
            Problem(
                .unprocessable,
                "asset-licence-invalid",
                "A licence is named by its identifier, as in apache-2.0.",
                members: ["field": "licence"]
            )
        }
    }
}
