import Foundation
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// `/my/apps`: keeping one's own apps.
struct MyAppPages: Sendable {
    private static let pageSize = 30

    let apps: Apps
    let pages: Pages
    let menus: PageMenus

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/my/apps", use: list)
        router.get("/my/apps/:app") { request, context in try await show(nil, request, context) }
        on("text", { $0.say("apps.saved") }, router) { form, id, viewer in
            let text = AppText(
                name: form["name"] ?? "",
                licence: form["licence"] ?? "",
                about: form["about"] ?? ""
            )
            _ = try await apps.edit(id, text, by: viewer)
        }
        on("start", { $0.say("apps.started") }, router) { form, id, viewer in
            let wish = FlavorWish { form[$0] }
            let hours = try wish.demandHours()
            _ = try await apps.start(id, on: wish.demandFlavor(), hours: .some(hours), by: viewer)
        }
        on("pause", { $0.say("apps.pausedNow") }, router) { _, id, viewer in _ = try await apps.pause(id, by: viewer) }
        on("allow", { $0.say("apps.allowed") }, router) { _, id, viewer in _ = try await apps.start(id, by: viewer) }
        on("deletion", { $0.say("apps.deleted") }, router, leadsTo: { _ in "/my/apps" }) { form, id, viewer in
            try await apps.delete(id, typed: form["confirm"] ?? "", by: viewer)
        }
        router.post("/my/apps/:app/cover", use: setCover)
    }

    private func on(
        _ name: String,
        _ flash: @escaping @Sendable (GalleryContext) -> String,
        _ router: some RouterMethods<GalleryContext>,
        leadsTo place: @escaping @Sendable (String) -> String = { "/my/apps/\($0)" },
        _ action: @escaping @Sendable (QueryParameters, String, Viewer) async throws -> Void
    ) {
        router.post("/my/apps/:app/\(name)") { request, context in
            let form = try await pages.form(request, context)
            let id = try context.segment("app")
            return try await answer(request, context) {
                try await action(form, id, context.viewer)
                return pages.redirect(to: place(id), flash: flash(context), request, context)
            }
        }
    }

    /// The page again with what could not be done.
    private func answer(
        _ request: Request,
        _ context: GalleryContext,
        _ body: () async throws -> Response
    ) async throws -> Response {
        do {
            return try await body()
        } catch let error as any DomainError
            where ![.unauthenticated, .forbidden, .missing].contains(error.problem.kind)
        {
            return try await show(FormFault(error.problem, Self.faults, context), request, context)
        }
    }

    @Sendable private func setCover(_ request: Request, context: GalleryContext) async throws -> Response {
        let body = try await request.bytes(upTo: MultipartForm.largest)
        let form = try MultipartForm(body, type: request.headers[.contentType] ?? "")
        let id = try context.segment("app")
        let picture = form["action"] == "remove" ? nil : form.file("picture").map { Array($0.bytes.readableBytesView) }
        return try await answer(request, context) {
            if picture != nil || form["action"] == "remove" {
                try await apps.setCover(picture, of: id, by: context.viewer)
            }
            return pages.redirect(to: "/my/apps/\(id)", flash: context.say("apps.saved"), request, context)
        }
    }

    private static let faults = NewAppPages.faults.merging(["app-not-typed": "confirm"]) { first, _ in first }

    @Sendable private func list(_ request: Request, context: GalleryContext) async throws -> Response {
        let cursor = try request.query()["cursor"].flatMap { $0.isEmpty ? nil : $0 }
        let found = try await apps.mine(before: cursor, limit: Self.pageSize + 1, by: context.viewer)
        let (shown, now) = (found.prefix(Self.pageSize), apps.world.now())
        let page = MyAppsPage(
            menu: try await menus.mine("apps", context),
            rows: shown.map { MyAppRow($0, now: now, context) },
            hasRows: !shown.isEmpty,
            live: shown.contains { $0.condition.isPassing } ? 3 : nil,
            pager: try request.pager(
                next: found.count > Self.pageSize ? shown.last?.app.id : nil,
                isFirst: cursor == nil
            )
        )
        return try await pages.answer(page, title: context.say("apps.mine"), place: "/my", request, context)
    }

    private func show(_ fault: FormFault?, _ request: Request, _ context: GalleryContext) async throws -> Response {
        let id = try context.segment("app")
        let standing = try await apps.keep(id, by: context.viewer)
        let cost = try await apps.cost(of: id, by: context.viewer)
        var log: RunLogView?
        if let run = standing.run, run.attempt > 0 {
            log = try await RunLogView(run, apps.runs, by: context.viewer)
        }
        let isMine = standing.app.account == context.viewer.account?.id
        let offers = try await apps.flavors.offers(for: .app)
        let picker = FlavorPicker(
            offers,
            chosen: standing.app.used,
            free: try await apps.flavors.freeHours(by: context.viewer),
            currency: apps.billing.currency,
            error: fault?.error(at: "flavor"),
            context
        )
        let page = MyAppPage(
            menu: try await menus.mine("apps", context),
            standing,
            cost: cost,
            currency: apps.billing.currency,
            offer: offers.first { $0.used == standing.app.used },
            log: log,
            picker: isMine ? picker : nil,
            fault: fault,
            now: apps.world.now(),
            context
        )
        let status: HTTPResponse.Status = fault == nil ? .ok : .unprocessableContent
        return try await pages.answer(
            page,
            title: standing.app.name,
            status: status,
            place: "/my",
            request,
            context
        )
    }
}

