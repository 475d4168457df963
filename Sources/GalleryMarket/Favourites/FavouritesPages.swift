import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// `/favourites` takes what the button sends; `/my/favourites` shows what somebody keeps.
struct FavouritesPages: Sendable {
    private static let kinds: [RepoKind] = [.model, .dataset, .algorithm, .notebook]

    let favourites: Favourites
    let mine: MyGallery
    let pages: Pages
    let world: World

    func add(to router: some RouterMethods<GalleryContext>) {
        router.post("/favourites", use: set)
        router.get("/my/favourites", use: list)
    }

    @Sendable private func set(_ request: Request, context: GalleryContext) async throws -> Response {
        let form = try await pages.form(request, context)
        guard let kind = form["kind"].flatMap(RepoKind.init(rawValue:)), let name = form["name"].flatMap(RepoName.init)
        else {
            throw Problem.invalid("favourite-unclear", "Say which asset, by its kind and full name.")
        }
        let isOn = form["on"] == "1"
        let count = try await favourites.set(isOn, kind, name, by: context.viewer)
        guard request.headers[.accept]?.contains("application/json") != true else {
            let reader = Reader(context, now: world.now())
            let button = FavouriteButton(kind, name, isOn: isOn, count: count, viewer: context.viewer, reader)
            return try context.responseEncoder.encode(
                Answer(isOn: isOn, count: button.count, label: button.label),
                from: request,
                context: context
            )
        }
        return pages.redirect(to: Pages.localPath(form["back"]) ?? "/\(kind.pathPrefix)\(name)", request, context)
    }

    private struct Answer: Encodable {
        var isOn: Bool
        var count: String
        var label: String
    }

    @Sendable private func list(_ request: Request, context: GalleryContext) async throws -> Response {
        guard context.viewer.account != nil else {
            return pages.redirect(to: "/login?next=/my/favourites", request, context)
        }
        let query = try request.query()
        let kind = query["kind"].flatMap(RepoKind.init(rawValue:)).flatMap { Self.kinds.contains($0) ? $0 : nil }
        let cursor = query["cursor"].flatMap { $0.isEmpty ? nil : $0 }
        let list = try await favourites.list(kind, cursor: cursor, by: context.viewer)
        let counts = try await mine.counts(by: context.viewer)
        let menu = MyMenu.entries("favourites", counts, context)
        let page = FavouritesPage(menu, list, kind, isFirst: cursor == nil, Reader(context, now: world.now()))
        return try await pages.answer(page, title: context.say("favourites.title"), request, context)
    }
}

struct FavouritesPage: Page {
    static let template = "favourites/list"

    let menu: [SideEntry]
    let tabs: [Tab]
    let rows: [AssetRow]
    let hasRows: Bool
    let pager: Pager?

    init(_ menu: [SideEntry], _ list: FavouriteList, _ kind: RepoKind?, isFirst: Bool, _ reader: Reader) {
        self.menu = menu
        let path = { (kind: RepoKind?) in "/my/favourites" + (kind.map { "?kind=\($0.rawValue)" } ?? "") }
        let all = Tab(
            reader.words.say("discovery.kinds.all"),
            path(nil),
            count: reader.formats.number(list.counts.values.reduce(0, +)),
            isCurrent: kind == nil
        )
        let kinds: [RepoKind] = [.model, .dataset, .algorithm, .notebook]
        tabs =
            [all]
            + kinds.filter { list.counts[$0] != nil || $0 == kind }.map { other in
                Tab(
                    reader.kinds(other),
                    path(other),
                    count: reader.formats.number(list.counts[other] ?? 0),
                    isCurrent: other == kind
                )
            }
        rows = list.assets.map { AssetRow($0, showsKind: kind == nil, reader) }
        hasRows = !rows.isEmpty
        pager = Pager(
            first: isFirst ? nil : path(kind),
            next: list.next.map { path(kind) + (kind == nil ? "?" : "&") + "cursor=\(PercentEncoding.encode($0))" }
        )
    }
}
