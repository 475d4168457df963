import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes

/// Creating assets over `/api/v1`.
struct CreationRoutes: Sendable {
    let creation: Creation

    func add(to api: APIRoutes) {
        api.group("Assets") { api in
            api.send(
                .post,
                "assets",
                "Create an asset",
                body: NewAssetBody.self,
                answers: CreatedAssetBody.self,
                status: .created
            ) { call in
                let body = call.body
                guard let kind = RepoKind(plural: body.kind) ?? RepoKind(rawValue: body.kind) else {
                    throw CreationError.badKind
                }
                let repository = try await creation.create(
                    NewAsset(
                        kind: kind,
                        owner: body.owner,
                        name: body.name,
                        title: body.title ?? "",
                        licence: body.licence ?? "",
                        description: body.description ?? "",
                        isPublic: body.isPublic ?? false
                    ),
                    by: call.viewer
                )
                return CreatedAssetBody(
                    id: repository.id.rawValue,
                    kind: repository.kind.plural,
                    owner: repository.name.owner,
                    name: repository.name.name
                )
            }
        }
    }
}

struct NewAssetBody: Codable, Sendable {
    /// The plural of the kind: `models`.
    var kind: String
    /// An organisation; one's own account unless given.
    var owner: String?
    var name: String
    /// The Chinese name.
    var title: String?
    var licence: String?
    var description: String?
    /// For everyone at once, or after review where the gallery reviews; else only for oneself.
    var isPublic: Bool?
}

struct CreatedAssetBody: Codable, Sendable {
    var id: String
    var kind: String
    var owner: String
    var name: String
}
