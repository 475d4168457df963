import Foundation
import GalleryModel
import GalleryServing
import Hummingbird

/// `/console/runs`: what waits and runs, whose it is, and what the machines have.
struct RunConsolePages: Sendable {
    let console: RunConsole
    let pages: Pages
    let menus: PageMenus

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/console/runs", use: list)
        router.post("/console/runs/:run/stop") { request, context in
            try ComputeRights.mustOperate(context.viewer)
            _ = try await pages.form(request, context)
            try await console.runs.stop(context.segment("run"), by: context.viewer)
            return pages.redirect(to: "/console/runs", flash: context.say("runs.console.stopping"), request, context)
        }
    }

    @Sendable private func list(_ request: Request, context: GalleryContext) async throws -> Response {
        let limit = 50
        let cursor = try request.query()["after"].flatMap { $0.isEmpty ? nil : $0 }
        let found = try await console.list(after: cursor, limit: limit + 1, by: context.viewer)
        let now = console.runs.world.now()
        let shown = found.prefix(limit)
        let next = found.count > limit ? shown.last?.run.id : nil
        let page = RunConsolePage(
            menu: menus.console("runs", context),
            nodes: try await console.nodes(by: context.viewer).map { RunConsolePage.Node($0, context) },
            rows: shown.map { RunConsolePage.Row($0, now: now, context) },
            pager: cursor == nil && next == nil
                ? nil
                : Pager(
                    first: cursor == nil ? nil : "/console/runs",
                    next: next.map { "/console/runs?after=\(PercentEncoding.encode($0))" }
                )
        )
        return try await pages.answer(
            page,
            title: context.say("runs.console.title"),
            place: "/console",
            request,
            context
        )
    }
}

/// `templates/runs/console.mustache`
struct RunConsolePage: Page {
    static let template = "runs/console"

    struct Row: Sendable {
        let id: String
        let title: String
        let kind: String
        let owner: String
        let ownerPath: String
        let flavor: String
        let state: Badge
        let stage: String?
        let since: Moment
        let stopPath: String?

        init(_ entry: RunConsole.Entry, now: Date, _ context: GalleryContext) {
            let run = entry.run
            let view = RunView(run, context)
            id = run.id
            title = run.title
            kind = context.say("runs.kind.\(run.kind.rawValue)")
            owner = entry.owner
            ownerPath = "/console/people/\(PercentEncoding.encode(entry.owner))"
            flavor =
                "\(run.used.flavor) · \(run.used.region) · \(context.say("flavors.tariff.\(run.used.tariff.rawValue)"))"
            state = view.state
            stage = view.stage
            since = context.formats.moment(run.startedAt ?? run.queuedAt, now: now)
            stopPath = view.mayStop ? "/console/runs/\(PercentEncoding.encode(run.id))/stop" : nil
        }
    }

    struct Node: Sendable {
        let region: String
        let cores: String
        let memory: String
        let accelerators: String?
        let counts: String
        let confinement: Badge
        let limits: String
        let remarks: [String]

        init(_ node: RunNode, _ context: GalleryContext) {
            region = node.machine.name.isEmpty ? node.region : "\(node.region) · \(node.machine.name)"
            cores = "\(node.usedCores) / \(node.machine.cores)"
            memory = "\(GiB.text(node.usedMemoryBytes)) / \(GiB.text(node.machine.memoryBytes))"
            let names = node.machine.accelerators.map(\.name)
            accelerators =
                names.isEmpty
                ? nil : "\(node.usedAccelerators) / \(names.count) · \(Set(names).sorted().joined(separator: ", "))"
            counts = context.say(
                "runs.console.counts",
                ["placed": String(node.placed), "waiting": String(node.waiting)]
            )
            let isWhole = node.confinement.isIsolated && node.confinement.remarks.isEmpty
            confinement =
                isWhole
                ? Badge(context.say("runs.console.confined"), .positive, icon: "shield")
                : Badge(context.say("runs.console.open"), .warning, icon: "warning")
            limits = node.confinement.limits.rawValue
            remarks = node.confinement.remarks
        }
    }

    let menu: [SideEntry]
    let nodes: [Node]
    let rows: [Row]
    let pager: Pager?
}
