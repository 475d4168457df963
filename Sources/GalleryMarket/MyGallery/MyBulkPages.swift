import GalleryHub
import GalleryModel
import GalleryServing
import Hummingbird

/// `/my/bulk`: asks whether the ticked assets shall be delisted or listed again, does it, and tells what became of each.
struct MyBulkPages: Sendable {
    let mine: MyGallery
    let publishing: Publishing
    let pages: Pages

    struct Action: Sendable {
        let value: String
        let text: String
    }

    static func actions(_ context: GalleryContext) -> [Action] {
        [
            Action(value: PublishingAction.delist.rawValue, text: context.say("my.bulk.delist")),
            Action(value: PublishingAction.list.rawValue, text: context.say("my.bulk.list")),
        ]
    }

    func add(to router: some RouterMethods<GalleryContext>) {
        router.post("/my/bulk", use: take)
    }

    @Sendable private func take(_ request: Request, context: GalleryContext) async throws -> Response {
        let form = try await pages.form(request, context)
        let back = Pages.localPath(form["back"]) ?? "/my"
        let repos = form.values("repo").map { RepoID($0) }
        guard let action = form["action"].flatMap(PublishingAction.init), !repos.isEmpty else {
            return pages.redirect(to: back, flash: context.say("my.bulk.none"), tone: .warning, request, context)
        }
        let isSure = form["sure"] != nil
        let chosen = try await publishing.chosen(repos, by: context.viewer)
        let done = isSure ? try await publishing.take(action, ofAll: repos, by: context.viewer) : chosen
        let counts = try await mine.counts(by: context.viewer)
        let page = MyBulkPage(chosen, done, action, isSure: isSure, back: back, counts, context)
        return try await pages.answer(page, title: page.heading, request, context)
    }
}

/// `templates/my/bulk.mustache`
struct MyBulkPage: Page {
    static let template = "my/bulk"

    struct Row: Sendable {
        let repo: String
        let name: String
        let path: String
        let badge: Badge?
        let detail: String?
    }

    let menu: [SideEntry]
    let heading: String
    let lead: String?
    let action: String
    let confirm: String
    let back: String
    let isAsking: Bool
    let rows: [Row]

    init(
        _ chosen: [BulkOutcome],
        _ done: [BulkOutcome],
        _ action: PublishingAction,
        isSure: Bool,
        back: String,
        _ counts: MyCounts,
        _ context: GalleryContext
    ) {
        menu = MyMenu.entries("", counts, context)
        self.action = action.rawValue
        self.back = back
        isAsking = !isSure
        let isDelisting = action == .delist
        confirm = isDelisting ? context.say("my.bulk.delist.done") : context.say("my.bulk.list.done")
        if isSure {
            let number = done.count { $0.problem == nil }
            heading = context.say("my.bulk.result", ["done": String(number), "all": String(done.count)])
            lead = nil
        } else {
            heading =
                isDelisting
                ? context.say("my.bulk.delist.title", count: chosen.count)
                : context.say("my.bulk.list.title", count: chosen.count)
            lead = isDelisting ? context.say("my.bulk.delist.lead") : context.say("my.bulk.list.lead")
        }
        rows = zip(chosen, done).map { before, after in
            let badge: Badge? =
                isSure
                ? after.problem == nil
                    ? Badge(context.say("my.bulk.ok"), .positive, icon: "check")
                    : Badge(context.say("my.bulk.failed"), .warning)
                : before.listing.map { Badge($0, context) }
            return Row(
                repo: before.repo.rawValue,
                name: before.name.isEmpty ? before.repo.rawValue : before.name,
                path: before.path.isEmpty ? back : before.path,
                badge: badge,
                detail: after.problem.map { context.say($0) }
            )
        }
    }
}
