package import Foundation
package import GalleryDatabase
import GalleryModel

extension SQLConnection {
    func run(_ id: String) throws -> Run? {
        try row(Run.self, "SELECT \(sql: Run.columns) FROM runs WHERE id = \(id)")
    }

    /// The newest first; of all kinds where none is named.
    func runs(of account: AccountID, _ kind: RunKind?, before id: String?, limit: Int) throws -> [Run] {
        let before: SQL = id.map { "AND id < \($0)" } ?? ""
        let only: SQL = kind.map { "AND kind = \($0)" } ?? ""
        return try rows(
            Run.self,
            """
            SELECT \(sql: Run.columns) FROM runs WHERE account = \(account) \(sql: before) \(sql: only)
            ORDER BY id DESC LIMIT \(limit)
            """
        )
    }

    /// Everybody's that wait or run, the oldest first.
    func runsAlive(after id: String?, limit: Int) throws -> [Run] {
        let after: SQL = id.map { "AND id > \($0)" } ?? ""
        return try rows(
            Run.self,
            """
            SELECT \(sql: Run.columns) FROM runs WHERE is_settled = 0 AND ended_at IS NULL \(sql: after)
            ORDER BY id LIMIT \(limit)
            """
        )
    }

    func countMetrics(ofRun id: String) throws -> Int {
        try value(Int.self, "SELECT COUNT(*) FROM run_metrics WHERE run = \(id)") ?? 0
    }

    /// Everything that waits or may have a place.
    func runsToCare(in region: String) throws -> [Run] {
        try rows(
            Run.self,
            "SELECT \(sql: Run.columns) FROM runs WHERE region = \(region) AND is_settled = 0 ORDER BY id"
        )
    }

    func paidRunsAlive(of account: AccountID) throws -> [Run] {
        try rows(
            Run.self,
            """
            SELECT \(sql: Run.columns) FROM runs
            WHERE account = \(account) AND ended_at IS NULL AND tariff = 'paid' ORDER BY id
            """
        )
    }

    func countRunsAlive(of account: AccountID) throws -> Int {
        try value(Int.self, "SELECT COUNT(*) FROM runs WHERE account = \(account) AND ended_at IS NULL") ?? 0
    }

    func token(ofRun id: String) throws -> SHA256Digest? {
        try value(SHA256Digest.self, "SELECT token FROM runs WHERE id = \(id)")
    }

    func insertRun(_ prepared: PreparedRun, limit: Int64?, at now: Date) throws {
        let (draft, size) = (prepared.draft, prepared.size)
        let reads = draft.reads.map(\.rawValue).joined(separator: " ")
        try execute(
            """
            INSERT INTO runs (id, account, kind, title, flavor, region, tariff, cores, memory_gib, accelerator,
                accelerators, spec, limit_seconds, writes, reads, state, created_at, queued_at)
            VALUES (\(prepared.id), \(prepared.account), \(draft.kind), \(draft.title), \(draft.used.flavor), \(draft.used.region),
                \(draft.used.tariff), \(size.cores), \(size.memoryGiB), \(size.accelerator), \(size.accelerators),
                \(draft.spec), \(limit), \(draft.writes), \(reads), \(RunState.queued), \(now), \(now))
            """
        )
    }

    /// Writes what changes in a run's life.
    func save(_ run: Run) throws {
        try execute(
            """
            UPDATE runs SET state = \(run.state), attempt = \(run.attempt), reason = \(run.reason.code),
                reason_detail = \(run.reason.detail), stage = \(run.stage), queued_at = \(run.queuedAt),
                started_at = \(run.startedAt), ended_at = \(run.endedAt), heartbeat_at = \(run.heartbeatAt),
                lease_until = \(run.leaseUntil), stop_at = \(run.stopAt), checkpoint_step = \(run.checkpointStep),
                checkpoint_folder = \(run.checkpointFolder), product = \(run.product),
                is_settled = \(run.isSettled)
            WHERE id = \(run.id)
            """
        )
    }

    /// The run whose worker has this token.
    func run(withToken token: SHA256Digest) throws -> Run? {
        try row(Run.self, "SELECT \(sql: Run.columns) FROM runs WHERE token = \(token)")
    }

    func setToken(_ token: SHA256Digest?, ofRun id: String) throws {
        try execute("UPDATE runs SET token = \(token) WHERE id = \(id)")
    }

    func deleteRun(_ id: String) throws { try execute("DELETE FROM runs WHERE id = \(id)") }

    func claim(of region: String) throws -> RunClaim? {
        try row(RunClaim.self, "SELECT node, until FROM run_claims WHERE region = \(region)")
    }

    func setClaim(_ claim: RunClaim, of region: String) throws {
        try execute(
            """
            INSERT INTO run_claims (region, node, until) VALUES (\(region), \(claim.node), \(claim.until))
            ON CONFLICT (region) DO UPDATE SET node = excluded.node, until = excluded.until
            """
        )
    }

    // MARK: Metrics

    func saveMetric(_ point: RunMetric, ofRun id: String) throws {
        try execute(
            """
            INSERT INTO run_metrics (run, name, step, value, attempt, at)
            VALUES (\(id), \(point.name), \(point.step), \(point.value), \(point.attempt), \(point.time))
            ON CONFLICT (run, name, step) DO UPDATE SET
                value = excluded.value, attempt = excluded.attempt, at = excluded.at
            WHERE excluded.attempt >= run_metrics.attempt
            """
        )
    }

    func metrics(ofRun id: String, name: String, after step: Int64, limit: Int) throws -> [RunMetric] {
        try rows(
            RunMetric.self,
            """
            SELECT name, step, value, attempt, at FROM run_metrics
            WHERE run = \(id) AND name = \(name) AND step > \(step) ORDER BY step LIMIT \(limit)
            """
        )
    }

    func metricNames(ofRun id: String) throws -> [String] {
        try values(String.self, "SELECT DISTINCT name FROM run_metrics WHERE run = \(id) ORDER BY name")
    }
}

/// Which node of a gallery looks after the runs of a region, and until when.
struct RunClaim: Record {
    var node: String
    var until: Date

    init(node: String, until: Date) { (self.node, self.until) = (node, until) }

    init(row: Row) throws {
        node = try row.get("node")
        until = try row.get("until")
    }
}

/// One value that a worker measured.
package struct RunMetric: Record, Equatable {
    package var name: String
    package var step: Int64
    package var value: Double
    package var attempt: Int
    package var time: Date

    package init(name: String, step: Int64, value: Double, attempt: Int, time: Date) {
        (self.name, self.step, self.value, self.attempt, self.time) = (name, step, value, attempt, time)
    }

    package init(row: Row) throws {
        name = try row.get("name")
        step = try row.get("step")
        value = try row.get("value")
        attempt = try row.get("attempt")
        time = try row.get("at")
    }
}
