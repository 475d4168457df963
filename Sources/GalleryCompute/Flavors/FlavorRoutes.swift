import GalleryModel
import GalleryServing
import Hummingbird

/// `/api/v1/compute/flavors` and what operators do with them.
struct FlavorRoutes: Sendable {
    let flavors: Flavors

    func add(to api: APIRoutes) {
        api.get(
            "compute/flavors",
            "List the flavors that runs can use, with prices and why one cannot be had",
            for: .everyone,
            query: [.choice("service", ComputeService.self, "Only those that are for it.")],
            answers: FlavorOffersBody.self
        ) { call in
            let service = try call.query().choice("service", ComputeService.self)
            let offers = try await flavors.offers(for: service)
            return FlavorOffersBody(currency: flavors.billing.currency, items: offers.map(FlavorOfferBody.init))
        }
        api.get("compute/free-hours", "Show the free hours of this week", answers: FreeHoursBody.self) { call in
            FreeHoursBody(try await flavors.freeHours(by: call.viewer))
        }
        api.get(
            "console/flavors",
            "List all offers, closed ones too",
            for: .administrators,
            answers: FlavorOffersBody.self
        ) { call in
            try ComputeRights.mustOperate(call.viewer)
            let offers = try await flavors.offers(all: true)
            return FlavorOffersBody(currency: flavors.billing.currency, items: offers.map(FlavorOfferBody.init))
        }
        api.send(
            .put,
            "console/flavors/{flavor}",
            "Add a flavor or change it",
            for: .administrators,
            body: FlavorBody.self
        ) { call in try await flavors.save(call.body.flavor(call.path("flavor")), by: call.viewer) }
        api.send(
            .put,
            "console/flavors/{flavor}/offers/{region}/{tariff}",
            "Offer a flavor in a region, free or paid, or do not",
            for: .administrators,
            body: OfferStateBody.self
        ) { call in
            try ComputeRights.mustOperate(call.viewer)
            guard let tariff = Tariff(rawValue: try call.path("tariff")) else { throw FlavorError.unknown }
            let used = UsedFlavor(flavor: try call.path("flavor"), region: try call.path("region"), tariff: tariff)
            try await flavors.offer(used, isOpen: call.body.isOpen, by: call.viewer)
        }
        api.send(
            .put,
            "console/regions/{region}",
            "Add a region or change its name",
            for: .administrators,
            body: RegionBody.self
        ) { call in
            try await flavors.save(Region(id: call.path("region"), name: call.body.name), by: call.viewer)
        }
    }
}
