import Foundation
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// `/services/new`: deploys a model in two steps, the second of which says what it costs.
struct ServiceDeployPages: Sendable {
    let services: Services
    let fit: Fit
    let pages: Pages
    private var flavors: Flavors { services.runs.flavors }

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/services/new") { request, context in
            _ = try context.viewer.mustBeSignedIn()
            return try await form(request.query(), nil, request, context)
        }
        router.post("/services/new", use: send)
    }

    @Sendable private func send(_ request: Request, context: GalleryContext) async throws -> Response {
        let sent = try await pages.form(request, context)
        do {
            switch sent["step"] {
            case "deploy":
                let made = try await services.create(draft(sent), by: context.viewer)
                return pages.redirect(
                    to: ServiceView.path(made.service.id),
                    flash: context.say("services.deployed"),
                    request,
                    context
                )
            case "change": return try await form(sent, nil, request, context)
            default: return try await confirmation(sent, request, context)
            }
        } catch let error as any DomainError where error.problem.kind != .unauthenticated {
            return try await form(sent, error.problem, request, context)
        }
    }

    private func draft(_ sent: QueryParameters) throws -> ServiceDraft {
        let text = { (name: String) in (sent[name] ?? "").trimmingCharacters(in: .whitespacesAndNewlines) }
        guard let used = UsedFlavor(text(FlavorPicker.field)) else { throw FlavorError.unknown }
        let draft = ServiceDraft(
            name: text("name"),
            description: text("description"),
            model: text("model"),
            revision: text("revision").isEmpty ? "main" : text("revision"),
            used: used,
            hours: text("time") == "limited" ? Int(text("hours")) ?? 0 : nil,
            replicas: Int(text("replicas")) ?? 0
        )
        try draft.check()
        return draft
    }

    // MARK: The form

    private func form(
        _ sent: QueryParameters,
        _ problem: Problem?,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        let fault = problem.map { FormFault($0, DeployPage.fields, context) }
        let model = sent["model"] ?? ""
        let isLimited = sent["time"] == "limited"
        var free: FreeHours?
        if context.viewer.account != nil { free = try await flavors.freeHours(by: context.viewer) }
        let page = DeployPage(
            crumbs: [
                Crumb(context.say("services.title"), "/my/services"), Crumb(context.say("services.new")),
            ],
            model: FormField(model, error: fault?.error(at: "model")),
            revision: sent["revision"] ?? "main",
            name: FormField(sent["name"] ?? Self.name(of: model), error: fault?.error(at: "name")),
            description: FormField(sent["description"] ?? "", error: fault?.error(at: "description")),
            picker: FlavorPicker(
                try await flavors.offers(for: .inference),
                chosen: UsedFlavor(sent[FlavorPicker.field] ?? ""),
                free: free,
                currency: services.billing.currency,
                error: fault?.error(at: FlavorPicker.field),
                need: try await fit.inferenceNeed(of: RepoName(model), by: context.viewer),
                context
            ),
            isLimited: isLimited,
            hours: FormField(sent["hours"] ?? "1", error: fault?.error(at: "hours")),
            replicas: FormField(sent["replicas"] ?? "1", error: fault?.error(at: "replicas")),
            mostReplicas: String(ServiceDraft.mostReplicas),
            notice: fault?.general.map { Notice($0, .danger) }
        )
        return try await pages.answer(
            page,
            title: context.say("services.new"),
            status: problem == nil ? .ok : .unprocessableContent,
            place: "/my",
            request,
            context
        )
    }

    /// What a service of this model is called unless said otherwise.
    private static func name(of model: String) -> String {
        String(model.split(separator: "/").last?.prefix(30) ?? "")
    }

    // MARK: The confirmation

    /// Nil where no number is large enough.
    private static func product(_ amount: Money, _ factor: Int) -> Money? {
        let (micros, isTooLarge) = amount.micros.multipliedReportingOverflow(by: Int64(factor))
        return isTooLarge ? nil : Money(micros: micros)
    }

    private func confirmation(
        _ sent: QueryParameters,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        let draft = try draft(sent)
        let model = try await services.model(draft.model, revision: draft.revision, by: context.viewer)
        let offer = try await flavors.demand(draft.used, for: .inference)
        let row = FlavorRow(offer, services.billing.currency, context)
        var facts = [
            Fact(context.say("services.name"), draft.name), Fact(context.say("services.model"), model.name.description),
            Fact(context.say("services.revision"), String(model.revision.prefix(12))),
            Fact(context.say("services.flavor"), "\(row.name) · \(row.hardware)"),
            Fact(context.say("services.region"), row.regionName),
            Fact(context.say("services.replicas"), String(draft.replicas)),
            Fact(
                context.say("services.time"),
                draft.hours.map { context.say("services.hours.count", count: $0) }
                    ?? context.say("services.time.unlimited")
            ),
        ]
        if let price = offer.price {
            let currency = services.billing.currency
            if let perHour = Self.product(price, draft.replicas) {
                facts.append(Fact(context.say("services.price"), "\(perHour.text) \(currency)"))
                if let hours = draft.hours, let most = Self.product(perHour, hours) {
                    facts.append(Fact(context.say("services.price.most"), "\(most.text) \(currency)"))
                }
            }
        } else {
            facts.append(Fact(context.say("services.price"), context.say("services.price.free")))
        }
        let names = ["model", "name", "description", FlavorPicker.field, "time", "hours", "replicas"]
        let page = DeployConfirmPage(
            crumbs: [
                Crumb(context.say("services.title"), "/my/services"), Crumb(context.say("services.new")),
            ],
            facts: facts,
            fields: names.map { FormChoice($0, sent[$0] ?? "") } + [FormChoice("revision", model.revision)]
        )
        return try await pages.answer(page, title: context.say("services.confirm"), place: "/my", request, context)
    }
}

/// `templates/services/new.mustache`
struct DeployPage: Page {
    static let template = "services/new"
    static let fields = [
        "service-name": "name", "service-description": "description", "service-hours": "hours",
        "service-replicas": "replicas", "service-model": "model", "service-unfit": "model",
        "repository-not-found": "model", "access-gated": "model", "access-unsubscribed": "model",
        "flavor-unknown": FlavorPicker.field, "flavor-too-long": "hours",
    ]

    let crumbs: [Crumb]
    let model: FormField
    let revision: String
    let name: FormField
    let description: FormField
    let picker: FlavorPicker
    let isLimited: Bool
    let hours: FormField
    let replicas: FormField
    let mostReplicas: String
    let notice: Notice?
}

/// `templates/services/confirm.mustache`
struct DeployConfirmPage: Page {
    static let template = "services/confirm"

    let crumbs: [Crumb]
    let facts: [Fact]
    /// What was filled in, by the names of the fields.
    let fields: [FormChoice]
}
