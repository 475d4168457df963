package import Foundation
package import GalleryDatabase
package import GalleryModel

/// Repositories that somebody has put together, in an order of their own.
package struct AssetCollection: Record, Equatable {
    static let columns: SQL = """
        c.id, c.owner, c.title, c.description, c.is_private, c.theme, c.position, c.updated_at, a.name AS owner_name
        """

    package let id: String
    package let owner: AccountID
    package let ownerName: String
    package private(set) var title: String
    package private(set) var description: String
    package private(set) var isPrivate: Bool
    package private(set) var theme: String
    package var position: Int
    package var updatedAt: Date

    package init(row: Row) throws {
        id = try row.get("id")
        owner = try row.get("owner")
        ownerName = try row.get("owner_name")
        title = try row.get("title")
        description = try row.get("description")
        isPrivate = try row.get("is_private")
        theme = try row.get("theme")
        position = try row.get("position")
        updatedAt = try row.get("updated_at")
    }

    init(
        id: String,
        owner: Account,
        title: String,
        description: String,
        isPrivate: Bool,
        position: Int,
        at now: Date
    ) throws(CollectionError) {
        self.id = id
        self.owner = owner.id
        ownerName = owner.name
        self.title = try Self.checked(title: title)
        self.description = try Self.checked(description: description)
        self.isPrivate = isPrivate
        theme = Self.themes[0]
        self.position = position
        updatedAt = now
    }

    static let themes = ["orange", "blue", "green", "purple", "pink", "indigo"]

    /// What it is addressed by: the owner, the title as far as an address can say it, and the id, which alone decides.
    package var slug: String { Self.slug(owner: ownerName, title: title, id: id) }

    static func slug(owner: String, title: String, id: String) -> String {
        let words = title.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.joined(separator: "-")
        return "\(owner)/\(words.isEmpty ? "" : words.prefix(60) + "-")\(id)"
    }

    mutating func change(_ change: CollectionChange) throws(CollectionError) {
        if let new = change.title { title = try Self.checked(title: new) }
        if let new = change.description { description = try Self.checked(description: new) }
        if let new = change.isPrivate { isPrivate = new }
        if let new = change.position { position = min(max(new, 0), 1_000_000) }
        if let new = change.theme {
            guard Self.themes.contains(new) else { throw .badTheme }
            theme = new
        }
    }

    private static func checked(title: String) throws(CollectionError) -> String {
        let title = title.trimmingCharacters(in: .whitespacesAndNewlines)
        guard (1...60).contains(title.count), !title.contains(where: \.isNewline) else { throw .badTitle }
        return title
    }

    private static func checked(description: String) throws(CollectionError) -> String {
        guard description.count <= 150 else { throw .badDescription }
        return description
    }
}

/// What is to be different; nil stays.
package struct CollectionChange: Sendable {
    package var title: String?
    package var description: String?
    package var isPrivate: Bool?
    package var theme: String?
    package var position: Int?

    package init() {}
}

/// One thing in a collection.
package struct CollectionItem: Sendable, Equatable {
    package enum Subject: Sendable, Equatable {
        case repo(RepoID, RepoKind, RepoName)
        case collection(String, slug: String)
    }

    package var id: String
    package var subject: Subject
    package var position: Int
    package var note: String
}

/// A collection with what the viewer may see of it.
package struct FilledCollection: Sendable, Equatable {
    package var collection: AssetCollection
    package var items: [CollectionItem]
}

/// What can be wrong with collections.
package enum CollectionError: DomainError, Equatable {
    case unknown
    case unknownItem
    case unknownSubject
    case unknownType(String)
    case exists(slug: String)
    case itemExists
    case badTitle
    case badDescription
    case badNote
    case badTheme
    case notYours
    case full
    case unknownOwner(String)

    package var problem: Problem {
        switch self {
        case .unknown: Problem(.missing, "collection-unknown", "There is no such collection, or you may not see it.")
        case .unknownItem: Problem(.missing, "collection-item-unknown", "There is no such item in this collection.")
        case .unknownSubject:
            Problem(
                .missing,
                "collection-subject-unknown",
                "What should be added does not exist, or you may not see it."
            )
        case .unknownType(let type):
            .invalid(
                "collection-type-unknown",
                "'\(type.prefix(50))' cannot be collected: add models, datasets, spaces or collections."
            )
        // Clients read the member 'slug' to find what exists.
        case .exists(let slug):
            Problem(
                .conflict,
                "collection-exists",
                "You already have a collection of this title.",
                members: ["slug": slug]
            )
        case .itemExists: Problem(.conflict, "collection-item-exists", "This collection holds that item already.")
        case .badTitle: .invalid("collection-title-invalid", "A title has 1 to 60 characters on one line.")
        case .badDescription: .invalid("collection-description-invalid", "A description has at most 150 characters.")
        case .badNote: .invalid("collection-note-invalid", "A note has at most 500 characters.")
        case .badTheme:
            .invalid("collection-theme-invalid", "A theme is one of \(AssetCollection.themes.joined(separator: ", ")).")
        case .notYours: Problem(.forbidden, "collection-not-yours", "Only its owner can change a collection.")
        case .full: Problem(.conflict, "collection-full", "This is as much as there may be: delete something first.")
        case .unknownOwner(let name): Problem(.missing, "account-unknown", "There is no account '\(name.prefix(100))'.")
        }
    }
}
