package import Foundation
package import GalleryDatabase
import GalleryHub
package import GalleryModel
package import GalleryServing

/// What runs can run on: flavors in regions, matched with what is really there, and free hours.
package struct Flavors: Sendable {
    let database: any Database
    let world: World
    let billing: Billing
    let freeHoursPerWeek: Int
    /// What the machines of a region have; none for a region that nothing is connected to.
    let capacity: @Sendable (_ region: String) async -> Capacity

    package init(
        database: any Database,
        world: World,
        billing: Billing,
        settings: Settings.Compute,
        capacity: @escaping @Sendable (_ region: String) async -> Capacity
    ) {
        self.database = database
        self.world = world
        self.billing = billing
        freeHoursPerWeek = settings.freeHoursPerWeek
        self.capacity = capacity
    }

    // MARK: Choosing

    /// All offers, with why one cannot be chosen. What operators closed or retired is left out, unless `all` is asked for.
    package func offers(for service: ComputeService? = nil, all: Bool = false) async throws -> [FlavorOffer] {
        let now = world.now()
        let (regions, flavors, offers, prices) = try await database.read { db in
            (try db.regions(), try db.flavors(), try db.offers(), try db.prices(since: now))
        }
        var capacities: [String: Capacity] = [:]
        for region in regions { capacities[region.id] = await capacity(region.id) }
        return flavors.flatMap { flavor in
            offers.filter { $0.used.flavor == flavor.id }.compactMap { used, isOpen -> FlavorOffer? in
                guard let region = regions.first(where: { $0.id == used.region }) else { return nil }
                guard all || (isOpen && !flavor.isRetired) else { return nil }
                if let service, !flavor.services.contains(service) { return nil }
                let history = PriceHistory(prices.filter { $0.flavor == used.flavor && $0.region == used.region })
                let price = used.tariff == .paid ? history.price(at: now) : nil
                var offer = FlavorOffer(
                    flavor: flavor,
                    region: region,
                    tariff: used.tariff,
                    isOpen: isOpen,
                    price: price
                )
                offer.obstacle = offer.obstacle(given: capacities[region.id] ?? Capacity([]))
                return offer
            }
        }
    }

    /// The flavor, where the account may start this now; for those who start things, before they ask for money or hours.
    package func demand(_ used: UsedFlavor, for service: ComputeService) async throws -> FlavorOffer {
        let offer = try await offers(all: true).first { $0.used == used }
        guard let offer else { throw FlavorError.unknown }
        guard offer.flavor.services.contains(service) else { throw FlavorError.notForService(service) }
        if let obstacle = offer.obstacle { throw FlavorError.unavailable(obstacle) }
        return offer
    }

    /// The seconds for which a run may last: no longer than asked for and, on a free flavor, no longer than what is left of
    /// this week's hours. Nil is without end. Called in the transaction that starts it.
    package func demandTime(
        hours: Int?,
        on used: UsedFlavor,
        by account: AccountID,
        _ db: any SQLConnection
    ) throws -> Int64? {
        let wanted = hours.map { Int64($0) * 3600 }
        guard used.tariff == .free else { return wanted }
        let free = try freeHours(of: account, db)
        guard free.left > 0 else { throw FlavorError.noFreeHours }
        guard let wanted else { return free.left }
        guard wanted <= free.left else { throw FlavorError.tooLong(hoursLeft: Int(free.left / 3600)) }
        return wanted
    }

    package func freeHours(by viewer: Viewer) async throws -> FreeHours {
        let me = try ComputeRights.mustBeWhole(viewer)
        return try await database.read { db in try freeHours(of: me.id, db) }
    }

    package func freeHours(of account: AccountID, _ db: any SQLConnection) throws -> FreeHours {
        let now = world.now()
        let start = FreeHours.weekStart(of: now)
        let used = try billing.metering.freeSeconds(of: account, from: start, to: ClockTime.second(now), db)
        return FreeHours(start: start, granted: Int64(freeHoursPerWeek) * 3600, used: used)
    }

    // MARK: Keeping

    package func names() async throws -> [String: LocalName] {
        let all = try await database.read { db in try db.flavors() }
        return Dictionary(all.map { ($0.id, $0.name) }) { first, _ in first }
    }

    package func regions() async throws -> [Region] { try await database.read { db in try db.regions() } }

    /// Adds a flavor or changes it.
    package func save(_ flavor: Flavor, by viewer: Viewer) async throws {
        let me = try ComputeRights.mustOperate(viewer)
        try flavor.check()
        try await database.write { db in
            try db.save(flavor)
            // A new one can be had nowhere until it is offered.
            let detail = ["name": flavor.name.en, "retired": String(flavor.isRetired)]
            try db.audit("flavor.save", on: flavor.id, by: me.id, detail: detail, world: world)
        }
    }

    /// Offers a flavor in a region, or does not any more.
    package func offer(_ used: UsedFlavor, isOpen: Bool, by viewer: Viewer) async throws {
        let me = try ComputeRights.mustOperate(viewer)
        try await database.write { db in
            guard try db.flavor(used.flavor) != nil else { throw FlavorError.unknown }
            guard try db.regions().contains(where: { $0.id == used.region }) else { throw FlavorError.unknownRegion }
            try db.saveOffer(used, isOpen: isOpen)
            let detail = ["region": used.region, "tariff": used.tariff.rawValue, "open": String(isOpen)]
            try db.audit("flavor.offer", on: used.flavor, by: me.id, detail: detail, world: world)
        }
    }

    /// Adds a region or changes its name.
    package func save(_ region: Region, by viewer: Viewer) async throws {
        let me = try ComputeRights.mustOperate(viewer)
        try Flavor.checkID(region.id)
        try region.name.check()
        try await database.write { db in
            try db.save(region)
            let detail = ["name": region.name.en]
            try db.audit("flavor.save-region", on: region.id, by: me.id, detail: detail, world: world)
        }
    }
}

extension FlavorOffer {
    fileprivate func obstacle(given capacity: Capacity) -> Obstacle? {
        if flavor.isRetired { return .retired }
        if !isOpen { return .closed }
        if let obstacle = capacity.obstacle(to: flavor) { return obstacle }
        return tariff == .paid && price == nil ? .noPrice : nil
    }
}

/// The free time of a week, in seconds; weeks begin on Monday, UTC.
package struct FreeHours: Sendable, Equatable {
    package var start: Date
    package var granted: Int64
    package var used: Int64

    package var left: Int64 { max(0, granted - used) }
    package var end: Date { start.addingTimeInterval(Self.week) }

    private static let week: TimeInterval = 7 * 86_400
    /// The first Monday after the beginning of 1970.
    private static let monday: TimeInterval = 4 * 86_400

    package static func weekStart(of time: Date) -> Date {
        let weeks = ((time.timeIntervalSince1970 - monday) / week).rounded(.down)
        return Date(timeIntervalSince1970: monday + weeks * week)
    }
}
