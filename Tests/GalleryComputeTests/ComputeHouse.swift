import Foundation
import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryServing
import GalleryTesting

@testable import GalleryCompute

extension TestDatabase {
    /// Runs `body` on a fresh database with the schema of hub and compute.
    func runCompute(_ body: (any Database) async throws -> Void) async throws {
        try await run(migrations: HubMigrations.all + ComputeMigrations.all, body)
    }
}

/// Billing and flavors on a test's database, with people in it.
struct ComputeHouse: Sendable {
    static let cpu = UsedFlavor(flavor: "cpu-2", region: "local", tariff: .paid)
    static let big = UsedFlavor(flavor: "cpu-8", region: "local", tariff: .paid)
    static let free = UsedFlavor(flavor: "cpu-2", region: "local", tariff: .free)

    let clock = TestClock()
    let world: World
    let database: any Database
    let billing: Billing
    let flavors: Flavors
    let root: Viewer
    private let identity: Identity

    /// Billing works on `database`, everything else on `beneath`, which is the same unless told otherwise.
    init(
        _ database: any Database,
        beneath: (any Database)? = nil,
        graceHours: Int = 24,
        retentionHours: Int = 48,
        freeHours: Int = 10,
        capacity: Capacity = Capacity([.init(cores: 8, memoryBytes: 32 << 30)]),
        observers: [StandingObserver] = []
    ) async throws {
        world = .fixed(clock)
        self.database = database
        identity = try Identity.testing(beneath ?? database, world: world)
        var settings = Settings()
        settings.billing.graceHours = graceHours
        settings.billing.retentionHours = retentionHours
        settings.compute.freeHoursPerWeek = freeHours
        billing = Billing(database: database, world: world, settings: settings.billing, observers: observers)
        flavors = Flavors(database: database, world: world, billing: billing, settings: settings.compute) { region in
            region == Region.local ? capacity : Capacity([])
        }
        root = try await identity.person("root", role: .admin)
    }

    func person(_ name: String, role: SiteRole = .user) async throws -> Viewer {
        try await identity.person(name, role: role)
    }

    func organization(_ name: String) async throws { _ = try await identity.organization(name, of: "root") }

    func account(_ viewer: Viewer) throws -> AccountID { try viewer.mustBeSignedIn().id }

    func advance(_ seconds: Int) { clock.advance(by: .seconds(seconds)) }

    func price(_ used: UsedFlavor = cpu, _ text: String, in seconds: Int = 0) async throws {
        let start = seconds == 0 ? nil : clock.now.addingTimeInterval(Double(seconds))
        let amount = Money(text) ?? .zero
        try await billing.setPrice(of: used.flavor, in: used.region, perHour: amount, from: start, by: root)
    }

    func topUp(_ viewer: Viewer, _ text: String, reference: String = UUID().uuidString) async throws {
        let name = try viewer.mustBeSignedIn().name
        try await billing.topUp(name, Money(text) ?? .zero, reference: reference, by: root)
    }

    func begin(_ run: String, of viewer: Viewer, _ used: UsedFlavor = cpu) async throws {
        let (account, now) = (try account(viewer), clock.now)
        try await database.write { [billing] db in
            try billing.metering.began(run: run, of: account, using: used, at: now, db)
        }
    }

    func see(_ run: String) async throws {
        let now = clock.now
        try await database.write { [billing] db in try billing.metering.seen(run: run, at: now, db) }
    }

    func end(_ run: String, at time: Date? = nil) async throws {
        let time = time ?? clock.now
        try await database.write { [billing] db in try billing.metering.ended(run: run, at: time, db) }
    }

    func holdings(_ viewer: Viewer) async throws -> Holdings {
        let account = try account(viewer)
        return try await database.read { db in try db.holdings(of: account) }
    }

    func standing(_ viewer: Viewer) async throws -> Standing.State {
        let account = try account(viewer)
        return try await database.read { db in try db.standing(of: account).state }
    }

    func faults() async throws -> [BooksCheck.Fault] {
        try await database.read { db in try BooksCheck(db).faults }
    }
}
