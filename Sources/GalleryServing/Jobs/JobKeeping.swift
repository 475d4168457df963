package import Foundation
package import GalleryDatabase

/// How a job stands, as operators see it.
package enum JobStanding: String, Sendable, Codable, CaseIterable {
    case waiting, running
    /// It failed for good.
    case failed

    /// Holds for a row of `jobs`.
    fileprivate func condition(_ now: Date) -> SQL {
        switch self {
        // `run_at` of a leased job is the end of its lease; past it, it waits for another worker.
        case .waiting: "state = 'waiting' AND (lease = '' OR run_at <= \(now))"
        case .running: "state = 'waiting' AND lease <> '' AND run_at > \(now)"
        case .failed: "state = 'parked'"
        }
    }
}

/// The jobs of one kind, counted.
package struct JobTally: Sendable, Equatable {
    package var kind: String
    package var counts: [JobStanding: Int] = [:]
}

/// A job in the queue.
package struct QueuedJob: Record, Equatable {
    package let id: String
    package let kind: String
    /// JSON: ids, never secrets.
    package let payload: String
    package let standing: JobStanding
    package let runAt: Date
    package let attempts: Int
    package let lastError: String
    package let createdAt: Date

    package init(row: Row) throws {
        id = try row.get("id")
        kind = try row.get("kind")
        payload = try row.get("payload")
        let lease: String = try row.get("lease")
        let isParked = try row.get("state", as: String.self) == "parked"
        let isLeased: Bool = try row.get("is_leased")
        standing = isParked ? .failed : !lease.isEmpty && isLeased ? .running : .waiting
        runAt = try row.get("run_at")
        attempts = try row.get("attempts")
        lastError = try row.get("last_error")
        createdAt = try row.get("created_at")
    }
}

/// A job that recurs, and when it is due.
package struct RecurringJob: Record, Equatable {
    package let kind: String
    package let nextAt: Date

    package init(row: Row) throws {
        kind = try row.get("kind")
        nextAt = try row.get("next_at")
    }
}

extension SQLConnection {
    /// All kinds of which there are jobs, by name.
    package func jobTallies(at now: Date) throws -> [JobTally] {
        var tallies: [String: JobTally] = [:]
        for standing in JobStanding.allCases {
            let found = try rows(
                "SELECT kind, COUNT(*) AS count FROM jobs WHERE \(sql: standing.condition(now)) GROUP BY kind"
            )
            for row in found {
                let kind: String = try row.get("kind")
                tallies[kind, default: JobTally(kind: kind)].counts[standing] = try row.get("count", as: Int.self)
            }
        }
        return tallies.values.sorted { $0.kind < $1.kind }
    }

    /// The latest first; `last` is the id of the last one seen.
    package func queuedJobs(
        _ standing: JobStanding,
        kind: String?,
        after last: String?,
        limit: Int,
        at now: Date
    ) throws -> [QueuedJob] {
        var conditions = [standing.condition(now)]
        if let kind { conditions.append("kind = \(kind)") }
        if let last { conditions.append("id < \(last)") }
        return try rows(
            QueuedJob.self,
            """
            SELECT \(sql: QueuedJob.columns(now)) FROM jobs
            WHERE \(sql: conditions.joined(" AND ")) ORDER BY id DESC LIMIT \(limit)
            """
        )
    }

    package func queuedJob(_ id: String, at now: Date) throws -> QueuedJob? {
        try row(QueuedJob.self, "SELECT \(sql: QueuedJob.columns(now)) FROM jobs WHERE id = \(id)")
    }

    /// Whether there is one that has not ended.
    package func hasJob(_ kind: String) throws -> Bool {
        try exists("SELECT 1 FROM jobs WHERE kind = \(kind) AND state = 'waiting' LIMIT 1")
    }

    /// Forgets a job that failed for good.
    package func dropParkedJob(_ id: String) throws {
        try execute("DELETE FROM jobs WHERE id = \(id) AND state = 'parked'")
    }

    package func recurringJobs() throws -> [RecurringJob] {
        try rows(RecurringJob.self, "SELECT kind, next_at FROM job_schedules ORDER BY kind")
    }
}

extension QueuedJob {
    fileprivate static func columns(_ now: Date) -> SQL {
        """
        id, kind, payload, state, lease, run_at, attempts, last_error, created_at,
        CASE WHEN run_at > \(now) THEN 1 ELSE 0 END AS is_leased
        """
    }
}