/// `templates/apps/mine.mustache`
struct MyAppsPage: Page {
    static let template = "apps/mine"

    let menu: [SideEntry]
    let rows: [MyAppRow]
    let hasRows: Bool
    let live: Int?
    let pager: Pager
}

/// `templates/apps/manage.mustache`
struct MyAppPage: Page {
    static let template = "apps/manage"

    let menu: [SideEntry]
    let name: String
    let base: String
    let path: String
    let state: Badge
    let sentence: String
    /// Why it ended, or fell last.
    let reason: String?
    let detail: String?
    let live: Int?
    let isShown: Bool
    let isOpen: Bool
    let mayStart: Bool
    /// Whether an administrator took it away, and whether the viewer may allow it again.
    let isHeld: Bool
    let mayAllow: Bool
    let cost: String
    let facts: [Fact]
    let log: RunLogView?
    let picker: FlavorPicker?
    let time: RunTimePicker
    let about: String
    let licences: [FormChoice]
    let cover: String?
    let general: String?
    let nameError: String?
    let aboutError: String?
    let pictureError: String?
    let confirmError: String?

    init(
        menu: [SideEntry],
        _ standing: AppStanding,
        cost: RunCost,
        currency: String,
        offer: FlavorOffer?,
        log: RunLogView?,
        picker: FlavorPicker?,
        fault: FormFault?,
        now: Date,
        _ context: GalleryContext
    ) {
        let app = standing.app
        self.menu = menu
        name = app.name
        base = "/my/apps/\(app.id)"
        path = "/apps/\(app.id)"
        let condition = standing.condition
        state = AppWords.badge(condition, context)
        sentence = AppWords.sentence(condition, context)
        let tells = condition == .ended || condition == .restarting
        reason = tells ? AppWords.reason(app.reason, context) : nil
        detail = tells && !app.reason.detail.isEmpty ? app.reason.detail : nil
        live = condition.isPassing ? 3 : condition == .running ? 30 : nil
        isShown = app.state == .shown
        isOpen = standing.isOpen
        isHeld = app.isHeld
        mayAllow = app.isHeld && picker == nil
        mayStart = app.state != .shown && !app.isHeld && (standing.run?.state.isOver ?? true) && picker != nil
        self.cost = "\(cost.total.text) \(currency)"
        self.log = log
        self.picker = mayStart ? picker : nil
        time = RunTimePicker(FlavorWish(used: app.used, hours: app.hours), error: fault?.error(at: "hours"))
        facts = Self.facts(standing, cost, offer, currency, now: now, context)
        about = app.about
        licences = AppWords.licences(app.licence, context)
        cover = AppCover.path(app)
        general = fault?.general
        nameError = fault?.error(at: "name")
        aboutError = fault?.error(at: "about")
        pictureError = fault?.error(at: "picture")
        confirmError = fault?.error(at: "confirm")
    }

    private static func facts(
        _ standing: AppStanding,
        _ cost: RunCost,
        _ offer: FlavorOffer?,
        _ currency: String,
        now: Date,
        _ context: GalleryContext
    ) -> [Fact] {
        let app = standing.app
        let row = offer.map { FlavorRow($0, currency, context) }
        var facts = [
            Fact(context.say("apps.fact.purpose"), AppWords.purpose(app.purpose, context)),
            Fact(
                context.say("apps.fact.source"),
                app.repoName.description,
                path: app.purpose == .own || app.repo == nil ? nil : "/\(app.repoName)"
            ),
            Fact(context.say("apps.fact.commit"), String(app.commit.prefix(10))),
            Fact(context.say("flavors.flavor"), row?.name ?? app.used.flavor),
            Fact(
                context.say("flavors.price"),
                app.used.tariff == .free ? context.say("flavors.tariff.free") : row?.price ?? "–"
            ),
            Fact(context.say("apps.fact.ran"), DurationText.text(cost.seconds)),
            Fact(
                context.say("flavors.time"),
                app.hours.map { context.say("apps.fact.hours", count: $0) } ?? context.say("flavors.time.unlimited")
            ),
        ]
        if let started = standing.run?.startedAt, standing.run?.state.isOver == false {
            facts.append(Fact(context.say("apps.fact.since"), context.formats.moment(started, now: now).relative))
        }
        facts.append(Fact(context.say("apps.fact.made"), context.formats.moment(app.createdAt, now: now).relative))
        return facts
    }
}
