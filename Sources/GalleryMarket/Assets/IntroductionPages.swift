import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import GitObjects
import Hummingbird
import RichText

/// `/OWNER/NAME`: what an asset is, whether one may use it, and how to get it.
struct IntroductionPages: Sendable {
    let base: AssetPages

    func add(to router: some RouterMethods<GalleryContext>) {
        base.get("", router) { request, context, asset in try await show(request, context, asset) }
    }

    private func show(_ request: Request, _ context: GalleryContext, _ asset: Asset) async throws -> Response {
        let viewer = context.viewer
        let text = try await base.assets.introduction(of: asset, by: viewer)
        let isBare = asset.may(.readFiles) ? try await base.assets.isBare(asset, by: viewer) : false
        var side = ""
        for part in base.parts.side { side += try await part(asset, request, context) }
        var sideEnd = ""
        for part in base.parts.sideEnd { sideEnd += try await part(asset, request, context) }
        await base.parts.visited?(asset, request, context)
        let headings = (text?.headings ?? []).filter { $0.level <= 3 }
        let page = IntroductionPage(
            head: try await base.head(of: asset, .introduction, request, context),
            html: text?.html,
            hasMath: text?.hasMath ?? false,
            contents: headings.count > 3
                ? headings.prefix(60).map { .init(id: $0.id, text: $0.text, level: String($0.level)) } : [],
            hasContents: headings.count > 3,
            isEmpty: text == nil,
            isLocked: !asset.may(.readCard),
            note: AssetLock.note(asset, context),
            editPath: asset.may(.write) ? "\(asset.path)/introduction" : nil,
            start: isBare && asset.may(.write) ? AssetSnippets.upload(asset, origin: request.origin(context)) : [],
            isStart: isBare && asset.may(.write),
            uploadPath: base.parts.hasUpload ? "\(asset.path)/upload/main" : nil,
            side: side,
            sideEnd: sideEnd,
            snippets: isBare || !asset.may(.readFiles) ? [] : AssetSnippets.use(asset, origin: request.origin(context)),
            hasSnippets: !isBare && asset.may(.readFiles),
            facts: AssetFacts.rows(of: asset, now: base.assets.world.now(), context),
            tags: AssetFacts.tags(of: asset)
        )
        return try await base.answer(page, of: asset, request, context)
    }
}

struct IntroductionPage: Page {
    static let template = "assets/introduction"

    struct Heading {
        let id: String
        let text: String
        let level: String
    }

    let head: AssetHead
    let html: String?
    let hasMath: Bool
    let contents: [Heading]
    let hasContents: Bool
    let isEmpty: Bool
    let isLocked: Bool
    /// What stands above it: that files are not given out, or that it is shown as it was.
    let note: String?
    let editPath: String?
    /// How to begin, where there is nothing yet.
    let start: [AssetSnippet]
    let isStart: Bool
    let uploadPath: String?
    let side: String
    let sideEnd: String
    let snippets: [AssetSnippet]
    let hasSnippets: Bool
    let facts: [AssetFacts.Row]
    let tags: [String]
}

extension Assets {
    /// Whether there is nothing but what every repository begins with.
    func isBare(_ asset: Asset, by viewer: Viewer) async throws -> Bool {
        let page = try await unlessMissing {
            try await files.tree(revision: "main", of: asset.id, limit: 4, by: viewer)
        }
        return (page?.entries ?? []).allSatisfy { $0.path.text == ".gitattributes" || $0.path.text == ".gitignore" }
    }
}
