import Foundation
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// `/my/jobs` and the page of each fine-tune.
struct JobPages: Sendable {
    let training: Training
    let pages: Pages
    let menus: PageMenus
    private var runs: Runs { training.runs }

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/my/jobs", use: list)
        router.get("/my/jobs/:job", use: show)
        router.post("/my/jobs/:job/stop") { request, context in
            try await act("training.stopping", request, context) { _ = try await runs.stop($0, by: context.viewer) }
        }
        router.post("/my/jobs/:job/retry") { request, context in
            try await act("training.retried", request, context) { _ = try await runs.retry($0, by: context.viewer) }
        }
        router.post("/my/jobs/:job/delete") { request, context in
            try await act("training.deleted", to: "/my/jobs", request, context) {
                try await runs.delete($0, by: context.viewer)
            }
        }
    }

    @Sendable private func list(_ request: Request, context: GalleryContext) async throws -> Response {
        let limit = 20
        let query = try request.query()
        let found = try await training.list(before: query["before"], limit: limit + 1, by: context.viewer)
        let now = training.world.now()
        let names = try await training.flavors.names()
        var rows: [JobRow] = []
        for job in found.prefix(limit) {
            let cost = try await runs.cost(of: job.run.id, by: context.viewer)
            rows.append(JobRow(job, cost, runs.billing.currency, flavors: names, now: now, context))
        }
        let last = found.count > limit ? rows.last?.id : nil
        let page = JobsPage(
            menu: try await menus.mine("jobs", context),
            rows: rows,
            live: found.contains { !$0.run.isSettled } ? 5 : nil,
            pager: query["before"] == nil && last == nil
                ? nil
                : Pager(
                    first: query["before"] == nil ? nil : "/my/jobs",
                    next: last.map { "/my/jobs?before=\(PercentEncoding.encode($0))" }
                )
        )
        return try await pages.answer(page, title: context.say("training.jobs"), place: "/my", request, context)
    }

    @Sendable private func show(_ request: Request, context: GalleryContext) async throws -> Response {
        let job = try await training.show(try context.segment("job"), by: context.viewer)
        let id = job.run.id
        let now = training.world.now()
        var metrics: [String: [RunMetric]] = [:]
        for name in try await runs.metricNames(id, by: context.viewer) {
            metrics[name] = try await allMetrics(id, name, by: context.viewer)
        }
        let page = JobPage(
            menu: try await menus.mine("jobs", context),
            job: JobView(
                job,
                metrics,
                try await runs.cost(of: id, by: context.viewer),
                runs.billing.currency,
                flavors: try await training.flavors.names(),
                now: now,
                context
            ),
            log: try await RunLogView(job.run, runs, by: context.viewer)
        )
        return try await pages.answer(page, title: job.tune.product.name, place: "/my", request, context)
    }

    private func allMetrics(_ id: String, _ name: String, by viewer: Viewer) async throws -> [RunMetric] {
        var all: [RunMetric] = []
        while all.count < 100_000 {
            let more = try await runs.metrics(id, name: name, after: all.last?.step ?? -1, limit: 5000, by: viewer)
            all += more
            if more.count < 5000 { break }
        }
        return all
    }

    private func act(
        _ done: String,
        to path: String? = nil,
        _ request: Request,
        _ context: GalleryContext,
        _ body: (String) async throws -> Void
    ) async throws -> Response {
        _ = try await pages.form(request, context)
        let id = try context.segment("job")
        let here = "/my/jobs/\(PercentEncoding.encode(id))"
        do {
            try await body(id)
        } catch let error as any DomainError where error.problem.kind == .conflict {
            return pages.redirect(to: here, flash: context.say(error.problem), tone: .danger, request, context)
        }
        return pages.redirect(to: path ?? here, flash: context.say(done), request, context)
    }
}

/// `templates/training/jobs.mustache`
struct JobsPage: Page {
    static let template = "training/jobs"

    let menu: [SideEntry]
    let rows: [JobRow]
    let live: Int?
    let pager: Pager?
}

/// `templates/training/job.mustache`
struct JobPage: Page {
    static let template = "training/job"

    let menu: [SideEntry]
    let job: JobView
    let log: RunLogView
}
