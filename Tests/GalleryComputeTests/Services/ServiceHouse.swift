import Foundation
import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryTesting
import Synchronization
import Testing

@testable import GalleryCompute

/// Services on a test's database, whose replicas are runs of a scripted launcher.
struct ServiceHouse: Sendable {
    let house: RunHouse
    let services: Services
    let traffic = GatewayTraffic()
    var ada: Viewer { house.ada }
    var clock: TestClock { house.house.clock }

    init(_ database: any Database) async throws {
        // Its clock is told the time of the house, which makes its own.
        let time = TestTime()
        let world = World(
            now: { time.now() },
            newID: World.live.newID,
            randomBytes: World.live.randomBytes,
            sleep: World.live.sleep
        )
        house = try await RunHouse(database, told: [ServiceLife.observer(world)])
        time.follow(house.house.clock)
        services = Services(runs: house.runs) { name, revision, _ in
            guard let name = RepoName(name) else { throw ServiceError.badModel }
            return ServiceModel(
                repo: RepoID("model"),
                name: name,
                revision: String(repeating: "a", count: 40),
                task: "text-generation",
                weightBytes: 1
            )
        }
    }

    /// As new as after a restart of the gallery.
    var keeper: ServiceKeeper { ServiceKeeper(services: services) { [traffic] in traffic.busy($0) } }

    func draft(replicas: Int = 1, hours: Int? = nil, _ used: UsedFlavor = ComputeHouse.cpu) -> ServiceDraft {
        ServiceDraft(name: "s", model: "ada/m", used: used, hours: hours, replicas: replicas)
    }

    func create(replicas: Int = 1, hours: Int? = nil, _ used: UsedFlavor = ComputeHouse.cpu) async throws -> String {
        try await services.create(draft(replicas: replicas, hours: hours, used), by: ada).service.id
    }

    func show(_ id: String) async throws -> ServiceStanding { try await services.show(id, by: ada) }
    func state(_ id: String) async throws -> ServiceState { try await show(id).state }

    /// A second passes, and both keepers look.
    func tick(_ seconds: Int = 1) async throws {
        house.house.advance(seconds)
        try await house.keeper.tick()
        try await keeper.tick()
    }

    /// Everything that starts comes to answer, and what runs is alive.
    func serve(_ id: String) async throws {
        for (_, run) in try await show(id).replicas where run.state == .starting || run.state == .running {
            try await house.beat(run.name, "serving")
        }
    }

    /// The worker of a replica falls.
    func crash(_ run: Run, _ cause: LaunchEnd.Cause = .signal(9)) {
        house.launcher.set(run.name, .ended(LaunchEnd(cause, at: clock.now)))
    }

    /// A service that runs.
    func running(replicas: Int = 1, hours: Int? = nil) async throws -> String {
        let id = try await create(replicas: replicas, hours: hours)
        try await tick()
        try await serve(id)
        #expect(try await state(id) == .running)
        return id
    }
}

/// The time of a clock that is made later.
private final class TestTime: Sendable {
    private let clock = Mutex<TestClock?>(nil)

    func follow(_ clock: TestClock) { self.clock.withLock { $0 = clock } }
    func now() -> Date { clock.withLock { $0?.now ?? .distantPast } }
}
