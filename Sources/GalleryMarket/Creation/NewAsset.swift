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
        self.licence = Licences.identifier(licence)
        self.description = description
        self.isPublic = isPublic
    }

    /// Throws for what no asset can have.
    func check() throws {
        guard Self.kinds.contains(kind) else { throw CreationError.badKind }
        guard RepoName.isValid(name) else { throw RepositoryError.badName(name) }
        guard title.count <= Self.longestTitle else { throw CreationError.longTitle }
        guard description.count <= Self.longestDescription else { throw CreationError.longDescription }
        guard licence.isEmpty || Licences.isKnown(licence) else { throw CreationError.badLicence(licence) }
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
    case badKind, longTitle, longDescription
    case badLicence(String)

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
        case .badLicence(let text):
            Problem(
                .unprocessable,
                "asset-licence-invalid",
                "There is no licence '\(text.prefix(50))' on the list. Name one by its identifier, as apache-2.0; for one of your own, "
                    + "write 'other' and name it in README.md with license_name and license_link.",
                members: ["field": "licence"]
            )
        }
    }
}
