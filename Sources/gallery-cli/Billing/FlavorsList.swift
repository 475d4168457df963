import ArgumentParser
import GalleryClient

/// Lists what can be chosen to run on.
struct FlavorsList: AsyncParsableCommand {
    enum Purpose: String, ExpressibleByArgument, CaseIterable {
        case fineTune = "fine-tune"
        case inference, app
    }

    static let configuration = CommandConfiguration(
        commandName: "flavors",
        abstract: "List the compute flavors, with prices and why one cannot be had"
    )

    @Option(name: .customLong("for"), help: "Only those for this.")
    var purpose: Purpose?

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let purpose = purpose
        let answer: APIAnswer<FlavorOffersBody> = try await Session.run {
            try await $0.api.get("compute/flavors", [("service", purpose?.rawValue)])
        }
        output.show(answer, Self.text)
    }

    private static func text(_ offers: FlavorOffersBody) -> String {
        var table = Table("FLAVOR", "REGION", "PRICE/HOUR", "CORES", "MEMORY", "ACCELERATOR", "AVAILABLE")
        for offer in offers.items {
            let flavor = offer.flavor
            let accelerator =
                flavor.accelerator.isEmpty
                ? "-" : "\(flavor.acceleratorCount) x \(flavor.accelerator), \(flavor.acceleratorGiB) GiB"
            let price = offer.tariff == "free" ? "free" : offer.pricePerHour.map { "\($0) \(offers.currency)" } ?? "-"
            table.add(
                offer.id,
                offer.region,
                price,
                String(flavor.cores),
                "\(flavor.memoryGiB) GiB",
                accelerator,
                offer.isAvailable ? "yes" : "no: \(why(offer.reason ?? ""))"
            )
        }
        return table.text
    }

    private static func why(_ reason: String) -> String {
        switch reason {
        case "retired": "no longer offered"
        case "closed": "not offered here"
        case "no-price": "an operator has to set its price"
        case "no-machine": "no machine in this region"
        case "accelerator": "no machine has this accelerator"
        case "cores": "no machine has so many cores"
        case "memory": "no machine has so much memory"
        default: reason
        }
    }
}

/// The offers of flavors.
struct FlavorOffersBody: Decodable, Sendable {
    struct Flavor: Decodable, Sendable {
        var accelerator: String
        var acceleratorCount: Int
        var acceleratorGiB: Int
        var cores: Int
        var memoryGiB: Int
    }

    struct Offer: Decodable, Sendable {
        var id: String
        var flavor: Flavor
        var region: String
        var tariff: String
        var pricePerHour: String?
        var isAvailable: Bool
        var reason: String?
    }

    var currency: String
    var items: [Offer]
}
