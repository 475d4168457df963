package import Foundation
package import GalleryDatabase
import GalleryModel
import Synchronization

enum JobPayload {
    static func encode(_ job: some Job) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(job), as: UTF8.self)
    }

    static func decode<Kind: Job>(_ type: Kind.Type, from text: String) throws -> Kind {
        try JSONDecoder().decode(Kind.self, from: Data(text.utf8))
    }
}

/// Ids that sort in the order in which this program made them, also within a millisecond.
private enum JobID {
    private static let count = Mutex<UInt32>(0)

    static func make(at now: Date) -> String {
        let number = count.withLock { count in
            count &+= 1
            return count
        }
        let id = TimeOrderedID.make(at: now)
        let bytes = (0..<4).map { UInt8(truncatingIfNeeded: number >> UInt32(24 - $0 * 8)) }
        return id.prefix(12) + Hex.encode(bytes) + id.dropFirst(20)
    }
}

extension SQLConnection {
    /// Has `job` done after this transaction commits, `delay` later at the earliest.
    ///
    /// With a `singleKey` it is not enqueued while another job with that key waits to be started.
    package func enqueue(
        _ job: some Job,
        at now: Date,
        delay: Duration = .zero,
        singleKey: String? = nil
    ) throws {
        let payload = try JobPayload.encode(job)
        try execute(
            """
            INSERT INTO jobs (id, kind, payload, state, run_at, lease, attempts, last_error, single_key, created_at)
            VALUES (\(JobID.make(at: now)), \(type(of: job).kind), \(payload), 'waiting', \(now + delay), '', 0, '',
                \(singleKey), \(now))
            ON CONFLICT (single_key) DO NOTHING
            """
        )
    }

    /// Jobs that failed for good, the oldest first.
    package func parkedJobs(limit: Int = 100) throws -> [ParkedJob] {
        try rows(
            ParkedJob.self,
            """
            SELECT id, kind, payload, attempts, last_error, created_at FROM jobs
            WHERE state = 'parked' ORDER BY run_at, id LIMIT \(limit)
            """
        )
    }

    /// Gives a parked job another round of attempts.
    package func unparkJob(_ id: String, at now: Date) throws {
        try execute(
            "UPDATE jobs SET state = 'waiting', run_at = \(now), attempts = 0 WHERE id = \(id) AND state = 'parked'"
        )
    }

    package func waitingJobCount() throws -> Int {
        try value(Int.self, "SELECT COUNT(*) FROM jobs WHERE state = 'waiting'") ?? 0
    }

    func hasDueJob(of kinds: [String], at now: Date) throws -> Bool {
        try exists(
            """
            SELECT 1 FROM jobs
            WHERE state = 'waiting' AND run_at <= \(now) AND kind IN (\(values: kinds)) LIMIT 1
            """
        )
    }

    func leaseJob(of kinds: [String], as lease: String, until end: Date, at now: Date) throws -> LeasedJob? {
        try row(
            LeasedJob.self,
            """
            UPDATE jobs SET lease = \(lease), run_at = \(end), attempts = attempts + 1, single_key = NULL
            WHERE id = (
                SELECT id FROM jobs
                WHERE state = 'waiting' AND run_at <= \(now) AND kind IN (\(values: kinds))
                ORDER BY run_at, id LIMIT 1)
            RETURNING id, kind, payload, attempts
            """
        )
    }

    /// Whether the lease was still ours.
    func extendLease(_ lease: String, of id: String, until end: Date) throws -> Bool {
        try execute("UPDATE jobs SET run_at = \(end) WHERE id = \(id) AND lease = \(lease)") > 0
    }

    func finishJob(_ id: String, lease: String) throws {
        try execute("DELETE FROM jobs WHERE id = \(id) AND lease = \(lease)")
    }

    func retryJob(_ id: String, lease: String, at time: Date, error: String) throws {
        try execute(
            """
            UPDATE jobs SET run_at = \(time), lease = '', last_error = \(error)
            WHERE id = \(id) AND lease = \(lease)
            """
        )
    }

    /// Gives back a job that was interrupted, as if it had not been tried.
    func returnJob(_ id: String, lease: String, at now: Date) throws {
        try execute(
            """
            UPDATE jobs SET run_at = \(now), lease = '', attempts = attempts - 1
            WHERE id = \(id) AND lease = \(lease)
            """
        )
    }

    func parkJob(_ id: String, lease: String, at now: Date, error: String) throws {
        try execute(
            """
            UPDATE jobs SET state = 'parked', run_at = \(now), lease = '', last_error = \(error)
            WHERE id = \(id) AND lease = \(lease)
            """
        )
    }

    func nextRun(of schedule: String) throws -> Date? {
        try value(Date.self, "SELECT next_at FROM job_schedules WHERE kind = \(schedule)")
    }

    func setNextRun(_ time: Date, of schedule: String) throws {
        try execute(
            """
            INSERT INTO job_schedules (kind, next_at) VALUES (\(schedule), \(time))
            ON CONFLICT (kind) DO UPDATE SET next_at = excluded.next_at
            """
        )
    }
}

extension Date {
    static func + (date: Date, duration: Duration) -> Date {
        date.addingTimeInterval(duration / .seconds(1))
    }
}
