package import Foundation
package import GalleryDatabase
import GalleryHub
package import GalleryModel
import GalleryServing

/// Runs: what people order, how each goes on, and what it says. Whatever changes a run changes its meter in the same
/// transaction, so that the bill and the run never tell different stories.
package struct Runs: Sendable {
    /// Runs of one account that wait or run.
    static let mostAlive = 50
    /// Values that are kept of one run.
    static let mostMetrics = 500_000
    /// A worker that has not been heard of for so long is taken to be lost.
    package static let lease: TimeInterval = 60
    /// A worker has so long to begin; meanwhile it prepares, and nothing is billed.
    package static let patience: TimeInterval = 1800

    let database: any Database
    let world: World
    let billing: Billing
    let flavors: Flavors
    package let logs: RunLogs
    /// Deletes what the machines keep of a run that is gone.
    let discard: @Sendable (_ run: String) async throws -> Void
    let observers: [RunObserver]

    package init(
        database: any Database,
        world: World,
        billing: Billing,
        flavors: Flavors,
        logs: RunLogs,
        observers: [RunObserver] = [],
        discard: @escaping @Sendable (_ run: String) async throws -> Void
    ) {
        self.database = database
        self.world = world
        self.billing = billing
        self.flavors = flavors
        self.logs = logs
        self.observers = observers
        self.discard = discard
    }

    // MARK: Ordering

    /// Orders a run; for the slices that know what it is to do, and have checked it. It waits until there is a place.
    package func order(_ draft: RunDraft, by viewer: Viewer) async throws -> Run {
        let prepared = try await prepare(draft, by: viewer)
        return try await database.write { db in try insert(prepared, db) }
    }

    /// Looks at what can be seen before the transaction: the draft, and whether its flavor is there.
    package func prepare(_ draft: RunDraft, by viewer: Viewer) async throws -> PreparedRun {
        let me = try ComputeRights.mustBeWhole(viewer, .write)
        try draft.check()
        let flavor = try await flavors.demand(draft.used, for: draft.kind.service).flavor
        let size = RunSize(
            cores: flavor.cores,
            memoryGiB: flavor.memoryGiB,
            accelerator: flavor.accelerator,
            accelerators: flavor.acceleratorCount
        )
        return PreparedRun(draft: draft, account: me.id, size: size, id: world.newID())
    }

    /// Orders what was prepared, in the transaction of whoever keeps a record of it; refused where it cannot be paid.
    package func insert(_ prepared: PreparedRun, _ db: any SQLConnection) throws -> Run {
        let (draft, account) = (prepared.draft, prepared.account)
        try demandRoom(account, db)
        try billing.demandMayStart(draft.used, by: account, db)
        let limit = try flavors.demandTime(hours: draft.hours, on: draft.used, by: account, db)
        try db.insertRun(prepared, limit: limit, at: world.now())
        return try db.demandRun(prepared.id)
    }

    /// Lets a run that failed or was stopped go on from its last checkpoint, as a new attempt.
    package func retry(_ id: String, by viewer: Viewer) async throws -> Run {
        let me = try ComputeRights.mustBeWhole(viewer, .write)
        let before = try await database.read { db in try db.run(id, of: me) }
        _ = try await flavors.demand(before.used, for: before.kind.service)
        let now = world.now()
        return try await database.write { db in try again(try db.run(id, of: me), at: now, db) }
    }

    /// As `retry`, in the transaction of whoever keeps runs of its own going.
    @discardableResult
    func again(_ run: Run, at now: Date, _ db: any SQLConnection) throws -> Run {
        var run = run
        guard let state = run.state.after(.retried) else { throw RunError.cannotRetry }
        guard run.isSettled || run.attempt == 0 else { throw RunError.stillEnding }
        try demandRoom(run.account, db)
        try billing.demandMayStart(run.used, by: run.account, db)
        _ = try flavors.demandTime(hours: nil, on: run.used, by: run.account, db)
        guard try secondsLeft(run, at: now, db) != 0 else { throw RunError.timeUsed }
        let before = run.state
        (run.state, run.reason, run.stage, run.queuedAt) = (state, .none, "", now)
        run.isSettled = false
        (run.startedAt, run.endedAt, run.heartbeatAt, run.leaseUntil, run.stopAt) = (nil, nil, nil, nil, nil)
        try save(run, from: before, db)
        return run
    }

    /// Asks a run to end, in the transaction of whoever keeps a record of it. Nothing happens to one that does.
    func askToStop(_ id: String, _ why: RunReason, _ db: any SQLConnection) throws {
        guard var run = try db.run(id), !run.state.isOver, run.state != .stopping else { return }
        let before = run.state
        run.askToStop(why, at: world.now())
        try save(run, from: before, db)
    }

    private func demandRoom(_ account: AccountID, _ db: any SQLConnection) throws {
        guard try db.countRunsAlive(of: account) < Self.mostAlive else { throw RunError.tooMany(Self.mostAlive) }
    }

    /// The seconds that a run may still use; nil is without end. On free flavors never more than the week's hours.
    func secondsLeft(_ run: Run, at now: Date, _ db: any SQLConnection) throws -> Int64? {
        var left = run.limitSeconds
        if let limit = left { left = max(0, limit - (try billing.metering.cost(of: run.id, at: now, db).seconds)) }
        guard run.used.tariff == .free else { return left }
        return min(left ?? .max, try flavors.freeHours(of: run.account, db).left)
    }

    /// Writes a run whose state may have changed, and tells whom it concerns.
    func save(_ run: Run, from before: RunState, _ db: any SQLConnection) throws {
        try db.save(run)
        try observers.tell(run, from: before, db)
    }

    // MARK: Looking

    /// One's own runs, the newest first, those before the run `id`.
    package func list(
        _ kind: RunKind? = nil,
        before id: String? = nil,
        limit: Int = 30,
        by viewer: Viewer
    ) async throws -> [Run] {
        let me = try ComputeRights.mustBeWhole(viewer)
        return try await database.read { db in try db.runs(of: me.id, kind, before: id, limit: limit) }
    }

    /// Everybody's that wait or run, for operators, the oldest first.
    package func alive(after id: String? = nil, limit: Int = 100, by viewer: Viewer) async throws -> [Run] {
        try ComputeRights.mustOperate(viewer)
        return try await database.read { db in try db.runsAlive(after: id, limit: limit) }
    }

    /// One's own run, or anybody's for an administrator.
    package func show(_ id: String, by viewer: Viewer) async throws -> Run {
        let me = try ComputeRights.mustBeWhole(viewer)
        return try await database.read { db in try db.run(id, of: me) }
    }

    /// What it costs so far.
    package func cost(of id: String, by viewer: Viewer) async throws -> RunCost {
        let me = try ComputeRights.mustBeWhole(viewer)
        let now = world.now()
        return try await database.read { db in
            try billing.metering.cost(of: try db.run(id, of: me).id, at: now, db)
        }
    }

    /// The log of an attempt from a byte on; of the last attempt where none is named.
    package func log(
        _ id: String,
        attempt: Int? = nil,
        from offset: Int64,
        by viewer: Viewer
    ) async throws -> RunLogs.Piece {
        let run = try await show(id, by: viewer)
        let attempt = attempt ?? run.attempt
        guard attempt > 0, attempt <= run.attempt else { return RunLogs.Piece() }
        return try logs.read(LaunchName(run: id, attempt: attempt), from: offset)
    }

    package func metricNames(_ id: String, by viewer: Viewer) async throws -> [String] {
        let me = try ComputeRights.mustBeWhole(viewer)
        return try await database.read { db in try db.metricNames(ofRun: try db.run(id, of: me).id) }
    }

    package func metrics(
        _ id: String,
        name: String,
        after step: Int64 = -1,
        limit: Int = 1000,
        by viewer: Viewer
    ) async throws -> [RunMetric] {
        let me = try ComputeRights.mustBeWhole(viewer)
        return try await database.read { db in
            try db.metrics(ofRun: try db.run(id, of: me).id, name: name, after: step, limit: limit)
        }
    }

    // MARK: Ending

    /// Asks a run to end. One that waits is stopped at once; another saves what it has first. Once more is the same.
    @discardableResult
    package func stop(_ id: String, by viewer: Viewer) async throws -> Run {
        let me = try ComputeRights.mustBeWhole(viewer, .write)
        let now = world.now()
        return try await database.write { [world] db in
            var run = try db.run(id, of: me)
            guard run.state != .stopped else { return run }
            guard run.state.after(.stopAsked) != nil else { throw RunError.isOver }
            let before = run.state
            run.askToStop(run.account == me.id ? .asked : .byOperator, at: now)
            try save(run, from: before, db)
            if run.account != me.id {
                try db.audit("run.stop", on: run.id, by: me.id, detail: ["title": run.title], world: world)
            }
            return run
        }
    }

    /// Deletes a run that has ended, with its log and checkpoints. What it cost stays on the bill.
    package func delete(_ id: String, by viewer: Viewer) async throws {
        let me = try ComputeRights.mustBeWhole(viewer, .write)
        try await database.write { [world] db in
            let run = try db.run(id, of: me)
            guard run.state.isOver else { throw RunError.notOver }
            guard run.isSettled else { throw RunError.stillEnding }
            try billing.demandNotFrozen(run.account, db)
            try db.deleteRun(id)
            if run.account != me.id {
                try db.audit("run.delete", on: run.id, by: me.id, detail: ["title": run.title], world: world)
            }
        }
        try logs.forget(run: id)
        try await discard(id)
    }

    /// Stops what is paid when an account is frozen, in the transaction that freezes it, and has what it kept deleted when it
    /// is released. `observers` are those of runs.
    package static func observer(_ world: World, _ observers: [RunObserver] = []) -> StandingObserver {
        { account, standing, db in
            guard standing.isFrozen else { return }
            let now = world.now()
            for var run in try db.paidRunsAlive(of: account) where run.state != .stopping {
                let before = run.state
                run.askToStop(.frozen, at: now)
                try db.save(run)
                try observers.tell(run, from: before, db)
            }
            guard standing.state == .released else { return }
            try db.enqueue(ReleaseJob(account: account), at: now, singleKey: "runs.release \(account)")
        }
    }
}

extension [RunObserver] {
    func tell(_ run: Run, from before: RunState, _ db: any SQLConnection) throws {
        guard run.state != before else { return }
        for observer in self { try observer(run, before, db) }
    }
}

extension Run {
    /// Puts the wish into the run; its keeper does the rest.
    mutating func askToStop(_ why: RunReason, at now: Date) {
        guard let next = state.after(.stopAsked), state != .stopping else { return }
        (state, reason, stopAt) = (next, why, now)
        if next.isOver { (endedAt, leaseUntil) = (now, nil) }
    }
}

extension SQLConnection {
    func demandRun(_ id: String) throws -> Run {
        guard let run = try run(id) else { throw RunError.unknown }
        return run
    }

    /// The run, for its owner and for administrators; to others there is none.
    func run(_ id: String, of me: Viewer.Account) throws -> Run {
        let run = try demandRun(id)
        guard run.account == me.id || me.role == .admin else { throw RunError.unknown }
        return run
    }
}
