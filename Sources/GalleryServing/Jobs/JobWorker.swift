import Foundation
package import GalleryDatabase
package import GalleryModel
import Logging
import ServiceLifecycle

/// Does the jobs that wait, several at a time; any number of nodes may run one each on the same database.
package struct JobWorker: Service {
    private let database: any Database
    private let world: World
    private let handlers: JobHandlers
    private let width: Int
    private let lease: Duration
    private let logger = Logger(label: "gallery.jobs")

    package init(
        database: any Database,
        world: World,
        handlers: JobHandlers,
        width: Int = 2,
        lease: Duration = .seconds(60)
    ) {
        self.database = database
        self.world = world
        self.handlers = handlers
        self.width = max(0, width)
        self.lease = lease
    }

    /// Works until the service group stops; what has been begun is finished. With no width it leaves all work to others.
    package func run() async throws {
        guard width > 0 else {
            // A service that returned would end its group.
            try? await gracefulShutdown()
            return
        }
        await withTaskGroup { group in
            for _ in 0..<width { group.addTask { await workUntilStopped() } }
            if !handlers.schedules.isEmpty { group.addTask { await tickUntilStopped() } }
        }
    }

    /// Does everything that is due now, one after the other; for tools and tests.
    package func drain() async throws {
        try await tick()
        while try await workOnce() {}
    }

    private func workUntilStopped() async {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                if try await workOnce() { continue }
                await pause(.seconds(1))
            } catch {
                logger.error("the job queue cannot be reached", metadata: ["error": "\(error)"])
                await pause(.seconds(5))
            }
        }
    }

    private func tickUntilStopped() async {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                try await tick()
            } catch {
                logger.error("the job schedule cannot be read", metadata: ["error": "\(error)"])
            }
            await pause(.seconds(20))
        }
    }

    private func pause(_ duration: Duration) async {
        try? await cancelWhenGracefulShutdown { try await world.sleep(duration) }
    }

    /// Whether there was a job.
    private func workOnce() async throws -> Bool {
        let now = world.now()
        let kinds = handlers.handlers.keys.sorted()
        guard try await database.read({ db in try db.hasDueJob(of: kinds, at: now) }) else { return false }
        let token = Hex.encode(world.randomBytes(8))
        let end = now + lease
        guard let job = try await database.write({ db in try db.leaseJob(of: kinds, as: token, until: end, at: now) }),
            let handler = handlers.handlers[job.kind]
        else { return false }
        try await work(on: job, handler, token)
        return true
    }

    private func work(on job: LeasedJob, _ handler: JobHandlers.Handler, _ token: String) async throws {
        do {
            // A job that takes its worker down each time must end too.
            guard job.attempts <= handler.attempts else { throw HopelessJob("its worker died in the last attempt") }
            try await keepingLease(of: job, token) { try await handler.run(job.payload) }
            try await database.write { db in try db.finishJob(job.id, lease: token) }
        } catch {
            try await settle(job, handler, token, error)
        }
    }

    private func settle(
        _ job: LeasedJob,
        _ handler: JobHandlers.Handler,
        _ token: String,
        _ error: any Error
    ) async throws {
        let now = world.now()
        if error is CancellationError {
            // Our own task may be cancelled already, and this must be written nevertheless.
            let database = database
            try await Task { try await database.write { db in try db.returnJob(job.id, lease: token, at: now) } }.value
            return
        }
        let text = String("\(error)".replacingOccurrences(of: "\0", with: "").prefix(500))
        let isLast = error is HopelessJob || job.attempts >= handler.attempts
        let level: Logger.Level = isLast ? .error : .warning
        logger.log(
            level: level,
            "job failed",
            metadata: ["kind": "\(job.kind)", "job": "\(job.id)", "error": "\(text)"]
        )
        let chance = Double(world.randomBytes(1).first ?? 0) / 255
        let delay = JobBackoff.delay(after: job.attempts, first: handler.firstDelay, chance: chance)
        try await database.write { db in
            if isLast {
                try db.parkJob(job.id, lease: token, at: now, error: text)
            } else {
                try db.retryJob(job.id, lease: token, at: now + delay, error: text)
            }
        }
    }

    /// Renews the lease while `body` runs, and cancels it when another worker has taken the job over.
    private func keepingLease(
        of job: LeasedJob,
        _ token: String,
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask(operation: body)
            group.addTask {
                while true {
                    // Real time: a lease is a promise to other machines.
                    try await Task.sleep(for: lease / 3)
                    let end = world.now() + lease
                    let isOurs = try await database.write { db in try db.extendLease(token, of: job.id, until: end) }
                    if !isOurs { throw HopelessJob("the lease was lost") }
                }
            }
            try await group.next()
            group.cancelAll()
        }
    }

    /// Enqueues the recurring jobs whose time has come.
    private func tick() async throws {
        let now = world.now()
        for schedule in handlers.schedules {
            let next = try await database.read { db in try db.nextRun(of: schedule.kind) }
            if let next, next > now { continue }
            try await database.write { db in
                // Another node may have been quicker.
                if let next = try db.nextRun(of: schedule.kind), next > now { return }
                try db.enqueue(schedule.job, at: now, singleKey: "schedule \(schedule.kind)")
                try db.setNextRun(now + schedule.interval, of: schedule.kind)
            }
        }
    }
}
