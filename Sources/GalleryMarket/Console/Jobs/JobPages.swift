import Foundation
import GalleryModel
import GalleryServing
import Hummingbird

/// `/console/jobs`
struct JobPages: Sendable {
    let keeper: JobKeeper
    let pages: Pages

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/console/jobs", use: list)
        router.post("/console/jobs/:job/repeat") { request, context in
            _ = try await pages.form(request, context)
            try await keeper.retry(context.segment("job"), by: context.viewer)
            return back(context.say("jobs.repeated"), request, context)
        }
        router.post("/console/jobs/:job/drop") { request, context in
            _ = try await pages.form(request, context)
            try await keeper.drop(context.segment("job"), by: context.viewer)
            return back(context.say("jobs.dropped"), request, context)
        }
    }

    private func back(_ flash: String, _ request: Request, _ context: GalleryContext) -> Response {
        pages.redirect(to: "/console/jobs?state=failed", flash: flash, request, context)
    }

    @Sendable private func list(_ request: Request, context: GalleryContext) async throws -> Response {
        let query = try request.query()
        let overview = try await keeper.overview(by: context.viewer)
        let wanted = try query.choice("state", JobStanding.self)
        // What failed is what one comes for.
        let standing = wanted ?? (overview.count(.failed) > 0 ? .failed : .waiting)
        let kind = query["kind"].flatMap { $0.isEmpty ? nil : $0 }
        let found = try await keeper.list(standing, kind: kind, after: query["cursor"], by: context.viewer)
        let page = JobsPage(overview, standing, kind: kind, found.jobs, next: found.next, context)
        return try await pages.answer(page, title: context.say("jobs.title"), request, context)
    }
}

/// `templates/console/jobs.mustache`
struct JobsPage: Page {
    static let template = "console/jobs"

    struct Row: Sendable {
        let kind: String
        let name: String?
        let payload: String
        let error: String?
        let attempts: String
        let created: Moment
        let due: Moment
        let dueText: String
        let repeatPath: String?
        let dropPath: String?
    }

    struct Kind: Sendable {
        let kind: String
        let name: String?
        let path: String
        let isCurrent: Bool
        let waiting: String
        let running: String
        let failed: String
    }

    struct Recurring: Sendable {
        let kind: String
        let name: String?
        let next: Moment
    }

    let menu: [SideEntry]
    let tabs: [Tab]
    let rows: [Row]
    let hasRows: Bool
    let empty: String
    let chosen: String?
    let allPath: String
    let kinds: [Kind]
    let hasKinds: Bool
    let recurring: [Recurring]
    let pager: Pager?

    init(
        _ overview: JobOverview,
        _ standing: JobStanding,
        kind: String?,
        _ jobs: [QueuedJob],
        next: String?,
        _ context: GalleryContext
    ) {
        let now = overview.asOf
        let address = { (standing: JobStanding, kind: String?, cursor: String?) in
            "/console/jobs?state=\(standing.rawValue)" + (kind.map { "&kind=\(PercentEncoding.encode($0))" } ?? "")
                + (cursor.map { "&cursor=\(PercentEncoding.encode($0))" } ?? "")
        }
        menu = ConsoleMenu.entries("jobs", context)
        tabs = [JobStanding.failed, .running, .waiting].map { choice in
            Tab(
                context.say("jobs.\(choice.rawValue)"),
                address(choice, kind, nil),
                count: context.formats.number(overview.count(choice)),
                isCurrent: choice == standing
            )
        }
        rows = jobs.map { Row($0, now: now, context) }
        hasRows = !rows.isEmpty
        empty = context.say("jobs.none.\(standing.rawValue)")
        chosen = kind
        allPath = address(standing, nil, nil)
        kinds = overview.kinds.map { tally in
            Kind(
                kind: tally.kind,
                name: Self.name(tally.kind, context),
                path: address((tally.counts[.failed] ?? 0) > 0 ? .failed : standing, tally.kind, nil),
                isCurrent: tally.kind == kind,
                waiting: context.formats.number(tally.counts[.waiting] ?? 0),
                running: context.formats.number(tally.counts[.running] ?? 0),
                failed: context.formats.number(tally.counts[.failed] ?? 0)
            )
        }
        hasKinds = !kinds.isEmpty
        recurring = overview.recurring.map { job in
            Recurring(
                kind: job.kind,
                name: Self.name(job.kind, context),
                next: context.formats.moment(job.nextAt, now: now)
            )
        }
        pager = next.map { Pager(first: nil, next: address(standing, kind, $0)) }
    }

    /// What a kind of job does, in words; nil where nobody wrote them.
    static func name(_ kind: String, _ context: GalleryContext) -> String? {
        context.words.catalogue.text("jobs.kind.\(kind)", in: context.words.language)
    }
}

extension JobsPage.Row {
    fileprivate init(_ job: QueuedJob, now: Date, _ context: GalleryContext) {
        let hasFailed = job.standing == .failed
        kind = job.kind
        name = JobsPage.name(job.kind, context)
        payload = job.payload
        error = job.lastError.isEmpty ? nil : job.lastError
        attempts = context.say("jobs.attempts", count: job.attempts)
        created = context.formats.moment(job.createdAt, now: now)
        due = context.formats.moment(job.runAt, now: now)
        dueText =
            switch job.standing {
            case .failed: context.say("jobs.failedAt")
            case .running: context.say("jobs.leasedUntil")
            case .waiting: context.say("jobs.due")
            }
        repeatPath = hasFailed ? "/console/jobs/\(job.id)/repeat" : nil
        dropPath = hasFailed ? "/console/jobs/\(job.id)/drop" : nil
    }
}
