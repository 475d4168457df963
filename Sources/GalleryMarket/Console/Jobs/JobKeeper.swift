package import Foundation
package import GalleryDatabase
import GalleryHub
package import GalleryModel
package import GalleryServing

/// The background jobs, for administrators: what waits, what runs, what failed and why.
package struct JobKeeper: Sendable {
    let database: any Database
    let world: World

    package init(database: any Database, world: World) {
        self.database = database
        self.world = world
    }

    package func overview(by viewer: Viewer) async throws -> JobOverview {
        try Administrators.demand(viewer)
        let now = world.now()
        return try await database.read { db in
            JobOverview(asOf: now, kinds: try db.jobTallies(at: now), recurring: try db.recurringJobs())
        }
    }

    /// The latest first; `last` is the id of the last one seen.
    package func list(
        _ standing: JobStanding,
        kind: String? = nil,
        after last: String? = nil,
        limit: Int = 50,
        by viewer: Viewer
    ) async throws -> (jobs: [QueuedJob], next: String?) {
        try Administrators.demand(viewer)
        let (now, limit) = (world.now(), max(1, min(limit, 200)))
        return try await database.read { db in
            let found = try db.queuedJobs(standing, kind: kind, after: last, limit: limit + 1, at: now)
            let shown = Array(found.prefix(limit))
            return (shown, found.count > limit ? shown.last?.id : nil)
        }
    }

    /// Gives a job that failed another round of attempts.
    package func retry(_ id: String, by viewer: Viewer) async throws {
        let now = world.now()
        try await decide(id, "job.retry", by: viewer) { db in try db.unparkJob(id, at: now) }
    }

    /// Forgets a job that failed.
    package func drop(_ id: String, by viewer: Viewer) async throws {
        try await decide(id, "job.drop", by: viewer) { db in try db.dropParkedJob(id) }
    }

    private func decide(
        _ id: String,
        _ action: String,
        by viewer: Viewer,
        _ change: @escaping @Sendable (any SQLConnection) throws -> Void
    ) async throws {
        let account = try Administrators.demand(viewer)
        let now = world.now()
        try await database.write { db in
            guard let job = try db.queuedJob(id, at: now) else { throw JobError.unknown }
            guard job.standing == .failed else { throw JobError.notFailed }
            try change(db)
            try db.audit(action, on: id, by: account.id, detail: ["kind": job.kind], world: world)
        }
    }
}

/// The jobs by kind.
package struct JobOverview: Sendable, Equatable {
    package var asOf: Date
    package var kinds: [JobTally]
    package var recurring: [RecurringJob]

    package func count(_ standing: JobStanding) -> Int { kinds.reduce(0) { $0 + ($1.counts[standing] ?? 0) } }
}

/// What can be wrong with a decision on a job.
enum JobError: DomainError, Equatable {
    case unknown, notFailed

    var problem: Problem {
        switch self {
        case .unknown: Problem(.missing, "job-unknown", "This job is not there any more: it was done, or dropped.")
        case .notFailed: Problem(.conflict, "job-not-failed", "Only jobs that failed can be tried again or dropped.")
        }
    }
}
