import Foundation
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// `/console/flavors`: what is offered where and for how much; and the page of one flavor.
struct FlavorPages: Sendable {
    let flavors: Flavors
    let pages: Pages
    let menus: PageMenus
    private var billing: Billing { flavors.billing }

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/console/flavors", use: list)
        router.get("/console/flavors/:flavor") { request, context in try await show(nil, request, context) }
        router.post("/console/flavors/:flavor") { request, context in
            try await change(request, context) { form, id in
                let number = { (name: String) in Int(form[name] ?? "") ?? -1 }
                let body = FlavorBody(
                    Flavor(
                        id: id,
                        name: LocalName(en: form["en"] ?? "", zh: form["zh"] ?? ""),
                        accelerator: form["accelerator"] ?? "",
                        acceleratorCount: number("acceleratorCount"),
                        acceleratorGiB: number("acceleratorGiB"),
                        cores: number("cores"),
                        memoryGiB: number("memoryGiB"),
                        services: ComputeService.allCases.filter { form["service-\($0.rawValue)"] == "1" },
                        position: number("position"),
                        isRetired: form["retired"] == "1"
                    )
                )
                try await flavors.save(body.flavor(id), by: context.viewer)
            }
        }
        router.post("/console/flavors/:flavor/offers") { request, context in
            try await change(request, context) { form, id in
                let tariff = Tariff(rawValue: form["tariff"] ?? "") ?? .paid
                let used = UsedFlavor(flavor: id, region: form["region"] ?? "", tariff: tariff)
                try await flavors.offer(used, isOpen: form["open"] == "1", by: context.viewer)
            }
        }
        router.post("/console/flavors/:flavor/prices") { request, context in
            try await change(request, context) { form, id in
                let text = form["from"] ?? ""
                // Fields of times have no zone; UTC is what hours are settled in.
                let start = text.isEmpty ? nil : try? Date("\(text):00Z", strategy: .iso8601)
                guard text.isEmpty || start != nil else { throw BillingError.badPriceStart }
                try await billing.setPrice(
                    of: id,
                    in: form["region"] ?? "",
                    perHour: BillingRoutes.amount(form["price"] ?? "", field: "price"),
                    from: start,
                    by: context.viewer
                )
            }
        }
        router.post("/console/flavors/:flavor/prices/drop") { request, context in
            try await change(request, context) { form, id in
                let start = try? Date(form["start"] ?? "", strategy: .iso8601)
                try await billing.dropPrice(
                    of: id,
                    in: form["region"] ?? "",
                    from: start ?? .distantPast,
                    by: context.viewer
                )
            }
        }
    }

    @Sendable private func list(_ request: Request, context: GalleryContext) async throws -> Response {
        try ComputeRights.mustOperate(context.viewer)
        let offers = try await flavors.offers(all: true)
        let page = FlavorsPage(
            menu: menus.console("flavors", context),
            rows: offers.map { FlavorRow($0, billing.currency, context) }
        )
        return try await pages.answer(page, title: context.say("flavors.title"), place: "/console", request, context)
    }

    private func show(_ fault: String?, _ request: Request, _ context: GalleryContext) async throws -> Response {
        try ComputeRights.mustOperate(context.viewer)
        let id = try context.segment("flavor")
        let offers = try await flavors.offers(all: true).filter { $0.flavor.id == id }
        guard let flavor = offers.first?.flavor else { throw FlavorError.unknown }
        let now = billing.world.now()
        let prices = try await billing.prices().filter { $0.flavor == id }
        let page = FlavorPage(
            menu: menus.console("flavors", context),
            flavor: FlavorFields(flavor, context),
            name: context.words.language == .chinese ? flavor.name.zh : flavor.name.en,
            path: "/console/flavors/\(PercentEncoding.encode(id))",
            fault: fault,
            currency: billing.currency,
            rows: offers.map { FlavorRow($0, billing.currency, context) },
            prices: prices.map { PriceRow($0, billing.currency, now: now, context) },
            regions: try await flavors.regions().map {
                FormChoice($0.id, context.words.language == .chinese ? $0.name.zh : $0.name.en)
            }
        )
        let status: HTTPResponse.Status = fault == nil ? .ok : .unprocessableContent
        return try await pages.answer(page, title: page.name, status: status, place: "/console", request, context)
    }

    private func change(
        _ request: Request,
        _ context: GalleryContext,
        _ body: ([String: String], String) async throws -> Void
    ) async throws -> Response {
        try ComputeRights.mustOperate(context.viewer)
        let form = try await pages.form(request, context)
        let id = try context.segment("flavor")
        let fields = [
            "en", "zh", "accelerator", "acceleratorCount", "acceleratorGiB", "cores", "memoryGiB", "position",
            "retired",
            "region", "tariff", "open", "price", "from", "start",
        ]
        var values: [String: String] = [:]
        for name in fields + ComputeService.allCases.map({ "service-\($0.rawValue)" }) {
            values[name] = form[name]?.trimmingCharacters(in: .whitespaces)
        }
        do {
            try await body(values, id)
        } catch let error as BillingError {
            return try await show(context.say(error.problem), request, context)
        } catch let error as FlavorError where error != .unknown {
            return try await show(context.say(error.problem), request, context)
        }
        return pages.redirect(
            to: "/console/flavors/\(PercentEncoding.encode(id))",
            flash: context.say("flavors.saved"),
            tone: .positive,
            request,
            context
        )
    }
}

