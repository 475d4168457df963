import Foundation
import GalleryDatabase
import GalleryHub
import GalleryModel
import Logging

/// Makes what is written in services come true, a round each second: starts what is missing or fell, ends what takes no
/// requests any more, forgets what was deleted. It keeps nothing in memory.
package struct ServiceKeeper: Sendable {
    private let services: Services
    private let node: String
    /// How many requests a run answers now.
    private let busy: @Sendable (_ run: String) -> Int
    private let logger = Logger(label: "gallery.services")
    private var runs: Runs { services.runs }

    package init(services: Services, node: String = "here", busy: @escaping @Sendable (_ run: String) -> Int) {
        (self.services, self.node, self.busy) = (services, node, busy)
    }

    package func tick() async throws {
        // One node does, the one that looks after runs.
        guard try await runs.claim(Region.local, by: node) else { return }
        let all = try await services.database.read { db in try db.servicesToCare().map { try db.standing($0) } }
        for standing in all {
            do {
                try await look(after: standing)
            } catch {
                logger.error(
                    "a service could not be looked after",
                    metadata: ["service": "\(standing.service.id)", "error": "\(error)"]
                )
            }
        }
    }

    private func look(after standing: ServiceStanding) async throws {
        let now = services.world.now()
        for (replica, run) in standing.replicas {
            if let until = replica.drainUntil {
                if isDrained(run, until: until, at: now) { try await end(run) }
            } else if run.state.isOver, run.isSettled || run.attempt == 0, replica.restartAt.map({ $0 <= now }) ?? true
            {
                try await restart(run, of: standing.service)
            }
        }
        let missing = standing.service.replicas - standing.active.count
        if standing.service.isWanted, missing > 0 { try await add(missing, to: standing.service) }
        if standing.service.deletedAt != nil, standing.replicas.isEmpty { try await forget(standing.service) }
    }

    /// Whether a replica that takes no requests any more may end: it answers none, or has had its time.
    private func isDrained(_ run: Run, until: Date, at now: Date) -> Bool {
        guard !run.state.isOver, run.state != .stopping else { return false }
        guard run.state == .running, now < until else { return true }
        return busy(run.id) == 0 && until.timeIntervalSince(now) <= RestartPolicy.drain - RestartPolicy.settling
    }

    private func end(_ run: Run) async throws {
        try await services.database.write { db in try runs.askToStop(run.id, .asked, db) }
    }

    private func restart(_ run: Run, of service: InferenceService) async throws {
        try await haltingWhereRefused(service) {
            _ = try await runs.flavors.demand(run.used, for: .inference)
            try await services.database.write { db in
                guard let replica = try db.replica(ofRun: run.id), replica.isCurrent, replica.drainUntil == nil,
                    let known = try db.run(run.id), known.state.isOver
                else { return }
                try runs.again(known, at: services.world.now(), db)
            }
        }
    }

    private func add(_ count: Int, to service: InferenceService) async throws {
        try await haltingWhereRefused(service) {
            let account = try await services.database.read { db in try db.viewerAccount(service.account) }
            guard let account else { throw ServiceError.unknown }
            let prepared = try await services.prepare(service, count: count, by: Viewer(account: account))
            try await services.database.write { db in
                guard let known = try db.service(service.id), known.isWanted else { return }
                let missing = try known.replicas - db.standing(known).active.count
                for run in prepared.prefix(max(0, missing)) { try services.insert(run, known, db) }
            }
        }
    }

    /// What cannot be started, for want of money or of a machine, is given up with the reason.
    private func haltingWhereRefused(_ service: InferenceService, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as RunError where error == .timeUsed {
            try await halt(service, RunReason(RunReason.timeLimit, error.problem.detail))
        } catch let error as any DomainError {
            try await halt(service, RunReason(error.problem.code, error.problem.detail))
        }
    }

    private func halt(_ service: InferenceService, _ why: RunReason) async throws {
        try await services.database.write { db in
            guard var known = try db.service(service.id), known.isWanted else { return }
            try ServiceLife.halt(&known, why, services.world, db)
        }
    }

    private func forget(_ service: InferenceService) async throws {
        let old = try await services.database.read { db in try db.runs(ofService: service.id) }
        guard old.allSatisfy(\.isSettled) else { return }
        try await services.database.write { db in
            for run in old { try db.deleteRun(run.id) }
            try db.deleteService(service.id)
        }
        for run in old {
            try runs.logs.forget(run: run.id)
            try await runs.discard(run.id)
        }
    }
}
