import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// `/OWNER/NAME/related`: the assets that belong to one.
struct RelationPages: Sendable {
    let site: AssetPages
    let relations: Relations

    func add(to router: some RouterMethods<GalleryContext>) {
        site.get("/related", router) { request, context, asset in
            try await answer(asset, "", .none, request, context)
        }
        site.post("/related", router, use: relate)
        site.post("/related/removal", router, use: unrelate)
    }

    private func relate(_ request: Request, context: GalleryContext, asset: Asset) async throws -> Response {
        let fields = try await site.pages.form(request, context)
        let text = fields["asset"] ?? ""
        do {
            let other = try await relations.relate(asset.id, to: text, by: context.viewer)
            return site.pages.redirect(
                to: asset.path + "/related",
                flash: context.say("relations.done", ["name": other.name.description]),
                request,
                context
            )
        } catch let error as any DomainError {
            guard let faults = FormFaults(error, context) else { throw error }
            return try await answer(asset, text, faults, request, context)
        }
    }

    private func unrelate(_ request: Request, context: GalleryContext, asset: Asset) async throws -> Response {
        let fields = try await site.pages.form(request, context)
        try await relations.unrelate(asset.id, from: RepoID(fields["asset"] ?? ""), by: context.viewer)
        return site.pages.redirect(
            to: asset.path + "/related",
            flash: context.say("relations.ended"),
            request,
            context
        )
    }

    private func answer(
        _ asset: Asset,
        _ text: String,
        _ faults: FormFaults,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        let isKeeper = asset.may(.administer)
        let related = try await relations.list(of: asset.id, by: context.viewer)
        let page = RelationsPage(
            head: try await site.head(of: asset, .related, request, context),
            action: asset.path + "/related",
            rows: related.map { RelationsPage.Row($0, isKeeper: isKeeper, context) },
            isKeeper: isKeeper,
            general: faults.general,
            other: EntryField(
                "asset",
                context.say("relations.field"),
                text,
                hint: context.say("relations.field.hint"),
                maximum: 500,
                faults
            ),
            assetID: asset.id.rawValue
        )
        return try await site.answer(
            page,
            of: asset,
            title: context.say("relations.title"),
            status: .ofForm(request),
            request,
            context
        )
    }
}

/// `templates/relations/relations.mustache`
struct RelationsPage: Page {
    static let template = "relations/relations"

    struct Row: Sendable {
        let id: String
        let name: String
        let title: String?
        let description: String?
        let path: String
        let icon: String
        let downloads: String
        let isKeeper: Bool

        init(_ asset: RelatedAsset, isKeeper: Bool, _ context: GalleryContext) {
            id = asset.repo.rawValue
            name = asset.name.description
            title = asset.title.isEmpty ? nil : asset.title
            description = asset.description.isEmpty ? nil : asset.description
            path = AssetAddress.path(asset.kind, asset.name)
            icon = AssetAddress.kinds.contains(asset.kind) ? asset.kind.rawValue : "file"
            downloads = context.formats.count(asset.downloads)
            self.isKeeper = isKeeper
        }
    }

    let head: AssetHead
    let action: String
    let rows: [Row]
    let isKeeper: Bool
    let general: String?
    let other: EntryField
    let assetID: String
}
