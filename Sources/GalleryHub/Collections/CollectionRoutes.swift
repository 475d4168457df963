import Foundation
import GalleryModel
import GalleryServing
import Hummingbird
import RichText

/// Collections over HTTP.
struct CollectionRoutes {
    let collections: Collections

    func add(to router: Router<GalleryContext>) {
        router.get("api/collections", use: list)
        router.post("api/collections", use: create)
        let one = "api/collections/:owner/:slug"
        router.get("\(one)", use: collection)
        router.patch("\(one)", use: change)
        router.delete("\(one)", use: delete)
        router.post("\(one)/items", use: add)
        router.patch("\(one)/items/:item", use: changeItem)
        router.delete("\(one)/items/:item", use: removeItem)
    }

    @Sendable private func list(_ request: Request, context: GalleryContext) async throws -> Response {
        let query = try request.query()
        var filter = CollectionFilter()
        filter.owners = query.values("owner").filter { !$0.isEmpty }
        filter.repos = try query.values("item").filter { !$0.isEmpty }.map(Self.item)
        guard filter.owners.count <= 50, filter.repos.count <= 50 else {
            throw Problem.invalid("too-many-parameters", "Ask for at most 50 owners and 50 items.")
        }
        guard [nil, "", "lastModified", "trending", "upvotes"].contains(query["sort"]) else {
            throw Problem.invalid("sort-unknown", "'sort' is one of lastModified, trending, upvotes.")
        }
        let page = try await collections.list(filter, query.page(standard: 20, maximum: 100), by: context.viewer)
        // Clients number the list themselves and fail on a position from us.
        return try .wire(
            page.elements.map { CollectionBody($0, isListed: true) },
            next: request.link(page.next, context)
        )
    }

    @Sendable private func create(_ request: Request, context: GalleryContext) async throws -> Response {
        let body = try await request.json(CreateCollectionRequest.self, context: context)
        let made = try await collections.create(
            title: body.title,
            description: body.description ?? "",
            isPrivate: body.private ?? false,
            owner: body.namespace,
            by: context.viewer
        )
        return try .wire(CollectionBody(made))
    }

    @Sendable private func collection(_ request: Request, context: GalleryContext) async throws -> Response {
        try await .wire(CollectionBody(collections.collection(id(context), by: context.viewer)))
    }

    @Sendable private func change(_ request: Request, context: GalleryContext) async throws -> Response {
        let body = try await request.json(ChangeCollectionRequest.self, context: context)
        var change = CollectionChange()
        change.title = body.title
        change.description = body.description
        change.isPrivate = body.private
        change.theme = body.theme
        change.position = body.position
        return try await .wire(["data": CollectionBody(collections.change(id(context), change, by: context.viewer))])
    }

    @Sendable private func delete(_ request: Request, context: GalleryContext) async throws -> Response {
        try await collections.delete(id(context), by: context.viewer)
        return try .done()
    }

    @Sendable private func add(_ request: Request, context: GalleryContext) async throws -> Response {
        let body = try await request.json(AddItemRequest.self, context: context)
        let filled = try await collections.add(
            type: body.item.type,
            subject: body.item.id,
            note: body.note ?? "",
            to: id(context),
            by: context.viewer
        )
        return try .wire(CollectionBody(filled))
    }

    @Sendable private func changeItem(_ request: Request, context: GalleryContext) async throws -> Response {
        let body = try await request.json(ChangeItemRequest.self, context: context)
        let filled = try await collections.changeItem(
            context.segment("item"),
            note: body.note,
            position: body.position,
            of: id(context),
            by: context.viewer
        )
        return try .wire(["data": CollectionBody(filled)])
    }

    @Sendable private func removeItem(_ request: Request, context: GalleryContext) async throws -> Response {
        try await collections.removeItem(context.segment("item"), of: id(context), by: context.viewer)
        return try .done()
    }

    private func id(_ context: GalleryContext) throws -> String {
        guard let id = Collections.id(in: try context.segment("slug")) else { throw CollectionError.unknown }
        return id
    }

    /// `models/ada/tiny`
    private static func item(_ text: String) throws -> (kind: RepoKind, name: RepoName) {
        let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
        guard parts.count == 2, let kind = RepoKind(plural: parts[0]), let name = RepoName(parts[1]) else {
            throw Problem.invalid("collection-item-invalid", "An 'item' looks like models/owner/name.")
        }
        return (kind, name)
    }
}

private struct CreateCollectionRequest: Decodable {
    var title: String
    var description: String?
    var namespace: String?
    var `private`: Bool?
}

private struct ChangeCollectionRequest: Decodable {
    var title: String?
    var description: String?
    var `private`: Bool?
    var theme: String?
    var position: Int?
}

private struct AddItemRequest: Decodable {
    struct Item: Decodable {
        var id: String
        var type: String
    }

    var item: Item
    var note: String?
}

private struct ChangeItemRequest: Decodable {
    var note: String?
    var position: Int?
}

private struct CollectionBody: Encodable {
    struct Owner: Encodable {
        var name: String
        var fullname: String
        var avatarUrl: String
    }

    struct Note: Encodable {
        var text: String
        var html: String
    }

    struct Item: Encodable {
        var objectID: String
        var id: String
        var type: String
        var slug: String?
        var position: Int
        var note: Note?

        enum CodingKeys: String, CodingKey {
            case objectID = "_id"
            case id, type, slug, position, note
        }
    }

    let slug: String
    let title: String
    let description: String?
    let owner: Owner
    let items: [Item]
    let lastUpdated: Date
    let `private`: Bool
    let theme: String
    let upvotes = 0
    let isUpvotedByUser = false
    /// Missing in lists.
    let position: Int?

    init(_ filled: FilledCollection, isListed: Bool = false) {
        let collection = filled.collection
        slug = collection.slug
        title = collection.title
        description = collection.description.isEmpty ? nil : collection.description
        owner = Owner(
            name: collection.ownerName,
            fullname: collection.ownerName,
            avatarUrl: "/avatars/\(collection.ownerName).svg"
        )
        lastUpdated = collection.updatedAt
        `private` = collection.isPrivate
        theme = collection.theme
        position = isListed ? nil : collection.position
        items = filled.items.map { item in
            let note =
                item.note.isEmpty ? nil : Note(text: item.note, html: MarkdownText.render(item.note, in: .none()).html)
            return switch item.subject {
            case .repo(_, let kind, let name):
                Item(objectID: item.id, id: name.description, type: kind.hubType, position: item.position, note: note)
            case .collection(let id, let slug):
                Item(objectID: item.id, id: id, type: "collection", slug: slug, position: item.position, note: note)
            }
        }
    }
}