/// `templates/flavors/list.mustache`
struct FlavorsPage: Page {
    static let template = "flavors/list"

    let menu: [SideEntry]
    let rows: [FlavorRow]
}

/// `templates/flavors/flavor.mustache`
struct FlavorPage: Page {
    static let template = "flavors/flavor"

    let menu: [SideEntry]
    let flavor: FlavorFields
    let name: String
    let path: String
    let fault: String?
    let currency: String
    let rows: [FlavorRow]
    let prices: [PriceRow]
    let regions: [FormChoice]
}

/// An offer in a table.
struct FlavorRow: Sendable {
    let flavor: String
    let name: String
    let path: String
    let hardware: String
    let region: String
    let regionName: String
    let tariff: String
    let tariffName: String
    let price: String?
    let services: String
    let isAvailable: Bool
    let state: Badge
    let reason: String?
    /// What a button changes it to.
    let opens: Bool

    init(_ offer: FlavorOffer, _ currency: String, _ context: GalleryContext) {
        let isChinese = context.words.language == .chinese
        let spec = offer.flavor
        flavor = spec.id
        name = Self.name(spec, context)
        path = "/console/flavors/\(PercentEncoding.encode(spec.id))"
        hardware = Self.hardware(spec, context)
        region = offer.region.id
        regionName = isChinese ? offer.region.name.zh : offer.region.name.en
        tariff = offer.tariff.rawValue
        tariffName = context.say("flavors.tariff.\(offer.tariff.rawValue)")
        price = offer.price.map { "\($0.text) \(currency)" }
        services = spec.services.map { context.say("flavors.service.\($0.rawValue)") }.joined(separator: " · ")
        isAvailable = offer.obstacle == nil
        state =
            offer.obstacle == nil
            ? Badge(context.say("flavors.available"), .positive, icon: "check")
            : Badge(context.say("flavors.unavailable"), icon: "minus")
        reason = offer.obstacle.map { Self.reason($0, context) }
        opens = !offer.isOpen
    }

    static func name(_ flavor: Flavor, _ context: GalleryContext) -> String {
        context.words.language == .chinese ? flavor.name.zh : flavor.name.en
    }

    /// As `1×T4 16 GiB · 8 cores · 32 GiB`.
    static func hardware(_ flavor: Flavor, _ context: GalleryContext) -> String {
        let accelerator = flavor.acceleratorText.map { "\($0) \(flavor.acceleratorGiB) GiB" }
        let cores = context.say("flavors.cores", count: flavor.cores)
        return [accelerator, cores, "\(flavor.memoryGiB) GiB"].compactMap(\.self).joined(separator: " · ")
    }

    /// Why it cannot be chosen, in a sentence.
    static func reason(_ obstacle: Obstacle, _ context: GalleryContext) -> String {
        switch obstacle {
        case .accelerator(let needed, let count):
            context.say("flavors.reason.accelerator", ["needed": "\(count)×\(needed)"])
        case .cores(let needed, let there):
            context.say("flavors.reason.cores", ["needed": String(needed), "there": String(there)])
        case .memory(let needed, let there):
            context.say("flavors.reason.memory", ["needed": String(needed), "there": String(there)])
        case .retired, .closed, .noPrice, .noMachine: context.say("flavors.reason.\(obstacle.code)")
        }
    }
}

/// The fields of a flavor's form.
struct FlavorFields: Sendable {
    struct Service: Sendable {
        let name: String
        let text: String
        let isChosen: Bool
    }

    let id: String
    let en: String
    let zh: String
    let accelerator: String
    let acceleratorCount: String
    let acceleratorGiB: String
    let cores: String
    let memoryGiB: String
    let position: String
    let services: [Service]
    let isRetired: Bool

    init(_ flavor: Flavor, _ context: GalleryContext) {
        id = flavor.id
        en = flavor.name.en
        zh = flavor.name.zh
        accelerator = flavor.accelerator
        acceleratorCount = String(flavor.acceleratorCount)
        acceleratorGiB = String(flavor.acceleratorGiB)
        cores = String(flavor.cores)
        memoryGiB = String(flavor.memoryGiB)
        position = String(flavor.position)
        services = ComputeService.allCases.map { service in
            Service(
                name: "service-\(service.rawValue)",
                text: context.say("flavors.service.\(service.rawValue)"),
                isChosen: flavor.services.contains(service)
            )
        }
        isRetired = flavor.isRetired
    }
}

/// A price in force or to come.
struct PriceRow: Sendable {
    let price: String
    let region: String
    let start: String
    let at: Moment
    let isPlanned: Bool

    init(_ price: Price, _ currency: String, now: Date, _ context: GalleryContext) {
        self.price = "\(price.perHour.text) \(currency)"
        region = price.region
        start = price.start.wire
        at = context.formats.moment(price.start, now: now)
        isPlanned = price.start > now
    }
}
