import Foundation
import GalleryDatabase
package import GalleryHub
import GalleryModel

/// The steps of a run's life. Each is one transaction, may be repeated, and holds only for the attempt that it names.
extension Runs {
    /// How long a node is taken to look after a region that it claimed.
    static let claim: TimeInterval = 30

    /// Whether `node` looks after the region: of several that share a database one does, and another once it is silent. One
    /// that takes over lets every lease last anew, since nobody could renew them meanwhile.
    func claim(_ region: String, by node: String) async throws -> Bool {
        let now = world.now()
        let claim = try await database.read { db in try db.claim(of: region) }
        if let claim, claim.until > now {
            guard claim.node == node else { return false }
            if claim.until > now.addingTimeInterval(Self.claim / 2) { return true }
        }
        return try await database.write { db in
            let known = try db.claim(of: region)
            if let known, known.node != node, known.until > now { return false }
            try db.setClaim(RunClaim(node: node, until: now.addingTimeInterval(Self.claim)), of: region)
            if let known, known.node != node { try renewLeases(in: region, at: now, db) }
            return true
        }
    }

    /// Gives a waiting run its place: a new attempt with a token of its own. Nil where it does not wait any more.
    func place(_ id: String) async throws -> (run: Run, token: String, seconds: Int64?)? {
        let now = world.now()
        let token = "run_" + Hex.encode(world.randomBytes(24))
        return try await database.write { db in
            guard var run = try db.run(id), run.state == .queued else { return nil }
            let left = try secondsLeft(run, at: now, db)
            do {
                guard left != 0 else { throw RunError.timeUsed }
                try billing.demandMayStart(run.used, by: run.account, db)
            } catch let error as any DomainError {
                // It could be paid when it was ordered, and cannot now.
                try end(&run, .stopped, RunReason(error.problem.code, error.problem.detail), at: now, db)
                return nil
            }
            run.state = .starting
            run.attempt += 1
            (run.startedAt, run.heartbeatAt, run.stage) = (now, nil, "")
            run.leaseUntil = now.addingTimeInterval(Self.patience)
            try save(run, from: .queued, db)
            try db.setToken(SHA256Digest.of(token.utf8), ofRun: id)
            return (run, token, left)
        }
    }

    /// Something happened to an attempt that its worker did not tell itself.
    func settle(_ name: LaunchName, _ event: RunEvent, _ reason: RunReason, at time: Date) async throws {
        try await database.write { db in
            guard var run = try db.run(name.run), run.attempt == name.attempt, run.state.isPlaced else { return }
            guard let next = run.state.after(event) else { return }
            if next == .queued {
                let before = run.state
                (run.state, run.leaseUntil, run.startedAt) = (.queued, nil, nil)
                try db.setToken(nil, ofRun: run.id)
                try save(run, from: before, db)
                return
            }
            let wasAsked = run.state == .stopping && next == .stopped
            try end(&run, next, wasAsked ? run.reason : reason, at: time, db)
        }
    }

    /// Ends a run and its meter.
    private func end(
        _ run: inout Run,
        _ state: RunState,
        _ reason: RunReason,
        at time: Date,
        _ db: any SQLConnection
    ) throws {
        let time = max(time, run.heartbeatAt ?? time)
        let before = run.state
        (run.state, run.reason, run.endedAt, run.leaseUntil) = (state, reason, time, nil)
        try save(run, from: before, db)
        try billing.metering.ended(run: run.id, at: time, db)
    }

    /// Nothing of a run that is over is left on any machine.
    func settled(_ name: LaunchName) async throws {
        try await database.write { db in
            guard var run = try db.run(name.run), run.attempt == name.attempt, run.state.isOver else { return }
            run.isSettled = true
            try db.save(run)
            try db.setToken(nil, ofRun: run.id)
        }
    }

    /// Lets every lease last anew: while the gallery was away nobody could be heard.
    func renewLeases(in region: String) async throws {
        let now = world.now()
        try await database.write { db in try renewLeases(in: region, at: now, db) }
    }

    private func renewLeases(in region: String, at now: Date, _ db: any SQLConnection) throws {
        for var run in try db.runsToCare(in: region) where run.state.isPlaced {
            run.leaseUntil = max(run.leaseUntil ?? now, now.addingTimeInterval(2 * Self.lease))
            try db.save(run)
        }
    }

    // MARK: What workers tell

    /// What a worker is told in answer to a sign of life.
    package struct Pulse: Sendable, Equatable {
        package var mustStop: Bool
        package var leaseSeconds: Int
    }

    /// The run of a worker that shows its token, for the attempt that is under way.
    private func demand(
        _ id: String,
        attempt: Int,
        token: String,
        isOver: Bool = false,
        _ db: any SQLConnection
    ) throws -> Run {
        // A token that is gone has been this run's or nobody's: who has one learns no more than to end.
        guard let run = try db.run(id) else { throw RunError.badToken }
        guard let known = try db.token(ofRun: id) else { throw RunError.leaseLost }
        guard known == SHA256Digest.of(token.utf8) else {
            throw attempt < run.attempt ? RunError.leaseLost : RunError.badToken
        }
        guard run.attempt == attempt, run.state.isPlaced || isOver && run.state.isOver else { throw RunError.leaseLost }
        return run
    }

