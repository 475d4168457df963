import Foundation
import GalleryModel
import GalleryServing

/// A flavor as operators write it.
struct FlavorBody: Codable, Sendable {
    var name: LocalName
    /// As `T4`; empty or missing for none.
    var accelerator: String?
    var acceleratorCount: Int?
    /// Of all of them together.
    var acceleratorGiB: Int?
    var cores: Int
    var memoryGiB: Int
    var services: [ComputeService]
    var position: Int?
    var isRetired: Bool?

    func flavor(_ id: String) -> Flavor {
        Flavor(
            id: id,
            name: name,
            accelerator: accelerator ?? "",
            acceleratorCount: acceleratorCount ?? 0,
            acceleratorGiB: acceleratorGiB ?? 0,
            cores: cores,
            memoryGiB: memoryGiB,
            services: ComputeService.allCases.filter(services.contains),
            position: max(-1_000_000, min(position ?? 0, 1_000_000)),
            isRetired: isRetired ?? false
        )
    }

    init(_ flavor: Flavor) {
        name = flavor.name
        accelerator = flavor.accelerator
        acceleratorCount = flavor.acceleratorCount
        acceleratorGiB = flavor.acceleratorGiB
        cores = flavor.cores
        memoryGiB = flavor.memoryGiB
        services = flavor.services
        position = flavor.position
        isRetired = flavor.isRetired
    }
}

/// A flavor in a region under a tariff, as people choose it.
struct FlavorOfferBody: Codable, Sendable {
    var id: String
    var flavor: FlavorBody
    var region: String
    var regionName: LocalName
    var tariff: Tariff
    var isOpen: Bool
    /// Missing where it has none, or is free.
    var pricePerHour: String?
    var isAvailable: Bool
    /// Why it cannot be chosen: retired, closed, no-price, no-machine, accelerator, cores or memory.
    var reason: String?

    init(_ offer: FlavorOffer) {
        id = offer.flavor.id
        flavor = FlavorBody(offer.flavor)
        region = offer.region.id
        regionName = offer.region.name
        tariff = offer.tariff
        isOpen = offer.isOpen
        pricePerHour = offer.price?.text
        isAvailable = offer.obstacle == nil
        reason = offer.obstacle?.code
    }
}

/// All offers.
struct FlavorOffersBody: Codable, Sendable {
    var currency: String
    var items: [FlavorOfferBody]
}

/// Whether operators offer it.
struct OfferStateBody: Codable, Sendable {
    var isOpen: Bool
}

/// A region's name.
struct RegionBody: Codable, Sendable {
    var name: LocalName
}

/// The free time of this week.
struct FreeHoursBody: Codable, Sendable {
    var weekStart: Date
    var weekEnd: Date
    var grantedSeconds: Int64
    var usedSeconds: Int64
    var leftSeconds: Int64

    init(_ hours: FreeHours) {
        weekStart = hours.start
        weekEnd = hours.end
        grantedSeconds = hours.granted
        usedSeconds = hours.used
        leftSeconds = hours.left
    }
}
