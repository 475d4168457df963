import Foundation
import GalleryDatabase
import GalleryModel
import GalleryTesting
import Testing

@testable import GalleryCompute

/// What can be chosen, and why the rest cannot.
struct FlavorsTests {
    @Test(arguments: TestDatabase.all)
    func `a flavor that is not there is shown with the reason`(_ kind: TestDatabase) async throws {
        try await kind.runCompute { database in
            let t4 = Capacity.Accelerator(name: "Tesla T4", memoryBytes: 15 << 30)
            let machine = Capacity([.init(cores: 8, memoryBytes: 31 << 30, accelerators: [t4])])
            let house = try await ComputeHouse(database, capacity: machine)
            try await house.price(ComputeHouse.cpu, "1")
            let offers = try await house.flavors.offers(all: true)
            let found = Dictionary(
                uniqueKeysWithValues: offers.map { ("\($0.flavor.id) \($0.tariff)", $0.obstacle?.code) }
            )
            #expect(
                found == [
                    "t4 paid": "no-price", "t4 free": "closed", "v100 paid": "accelerator", "v100 free": "closed",
                    "snt9b paid": "accelerator", "snt9b free": "closed", "snt9b-8 paid": "accelerator",
                    "snt9b-8 free": "closed", "snt3 paid": "accelerator", "snt3 free": "closed", "cpu-2 paid": nil,
                    "cpu-2 free": nil, "cpu-8 paid": "no-price", "cpu-8 free": nil,
                ]
            )
            #expect(
                try await house.flavors.offers(for: .fineTune).allSatisfy { $0.flavor.services.contains(.fineTune) }
            )
            let t4Paid = UsedFlavor(flavor: "t4", region: "local", tariff: .paid)
            await #expect(throws: FlavorError.unavailable(.noPrice)) {
                try await house.flavors.demand(t4Paid, for: .app)
            }
            await #expect(throws: FlavorError.notForService(.fineTune)) {
                try await house.flavors.demand(t4Paid, for: .fineTune)
            }
            try await house.flavors.save(Region(id: "north", name: LocalName(en: "North", zh: "北区")), by: house.root)
            let far = UsedFlavor(flavor: "cpu-2", region: "north", tariff: .free)
            try await house.flavors.offer(far, isOpen: true, by: house.root)
            await #expect(throws: FlavorError.unavailable(.noMachine)) {
                try await house.flavors.demand(far, for: .inference)
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `free hours are counted by the week, and no run may outlast what is left`(_ kind: TestDatabase) async throws {
        try await kind.runCompute { database in
            let house = try await ComputeHouse(database, freeHours: 10)
            let ada = try await house.person("ada")
            let account = try house.account(ada)
            func time(_ hours: Int?) async throws -> Int64? {
                try await database.read { db in
                    try house.flavors.demandTime(hours: hours, on: ComputeHouse.free, by: account, db)
                }
            }
            #expect(try await time(nil) == 36_000)
            try await house.begin("r", of: ada, ComputeHouse.free)
            house.advance(7 * 3600)
            #expect(try await time(3) == 3 * 3600)
            await #expect(throws: FlavorError.tooLong(hoursLeft: 3)) { try await time(4) }
            house.advance(4 * 3600)
            await #expect(throws: FlavorError.noFreeHours) { try await time(nil) }
            try await house.end("r")
            try await house.billing.settlement.settleAll()
            #expect(try await house.holdings(ada) == Holdings())
            let hours = try await house.flavors.freeHours(by: ada)
            #expect(hours.used == 11 * 3600 && hours.left == 0)
            house.advance(7 * 86_400)
            #expect(try await time(nil) == 36_000)
            #expect(try await house.faults() == [])
        }
    }

    @Test func `weeks begin on Monday`() throws {
        let sunday = try Date("2026-11-22T23:59:59Z", strategy: .iso8601)
        #expect(FreeHours.weekStart(of: sunday) == (try Date("2026-11-16T00:00:00Z", strategy: .iso8601)))
        #expect(
            FreeHours.weekStart(of: sunday.addingTimeInterval(1))
                == (try Date("2026-11-23T00:00:00Z", strategy: .iso8601))
        )
    }

    @Test func `what a machine says of itself is read`() {
        #expect(Capacity.meminfo("MemTotal:       16384 kB\nMemFree: 1 kB\n") == 16_777_216)
        #expect(Capacity.limit("max\n") == nil && Capacity.limit("1024\n") == 1024)
        #expect(Capacity.quota("200000 100000\n") == 2 && Capacity.quota("max 100000\n") == nil)
        let cards = Capacity.accelerators("NVIDIA H100 80GB HBM3, 81559\nnonsense\n")
        #expect(cards == [.init(name: "NVIDIA H100 80GB HBM3", memoryBytes: 81_559 << 20)])
    }
}
