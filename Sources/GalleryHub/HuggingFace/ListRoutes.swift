import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird
import NIOCore

/// Lists of repositories: what everybody may find, and what one's own account holds.
struct ListRoutes {
    let repositories: Repositories

    func add(to router: Router<GalleryContext>) {
        for kind in RepoKind.allCases {
            router.get("api/\(kind.plural)") { request, context in try await list(request, context, kind) }
        }
        router.get("api/models-tags-by-type") { _, _ in try await tags(.model) }
        router.get("api/datasets-tags-by-type") { _, _ in try await tags(.dataset) }
        router.get("api/settings/repositories") { request, context in
            try await own(request, context, owner: context.viewer.mustBeSignedIn().name)
        }
        router.get("api/organizations/:account/settings/repositories") { request, context in
            try await own(request, context, owner: context.segment("account"))
        }
    }

    private func list(_ request: Request, _ context: GalleryContext, _ kind: RepoKind) async throws -> Response {
        let query = try request.query()
        var wish = RepoQuery(kind: kind)
        wish.searches = query.values("search")
        wish.author = query["author"]
        wish.tags = query.values("filter") + query.values("tags")
        wish.pipelineTag = query["pipeline_tag"]
        wish.library = query["library"] ?? query["library_name"]
        wish.isGated = try query.optionalTruth("gated")
        wish.sort = try order(query["sort"])
        wish.limit = try query.limit(standard: 100, maximum: 1000)
        wish.cursor = query["cursor"]
        let withCards =
            try !query.values("expand").isEmpty || query.truth("cardData") || query.truth("full")
            || query.truth("config")
        let page = try await repositories.list(wish, withCards: withCards, by: context.viewer)
        let chosen = try RepoProperty.chosen(query.values("expand"))
        var properties = chosen ?? RepoProperty.listed
        if try query.truth("full") { properties += [.sha, .cardData] }
        if try query.truth("cardData"), !properties.contains(.cardData) { properties.append(.cardData) }
        if try query.truth("config") { properties.append(.config) }
        var json = JSONWriter(capacity: page.items.count * 512 + 2)
        json.array { json in
            for details in page.items {
                RepoDescription(details: details, commit: details.repository.head)
                    .write(properties, areChosen: chosen != nil, to: &json)
            }
        }
        var response = Response(json: json.buffer)
        if let next = page.next { response.headers[.link] = try request.nextLink(context, replacing: ["cursor": next]) }
        return response
    }

    private func order(_ word: String?) throws -> RepoQuery.Sort {
        switch word {
        case nil, "trending": return .trendingScore
        case "created_at": return .createdAt
        case "last_modified", "mainSize", "num_parameters": return .lastModified
        case "likes30d": return .likes
        case let word?:
            guard let sort = RepoQuery.Sort(rawValue: word) else {
                throw Problem.invalid(
                    "sort-unknown",
                    "'sort' does not know '\(word.prefix(50))'. It knows: "
                        + RepoQuery.Sort.allCases.map(\.rawValue).joined(separator: ", ") + "."
                )
            }
            return sort
        }
    }

    private func tags(_ kind: RepoKind) async throws -> Response {
        let groups = try await repositories.tagsByType(kind)
        var json = JSONWriter(capacity: 4096)
        json.object { json in
            for group in groups {
                json.key(text: group.type)
                json.array { json in
                    for tag in group.tags { json.tag(tag, type: group.type) }
                }
            }
        }
        return Response(json: json.buffer)
    }

    private func own(_ request: Request, _ context: GalleryContext, owner: String) async throws -> Response {
        let query = try request.query()
        let page = try await repositories.holdings(
            of: owner,
            cursor: query["cursor"],
            limit: query.limit(standard: 100, maximum: 1000),
            by: context.viewer
        )
        var json = JSONWriter(capacity: page.items.count * 256 + 2)
        json.array { json in
            for details in page.items { json.holding(details.repository) }
        }
        var response = Response(json: json.buffer)
        if let next = page.next { response.headers[.link] = try request.nextLink(context, replacing: ["cursor": next]) }
        return response
    }
}

extension JSONWriter {
    fileprivate mutating func tag(_ tag: String, type: String) {
        object { json in
            json.key("id")
            json.string(tag)
            json.key("label")
            json.string(tag.split(separator: ":").last.map(String.init) ?? tag)
            json.key("type")
            json.string(type)
        }
    }

    fileprivate mutating func holding(_ repo: Repository) {
        object { json in
            json.key("id")
            json.string(repo.name.description)
            json.key("type")
            json.string(repo.kind.hubType)
            json.key("updatedAt")
            json.date(repo.updatedAt)
            json.key("visibility")
            json.string(repo.isPrivate ? "private" : "public")
            json.key("storage")
            json.integer(repo.usedBytes)
        }
    }
}
