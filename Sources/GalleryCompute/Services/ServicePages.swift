import Foundation
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// `/my/services`: one's inference services, and the pages of one.
struct ServicePages: Sendable {
    let services: Services
    let pages: Pages
    let menus: PageMenus

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/my/services", use: list)
        router.get("/my/services/:service", use: show)
        router.get("/my/services/:service/usage", use: usage)
        router.get("/my/services/:service/call", use: call)
        router.post("/my/services/:service/keys", use: addKey)
        router.post("/my/services/:service/keys/:key/revocation", use: revokeKey)
        for (action, use) in actions {
            router.post(RouterPath("/my/services/:service/\(action)")) { request, context in
                let form = try await pages.form(request, context)
                return try await act(action, form, use, request, context)
            }
        }
    }

    private typealias Action =
        @Sendable (_ id: String, _ form: QueryParameters, _ context: GalleryContext) async throws -> Void

    private var actions: KeyValuePairs<String, Action> {
        [
            "start": { id, _, context in _ = try await services.start(id, by: context.viewer) },
            "stop": { id, _, context in _ = try await services.stop(id, by: context.viewer) },
            "delete": { id, _, context in try await services.delete(id, by: context.viewer) },
            "scale": { id, form, context in
                _ = try await services.scale(id, to: Int(form["replicas"] ?? "") ?? 0, by: context.viewer)
            },
        ]
    }

    private func act(
        _ action: String,
        _ form: QueryParameters,
        _ use: Action,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        let id = try context.segment("service")
        let back = action == "delete" || form["back"] == "list" ? "/my/services" : ServiceView.path(id)
        do {
            try await use(id, form, context)
        } catch let error as any DomainError
            where error.problem.kind == .conflict || error.problem.kind == .unprocessable
        {
            let text = context.say(error.problem)
            return pages.redirect(to: back, flash: text, tone: .danger, request, context)
        }
        return pages.redirect(to: back, flash: context.say("services.done.\(action)"), request, context)
    }

    @Sendable private func list(_ request: Request, context: GalleryContext) async throws -> Response {
        let now = services.world.now()
        let before = try request.query()["before"].flatMap { $0.isEmpty ? nil : $0 }
        let found = try await services.list(before: before, limit: 31, by: context.viewer)
        let flavors = try await services.runs.flavors.names()
        let rows = found.prefix(30).map { ServiceView($0, flavors: flavors, now: now, context) }
        let next = found.count > 30 ? rows.last.map { "/my/services?before=\($0.id)" } : nil
        let page = ServicesPage(
            menu: try await menus.mine("services", context),
            rows: rows,
            hasRows: !rows.isEmpty,
            live: rows.compactMap(\.live).min(),
            pager: before == nil && next == nil ? nil : Pager(first: before.map { _ in "/my/services" }, next: next)
        )
        return try await pages.answer(page, title: context.say("services.title"), place: "/my", request, context)
    }

    // MARK: One service

    private func head(_ standing: ServiceStanding, _ tab: String, _ context: GalleryContext) -> ServiceHead {
        ServiceHead(ServiceView(standing, now: services.world.now(), context), tab, context)
    }

    @Sendable private func show(_ request: Request, context: GalleryContext) async throws -> Response {
        let id = try context.segment("service")
        let standing = try await services.show(id, by: context.viewer)
        let cost = try await services.cost(of: id, by: context.viewer)
        let head = head(standing, "overview", context)
        let wanted = try request.query()["run"]
        let shown = standing.replicas.first { $0.run.id == wanted } ?? standing.replicas.last
        var log: RunLogView?
        if let run = shown?.run { log = try await RunLogView(run, services.runs, by: context.viewer) }
        let page = ServicePage(
            menu: try await menus.mine("services", context),
            head: head,
            facts: try await facts(standing, cost, context),
            replicas: standing.replicas.enumerated().map { index, pair in
                let isShown = pair.run.id == shown?.run.id
                return ReplicaView(index + 1, pair.replica, pair.run, isShown: isShown, head.service.path, context)
            },
            wantedReplicas: String(standing.service.replicas),
            mostReplicas: String(ServiceDraft.mostReplicas),
            log: log
        )
        return try await pages.answer(page, title: standing.service.name, place: "/my", request, context)
    }

    private func facts(
        _ standing: ServiceStanding,
        _ cost: RunCost,
        _ context: GalleryContext
    ) async throws -> [Fact] {
        let service = standing.service
        let flavor = service.used.name(among: try await services.runs.flavors.names(), context)
        let places = try await services.runs.flavors.regions().map { ($0.id, $0.name) }
        let region = service.used.regionName(among: Dictionary(uniqueKeysWithValues: places), context)
        let hours = service.hours.map { context.say("services.hours.count", count: $0) }
        let duration = DurationText.text(cost.seconds)
        let amount =
            service.used.tariff == .free ? duration : "\(cost.total.text) \(services.billing.currency) · \(duration)"
        return [
            Fact(context.say("services.cost"), amount, path: service.used.tariff == .paid ? "/my/billing" : nil),
            Fact(
                context.say("services.flavor"),
                "\(flavor) · \(context.say("flavors.tariff.\(service.used.tariff.rawValue)"))"
            ),
            Fact(context.say("services.region"), region),
            Fact(context.say("services.time"), hours ?? context.say("services.time.unlimited")),
            Fact(context.say("services.task"), service.task),
            Fact(context.say("services.model"), service.modelName, path: head(standing, "", context).service.modelPath),
            Fact(context.say("services.revision"), String(service.revision.prefix(12))),
        ]
    }

    @Sendable private func usage(_ request: Request, context: GalleryContext) async throws -> Response {
        let id = try context.segment("service")
        let standing = try await services.show(id, by: context.viewer)
        let used = try await services.usage(of: id, by: context.viewer)
        let page = ServiceUsagePage(
            menu: try await menus.mine("services", context),
            head: head(standing, "usage", context),
            rows: used.map { ServiceUsagePage.Row($0, context) },
            hasRows: !used.isEmpty
        )
        return try await pages.answer(page, title: standing.service.name, place: "/my", request, context)
    }

    // MARK: Keys and samples

    @Sendable private func call(_ request: Request, context: GalleryContext) async throws -> Response {
        let path = request.uri.path
        return try await callPage(issued: menus.secrets.take(path, context), nil, QueryParameters(""), request, context)
    }

    @Sendable private func addKey(_ request: Request, context: GalleryContext) async throws -> Response {
        let form = try await pages.form(request, context)
        let id = try context.segment("service")
        do {
            let issued = try await services.addKey(
                (form["key"] ?? "").trimmingCharacters(in: .whitespaces),
                perMinute: Int(form["perMinute"] ?? "") ?? -1,
                to: id,
                by: context.viewer
            )
            let path = "\(ServiceView.path(id))/call"
            try await menus.secrets.keep(issued.text, path, context)
            return pages.redirect(to: path, request, context)
        } catch let error as ServiceError where error != .unknown {
            return try await callPage(issued: nil, error.problem, form, request, context)
        }
    }

    @Sendable private func revokeKey(_ request: Request, context: GalleryContext) async throws -> Response {
        _ = try await pages.form(request, context)
        let id = try context.segment("service")
        try await services.revokeKey(context.segment("key"), of: id, by: context.viewer)
        let path = "\(ServiceView.path(id))/call"
        return pages.redirect(to: path, flash: context.say("services.keys.revoked"), request, context)
    }

    private func callPage(
        issued: String?,
        _ problem: Problem?,
        _ form: QueryParameters,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        let id = try context.segment("service")
        let now = services.world.now()
        let standing = try await services.show(id, by: context.viewer)
        let keys = try await services.keys(of: id, by: context.viewer)
        let url = ServiceAddress.url(id, origin: request.origin(context))
        let samples = ServiceSamples(url: url, model: standing.service.modelName, key: issued)
        let fault = problem.map { FormFault($0, ServiceCallPage.fields, context) }
        let page = ServiceCallPage(
            menu: try await menus.mine("services", context),
            head: head(standing, "call", context),
            url: url,
            issued: issued,
            hasPlaceholder: issued == nil,
            keys: keys.map { ServiceCallPage.KeyRow($0, now: now, context) },
            keyName: FormField(form["key"] ?? "", error: fault?.error(at: "key") ?? fault?.general),
            perMinute: FormField(
                form["perMinute"] ?? String(ServiceKey.standardPerMinute),
                error: fault?.error(at: "perMinute")
            ),
            shell: samples.shell,
            python: samples.python
        )
        return try await pages.answer(
            page,
            title: standing.service.name,
            status: problem == nil ? .ok : .unprocessableContent,
            place: "/my",
            headers: [.cacheControl: "no-store"],
            request,
            context
        )
    }
}