    /// For whom a run works, and what its worker may touch: nothing once it is over.
    package static let worker: WorkerFinder = { token, db in
        guard let run = try db.run(withToken: token), let account = try db.viewerAccount(run.account) else {
            return nil
        }
        guard run.state.isPlaced else { return .worker(of: account, writes: nil, reads: []) }
        return .worker(of: account, writes: run.writes, reads: Set(run.reads))
    }

    /// A worker lives. From the first sign after its preparations on it is billed.
    package func heartbeat(_ id: String, attempt: Int, token: String, stage: String) async throws -> Pulse {
        guard ["preparing", "training", "saving", "serving"].contains(stage) else {
            throw RunError.badReport("the state is preparing, training, saving or serving")
        }
        let now = world.now()
        return try await database.write { db in
            var run = try demand(id, attempt: attempt, token: token, db)
            let (before, last) = (run.state, run.heartbeatAt)
            (run.heartbeatAt, run.stage) = (now, stage)
            if stage == "preparing", run.state == .starting {
                let end = (run.startedAt ?? now).addingTimeInterval(Self.patience)
                run.leaseUntil = min(now.addingTimeInterval(Self.lease), end)
            } else {
                run.leaseUntil = now.addingTimeInterval(Self.lease)
            }
            if stage != "preparing", run.state == .starting {
                if run.used.tariff == .paid, try db.standing(of: run.account).isFrozen {
                    run.askToStop(.frozen, at: now)
                } else {
                    try billing.metering.began(run: id, of: run.account, using: run.used, at: now, db)
                    run.state = .running
                }
            } else if run.state != .starting, let last, ClockTime.hour(of: last) != ClockTime.hour(of: now) {
                try billing.metering.seen(run: id, at: now, db)
            }
            if run.state == .running, try secondsLeft(run, at: now, db) == 0 {
                run.askToStop(RunReason(.timeLimit), at: now)
            }
            try save(run, from: before, db)
            return Pulse(mustStop: run.state == .stopping, leaseSeconds: Int(Self.lease))
        }
    }

    /// Appends to the log what a worker wrote; the same bytes twice are one.
    package func appendLog(_ id: String, attempt: Int, token: String, offset: Int64, text: String) async throws {
        guard text.utf8.count <= 256 << 10 else { throw RunError.badReport("a piece of the log has 256 KiB at most") }
        _ = try await database.read { db in try demand(id, attempt: attempt, token: token, db) }
        try logs.append(LaunchName(run: id, attempt: attempt), at: offset, text)
    }

    package func addMetrics(_ id: String, attempt: Int, token: String, _ points: [RunMetric]) async throws {
        guard points.count <= 2000 else { throw RunError.badReport("2,000 values at once at most") }
        for point in points {
            guard (1...60).contains(point.name.utf8.count),
                point.name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || " _-./".contains($0)) })
            else {
                throw RunError.badReport(
                    "a name has 1 to 60 letters, digits, blanks, dots, dashes, slashes and underscores"
                )
            }
            guard point.step >= 0, point.value.isFinite else {
                throw RunError.badReport("steps and values are numbers")
            }
        }
        try await database.write { db in
            _ = try demand(id, attempt: attempt, token: token, db)
            let names = Set(try db.metricNames(ofRun: id)).union(points.map(\.name))
            guard names.count <= 50 else { throw RunError.badReport("a run has 50 measures at most") }
            guard try db.countMetrics(ofRun: id) < Self.mostMetrics else {
                throw RunError.badReport("a run keeps \(Self.mostMetrics) values at most")
            }
            for point in points { try db.saveMetric(point, ofRun: id) }
        }
    }

    package func setCheckpoint(_ id: String, attempt: Int, token: String, step: Int64, folder: String) async throws {
        let isPlain = folder.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
        guard isPlain, (1...100).contains(folder.utf8.count), folder.first != ".", step >= 0 else {
            throw RunError.badReport("a checkpoint is a folder of the run's checkpoints")
        }
        try await database.write { db in
            var run = try demand(id, attempt: attempt, token: token, db)
            (run.checkpointStep, run.checkpointFolder) = (step, folder)
            try db.save(run)
        }
    }

    /// The worker's own word of how it ended. A repetition, with the answer lost, is taken once.
    package func finish(
        _ id: String,
        attempt: Int,
        token: String,
        outcome: RunState,
        reason: RunReason,
        product: String?
    ) async throws {
        guard outcome.isOver else { throw RunError.badReport("the outcome is succeeded, failed or stopped") }
        guard reason.code.utf8.count <= 60, reason.detail.utf8.count <= 16_000, (product ?? "").utf8.count <= 100 else {
            throw RunError.badReport("the reason is too long")
        }
        let now = world.now()
        let event: RunEvent =
            switch outcome {
            case .succeeded: .succeeded
            case .stopped: .halted
            default: .failed
            }
        try await database.write { db in
            var run = try demand(id, attempt: attempt, token: token, isOver: true, db)
            if run.state.isOver {
                // One that failed while it was asked to end was stopped.
                let isTold = run.state == outcome || run.state == .stopped && outcome == .failed
                guard isTold, run.product == product ?? "" else { throw RunError.leaseLost }
                return
            }
            guard let next = run.state.after(event) else { throw RunError.leaseLost }
            run.product = product ?? ""
            let wasAsked = run.state == .stopping && next == .stopped
            try end(&run, next, wasAsked ? run.reason : reason, at: now, db)
        }
    }
}
