import Foundation
import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryTesting
import Synchronization
import Testing

@testable import GalleryCompute

/// A launcher whose workers do what a test says.
final class ScriptedLauncher: Launcher {
    struct Seen {
        var states: [LaunchName: LaunchState] = [:]
        var launches: [Launch] = []
        var stops: [LaunchName] = []
        var doors: [LaunchName: LaunchDoor] = [:]
        /// Whether nobody answers who could be asked.
        var isAway = false

        func demandThere() throws {
            if isAway { throw LauncherError.unreachable("nobody is there") }
        }
    }

    let seen = Mutex(Seen())
    let confinement = Confinement(isIsolated: true, limits: .groups2, reachesGalleryOnly: true)

    func start(_ launch: Launch) async throws {
        try seen.withLock { seen in
            try seen.demandThere()
            guard seen.states[launch.name] == nil else { return }
            seen.states[launch.name] = .running
            seen.launches.append(launch)
        }
    }

    func find(_ attempt: LaunchName) async throws -> LaunchState {
        try seen.withLock { seen in
            try seen.demandThere()
            return seen.states[attempt] ?? .absent
        }
    }

    func stop(_ attempt: LaunchName) async throws { seen.withLock { $0.stops.append(attempt) } }

    func kill(_ attempt: LaunchName) async throws {
        seen.withLock { seen in
            guard seen.states[attempt] == .running else { return }
            seen.states[attempt] = .ended(LaunchEnd(.signal(9), at: .distantPast))
        }
    }

    func door(to attempt: LaunchName) async throws -> LaunchDoor? { seen.withLock { $0.doors[attempt] } }
    func output(of attempt: LaunchName, last bytes: Int) async throws -> String { "last words" }
    func sweep(_ attempt: LaunchName) async throws { set(attempt, nil) }
    func forget(run: String) async throws {}

    func set(_ attempt: LaunchName, _ state: LaunchState?) { seen.withLock { $0.states[attempt] = state } }

    func token(of name: LaunchName) -> String {
        seen.withLock { $0.launches.last { $0.name == name }?.environment["GALLERY_RUN_TOKEN"] ?? "" }
    }
}

/// Runs on a test's database, with money in people's hands.
struct RunHouse: Sendable {
    let house: ComputeHouse
    let runs: Runs
    let launcher = ScriptedLauncher()
    let ada: Viewer
    private let folder = FileManager.default.temporaryDirectory.appending(path: "run-house-\(UUID().uuidString)")

    init(_ database: any Database, freeHours: Int = 10, told: [RunObserver] = []) async throws {
        let clock = TestClock()
        house = try await ComputeHouse(
            database,
            freeHours: freeHours,
            observers: [Runs.observer(.fixed(clock), told)]
        )
        clock.advance(by: .seconds(1_000_000))
        runs = Runs(
            database: database,
            world: house.world,
            billing: house.billing,
            flavors: house.flavors,
            logs: RunLogs(root: folder),
            observers: told
        ) { [launcher] run in try await launcher.forget(run: run) }
        ada = try await house.person("ada")
        try await house.price(ComputeHouse.cpu, "3600")
        try await house.topUp(ada, "100000")
        house.advance(2)
    }

    func close() { try? FileManager.default.removeItem(at: folder) }

    /// As new as after a restart.
    var keeper: RunKeeper { keeper(launcher) }

    func keeper(_ launcher: any Launcher, node: String = "here", _ command: [String] = ["true"]) -> RunKeeper {
        RunKeeper(
            runs: runs,
            launcher: launcher,
            node: node,
            machines: RegionMachines(Capacity([.init(cores: 8, memoryBytes: 32 << 30)])),
            address: { "http://gallery" },
            program: { _ in RunProgram(command: command, network: .none) }
        )
    }

    func order(_ used: UsedFlavor = ComputeHouse.cpu, hours: Int? = nil, by viewer: Viewer? = nil) async throws -> Run {
        let draft = RunDraft(kind: .fineTune, title: "tune", used: used, hours: hours)
        return try await runs.order(draft, by: viewer ?? ada)
    }

    /// A run whose worker trains.
    func training(_ used: UsedFlavor = ComputeHouse.cpu, hours: Int? = nil) async throws -> LaunchName {
        let run = try await order(used, hours: hours)
        try await keeper.tick()
        let name = LaunchName(run: run.id, attempt: 1)
        #expect(try await beat(name).mustStop == false)
        return name
    }

    @discardableResult
    func beat(_ name: LaunchName, _ stage: String = "training") async throws -> Runs.Pulse {
        try await runs.heartbeat(name.run, attempt: name.attempt, token: launcher.token(of: name), stage: stage)
    }

    func finish(_ name: LaunchName, _ outcome: RunState = .succeeded) async throws {
        try await runs.finish(
            name.run,
            attempt: name.attempt,
            token: launcher.token(of: name),
            outcome: outcome,
            reason: .none,
            product: nil
        )
    }

    func run(_ name: LaunchName) async throws -> Run { try await runs.show(name.run, by: ada) }

    /// The seconds that were billed, and whether the meter runs still.
    func metered(_ name: LaunchName) async throws -> (seconds: Int64, isOpen: Bool) {
        let now = house.clock.now
        let billing = house.billing
        let account = try house.account(ada)
        return try await runs.database.read { db in
            (
                try billing.metering.cost(of: name.run, at: now, db).seconds,
                try billing.metering.running(of: account, db).contains(name.run)
            )
        }
    }
}
