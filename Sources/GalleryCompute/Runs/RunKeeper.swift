import Foundation
import GalleryDatabase
import GalleryModel
import Logging

/// Makes what is written in the rows of runs come true in a region: starts what waits, watches what runs, ends what is to
/// end. It keeps nothing in memory, so that one that is started anew goes on where another fell.
package struct RunKeeper: Sendable {
    /// A worker that was asked to end has so long to save what it has.
    static let grace: TimeInterval = 60
    /// A worker that told its end has so long to leave.
    static let leave: TimeInterval = 10

    private let runs: Runs
    private let launcher: any Launcher
    private let region: String
    private let node: String
    private let machines: RegionMachines
    private let diskBytes: Int64?
    private let address: @Sendable () -> String
    /// What is to be started for a run, as its kind says.
    private let program: @Sendable (Run) async throws -> RunProgram
    private let logger = Logger(label: "gallery.runs")

    package init(
        runs: Runs,
        launcher: any Launcher,
        region: String = Region.local,
        node: String = "here",
        machines: RegionMachines,
        diskBytes: Int64? = nil,
        address: @escaping @Sendable () -> String,
        program: @escaping @Sendable (Run) async throws -> RunProgram
    ) {
        self.runs = runs
        self.launcher = launcher
        self.region = region
        self.node = node
        self.machines = machines
        self.diskBytes = diskBytes
        self.address = address
        self.program = program
    }

    /// Before the first `tick` of a gallery that was started anew.
    package func recover() async throws {
        guard try await runs.claim(region, by: node) else { return }
        try await runs.renewLeases(in: region)
    }

    /// One round; nothing while another node of the gallery looks after the region.
    package func tick() async throws {
        await machines.refresh(at: runs.world.now())
        guard try await runs.claim(region, by: node) else { return }
        var isReachable = true
        for run in try await cared() where run.state != .queued {
            do {
                guard isReachable else {
                    try await miss(run)
                    continue
                }
                try await run.state.isOver ? sweep(run) : watch(run)
            } catch LauncherError.unreachable(let reason) {
                // The others are there too: who waits for each of them in vain is late for all.
                isReachable = false
                complain(run, LauncherError.unreachable(reason))
                try await miss(run)
            } catch {
                complain(run, error)
            }
        }
        try await fill()
    }

    /// What waits, what has a place, and what has ended but may hold its place still.
    private func cared() async throws -> [Run] {
        let region = region
        return try await runs.database.read { db in try db.runsToCare(in: region) }
    }

    private func complain(_ run: Run, _ error: any Error) {
        logger.error("a run could not be looked after", metadata: ["run": "\(run.id)", "error": "\(error)"])
    }

    // MARK: Watching

    private func watch(_ run: Run) async throws {
        let now = runs.world.now()
        switch try await launcher.find(run.name) {
        case .absent where run.state == .running:
            // It runs where this node does not see it, or its folder is gone.
            try await miss(run)
        case .absent:
            try await runs.settle(run.name, .vanished, .none, at: now)
        case .lost:
            // The machine went down: nobody knows when, so what is billed ends with the last sign of life.
            try await runs.settle(run.name, .failed, .machineLost, at: run.heartbeatAt ?? now)
        case .ended(let end):
            try await keepOutput(run)
            try await runs.settle(run.name, .failed, RunReason(end.cause), at: end.time)
        case .running:
            try await watchRunning(run, now)
        }
    }

    /// Of a run that is not seen: as long as it is heard of it lives.
    private func miss(_ run: Run) async throws {
        let now = runs.world.now()
        guard run.state.isPlaced, let lease = run.leaseUntil, lease <= now else { return }
        try await runs.settle(run.name, .failed, .machineLost, at: run.heartbeatAt ?? now)
    }

    private func watchRunning(_ run: Run, _ now: Date) async throws {
        if run.state == .stopping, let asked = run.stopAt {
            if now.timeIntervalSince(asked) >= Self.grace {
                try await launcher.kill(run.name)
            } else {
                try await launcher.stop(run.name)
            }
            return
        }
        guard let lease = run.leaseUntil, lease <= now else { return }
        try await launcher.kill(run.name)
        let reason = run.heartbeatAt == nil ? RunReason.silent : .workerLost
        try await runs.settle(run.name, .failed, reason, at: run.heartbeatAt ?? now)
    }

    /// A run that is over gives its place free when nothing of it is left: one that told its end has a moment to leave.
    private func sweep(_ run: Run) async throws {
        if run.attempt > 0 {
            if try await launcher.find(run.name) == .running {
                guard let end = run.endedAt, runs.world.now().timeIntervalSince(end) >= Self.leave else { return }
                try await launcher.kill(run.name)
                return
            }
            try await launcher.sweep(run.name)
        }
        try await runs.settled(run.name)
    }

    /// What a worker wrote to its outputs is worth most where it could not send it.
    private func keepOutput(_ run: Run) async throws {
        let output = try await launcher.output(of: run.name, last: 64 << 10)
        guard !output.isEmpty else { return }
        try runs.logs.append(run.name, at: runs.logs.size(run.name), "\n--- output of the worker ---\n" + output)
    }

    // MARK: Starting

    private func fill() async throws {
        let cared = try await cared()
        var queue = RunQueue(
            machines: machines.capacity.machines,
            placed: cared.filter { $0.state != .queued }.map { .init(account: $0.account.rawValue, size: $0.size) }
        )
        let waiting = cared.filter { $0.state == .queued }.map { run in
            RunQueue.Waiting(id: run.id, account: run.account.rawValue, size: run.size, since: run.queuedAt)
        }
        for id in queue.next(waiting, at: runs.world.now()) {
            guard let placed = try await runs.place(id) else { continue }
            do {
                try await start(placed.run, placed.token, placed.seconds)
            } catch LauncherError.unreachable(let reason) {
                // It may have begun all the same; where it has not, the next rounds find nothing, and it waits again.
                complain(placed.run, LauncherError.unreachable(reason))
            } catch {
                complain(placed.run, error)
                let problem = (error as? any DomainError)?.problem
                let reason = RunReason(
                    problem?.code ?? "launcher-failed",
                    problem?.detail ?? "The worker could not be started."
                )
                try await runs.settle(placed.run.name, .failed, reason, at: runs.world.now())
            }
        }
    }

    private func start(_ run: Run, _ token: String, _ seconds: Int64?) async throws {
        let program = try await program(run)
        let address = address()
        let own = [
            "GALLERY_URL": address, "HF_ENDPOINT": address, "GALLERY_RUN_ID": run.id,
            "GALLERY_RUN_ATTEMPT": "\(run.attempt)", "GALLERY_RUN_TOKEN": token, "HF_TOKEN": token,
            "GALLERY_RUN_SPEC": "spec.json",
        ]
        try await launcher.start(
            Launch(
                name: run.name,
                command: program.command,
                environment: program.environment.merging(own) { _, own in own },
                files: program.files.merging(["spec.json": Data(run.spec.utf8)]) { _, own in own },
                reads: program.reads,
                cores: run.size.cores,
                memoryBytes: Int64(run.size.memoryGiB) << 30,
                diskBytes: diskBytes,
                accelerators: run.size.accelerators,
                accelerator: run.size.accelerator,
                // Its preparations are not billed, and not counted.
                seconds: seconds.map { min($0, 1 << 31) + Int64(Runs.patience) },
                network: program.network,
                isStrangers: program.isStrangers,
                preparation: program.preparation,
                kept: program.kept
            )
        )
    }
}
