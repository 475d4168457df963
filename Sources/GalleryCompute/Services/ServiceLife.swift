import Foundation
import GalleryDatabase
package import GalleryModel

/// What the ends of runs mean for their services; inside the transactions in which the runs change.
package enum ServiceLife {
    package static func observer(_ world: World) -> RunObserver {
        { run, _, db in
            guard run.kind == .service, let replica = try db.replica(ofRun: run.id), replica.isCurrent else { return }
            try changed(run, replica, world, db)
        }
    }

    /// The paid services of an account whose debt was not paid in time go with what else it kept.
    package static func released(_ world: World) -> StandingObserver {
        { account, standing, db in
            guard standing.state == .released else { return }
            for var service in try db.services(of: account, before: nil, limit: Services.most)
            where service.used.tariff == .paid {
                service.deletedAt = world.now()
                try halt(&service, .none, world, db)
            }
        }
    }

    private static func changed(_ run: Run, _ replica: Replica, _ world: World, _ db: any SQLConnection) throws {
        var replica = replica
        guard replica.drainUntil == nil else {
            guard run.state.isOver else { return }
            replica.isCurrent = false
            return try db.save(replica)
        }
        guard var service = try db.service(replica.service), service.isWanted else { return }
        switch run.state {
        // Its time or its owner's money is used: nothing goes on, and no request comes any more.
        case .stopping where run.reason.code != RunReason.asked.code: try halt(&service, run.reason, world, db)
        case .stopping: try halt(&service, .none, world, db)
        case .stopped where run.reason.code == RunReason.asked.code: try halt(&service, .none, world, db)
        case .stopped: try halt(&service, run.reason, world, db)
        case .failed, .succeeded: try fell(run, &replica, &service, world, db)
        case .queued, .starting, .running: break
        }
    }

    private static func fell(
        _ run: Run,
        _ replica: inout Replica,
        _ service: inout InferenceService,
        _ world: World,
        _ db: any SQLConnection
    ) throws {
        if run.reason.code == RunReason.timeLimit { return try halt(&service, run.reason, world, db) }
        let now = world.now()
        let ranFor = run.startedAt.map { now.timeIntervalSince($0) } ?? 0
        replica.crashes = (ranFor >= RestartPolicy.stable ? 0 : replica.crashes) + 1
        let isHopeless = RestartPolicy.hopeless.contains(run.reason.code)
        let isGivenUp = isHopeless || replica.crashes >= RestartPolicy.mostCrashes
        replica.restartAt = isGivenUp ? nil : now + RestartPolicy.delay(after: replica.crashes)
        try db.save(replica)
        if isGivenUp {
            let reason = run.reason.code.isEmpty ? RunReason("no-result") : run.reason
            try halt(&service, reason, world, db)
        }
    }

    /// The service is wanted no more: no reason where somebody wished that.
    static func halt(
        _ service: inout InferenceService,
        _ why: RunReason,
        _ world: World,
        _ db: any SQLConnection
    ) throws {
        if service.isWanted {
            service.halt = why
            if !why.code.isEmpty { try ComputeNotices.halted(service, why, world, db) }
        }
        service.isWanted = false
        try db.save(service)
        try db.drainReplicas(ofService: service.id, until: world.now() + RestartPolicy.drain)
    }
}
