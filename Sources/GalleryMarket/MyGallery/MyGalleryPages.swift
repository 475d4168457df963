import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// `/my`: what is one's own, and what waits for one.
struct MyGalleryPages: Sendable {
    let mine: MyGallery
    let growth: Growth
    let world: World
    let pages: Pages

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/my", use: home)
        for kind in MyMenu.kinds {
            router.get("/my/\(kind.plural)") { request, context in try await assets(kind, request, context) }
        }
        router.get("/my/downloads", use: downloads)
        router.get("/my/applications", use: applications)
        router.get("/my/growth", use: history)
        router.post("/my/check-in", use: checkIn)
    }

    // MARK: The overview

    private func home(_ request: Request, context: GalleryContext) async throws -> Response {
        let counts = try await mine.counts(by: context.viewer)
        let summary = try await growth.summary(by: context.viewer)
        let latest = try await mine.assets(.created, limit: 5, by: context.viewer).assets
        let page = MyHomePage(
            menu: MyMenu.entries("home", counts, context),
            growth: GrowthCard(summary, context),
            kinds: MyMenu.kinds.map { kind in
                MyHomePage.Kind(
                    text: context.say("my.\(kind.plural)"),
                    icon: kind.rawValue,
                    count: context.formats.number(counts.created[kind] ?? 0),
                    path: "/my/\(kind.plural)"
                )
            },
            waiting: Self.waiting(counts, context),
            latest: latest.map { MyAssetRow($0, since: $0.createdAt, now: world.now(), context) }
        )
        return try await pages.answer(page, title: context.say("my.title"), request, context)
    }

    private static func waiting(_ counts: MyCounts, _ context: GalleryContext) -> [MyHomePage.Waiting] {
        [
            ("my.waiting.decide", counts.applicationsToDecide, "/my/applications?side=decide"),
            ("my.waiting.rejected", counts.rejected, "/my/\(MyMenu.kinds[0].plural)?state=rejected"),
            ("my.waiting.review", counts.inReview, "/my/\(MyMenu.kinds[0].plural)?state=in_review"),
            ("my.waiting.applied", counts.waitingApplications, "/my/applications"),
        ]
        .filter { $0.1 > 0 }
        .map { MyHomePage.Waiting(text: context.say($0.0, count: $0.1), path: $0.2) }
    }

    // MARK: Lists of assets

    private func assets(_ kind: RepoKind, _ request: Request, _ context: GalleryContext) async throws -> Response {
        let query = try request.query()
        let state = RepoListing(rawValue: query["state"] ?? "")
        let filter = MyFilter(kind: kind, listing: state, text: query["q"] ?? "")
        let path = "/my/\(kind.plural)"
        return try await list(.created, filter, name: kind.plural, path: path, request, context) { page, counts in
            page.states =
                [FormChoice("", context.say("my.state.all"), isChosen: state == nil)]
                + RepoListing.allCases.map {
                    FormChoice($0.rawValue, StateBadge($0).badge(context.words).text, isChosen: $0 == state)
                }
            page.isBare = counts.created[kind] == nil
            page.actions = MyBulkPages.actions(context)
            page.newPath = "/new?kind=\(kind.rawValue)"
        }
    }

    private func downloads(_ request: Request, context: GalleryContext) async throws -> Response {
        let query = try request.query()
        let kind = query["kind"].flatMap(RepoKind.init(rawValue:)).flatMap { MyMenu.kinds.contains($0) ? $0 : nil }
        let filter = MyFilter(kind: kind, text: query["q"] ?? "")
        return try await list(.downloaded, filter, name: "downloads", path: "/my/downloads", request, context) {
            page,
            counts in
            page.kinds =
                [FormChoice("", context.say("my.kind.all"), isChosen: kind == nil)]
                + MyMenu.kinds.map {
                    FormChoice($0.rawValue, context.say("my.\($0.plural)"), isChosen: $0 == kind)
                }
            page.isBare = counts.downloads == 0
        }
    }

    private func list(
        _ relation: MyRelation,
        _ filter: MyFilter,
        name: String,
        path: String,
        _ request: Request,
        _ context: GalleryContext,
        _ complete: (inout MyAssetsPage, MyCounts) -> Void
    ) async throws -> Response {
        let counts = try await mine.counts(by: context.viewer)
        let cursor = try request.query()["cursor"].flatMap { $0.isEmpty ? nil : $0 }
        let found = try await mine.assets(relation, filter, after: cursor, by: context.viewer)
        let now = world.now()
        var page = MyAssetsPage(
            menu: MyMenu.entries(name, counts, context),
            heading: context.say("my.\(name)"),
            lead: context.say("my.\(name).lead"),
            path: path,
            text: filter.text,
            assets: found.assets.map {
                MyAssetRow($0, since: $0.since, now: now, isDownload: relation == .downloaded, context)
            },
            emptyText: context.say("my.empty.\(relation.rawValue)"),
            pager: try request.pager(next: found.next, isFirst: cursor == nil)
        )
        complete(&page, counts)
        page.hasStates = !page.states.isEmpty
        page.hasKinds = !page.kinds.isEmpty
        page.hasBulk = !page.actions.isEmpty && !page.assets.isEmpty
        return try await pages.answer(page, title: page.heading, request, context)
    }

    // MARK: Applications

    private func applications(_ request: Request, context: GalleryContext) async throws -> Response {
        let query = try request.query()
        let toDecide = query["side"] == "decide"
        let state = GrantState(rawValue: query["state"] ?? "")
        let counts = try await mine.counts(by: context.viewer)
        let cursor = query["cursor"].flatMap { $0.isEmpty ? nil : $0 }
        let found = try await mine.applications(toDecide: toDecide, state, after: cursor, by: context.viewer)
        let now = world.now()
        let page = MyApplicationsPage(
            menu: MyMenu.entries("applications", counts, context),
            toDecide: toDecide,
            decideCount: counts.applicationsToDecide == 0
                ? nil : context.formats.number(counts.applicationsToDecide),
            states: [FormChoice("", context.say("my.state.all"), isChosen: state == nil)]
                + GrantState.allCases.map {
                    FormChoice($0.rawValue, StateBadge($0).badge(context.words).text, isChosen: $0 == state)
                },
            applications: found.applications.map { .init($0, toDecide: toDecide, now: now, context) },
            pager: try request.pager(next: found.next, isFirst: cursor == nil)
        )
        return try await pages.answer(page, title: context.say("my.applications"), request, context)
    }

    // MARK: Growth

    private func history(_ request: Request, context: GalleryContext) async throws -> Response {
        let cursor = try request.query()["cursor"].flatMap { $0.isEmpty ? nil : $0 }
        let summary = try await growth.summary(by: context.viewer)
        let found = try await growth.history(after: cursor, by: context.viewer)
        let now = world.now()
        let page = GrowthPage(
            menu: MyMenu.entries("growth", try await mine.counts(by: context.viewer), context),
            growth: GrowthCard(summary, context),
            publicationPoints: context.say("growth.publication.hint", count: growth.settings.publicationPoints),
            entries: found.entries.map { .init($0, now: now, context) },
            pager: try request.pager(next: found.next, isFirst: cursor == nil)
        )
        return try await pages.answer(page, title: context.say("my.growth"), request, context)
    }

    private func checkIn(_ request: Request, context: GalleryContext) async throws -> Response {
        let form = try await pages.form(request, context)
        let isFirst = try await growth.checkIn(by: context.viewer)
        let flash =
            isFirst
            ? context.say("growth.checkedIn", count: growth.settings.checkInPoints) : context.say("growth.again")
        return pages.redirect(
            to: form["back"] == "growth" ? "/my/growth" : "/my",
            flash: flash,
            tone: isFirst ? .positive : .accent,
            request,
            context
        )
    }
}
