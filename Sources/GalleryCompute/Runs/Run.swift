package import Foundation
package import GalleryDatabase
package import GalleryModel

/// A piece of work on a flavor: a fine-tune, a replica of a service, an app.
package struct Run: Record, Equatable {
    package let id: String
    package let account: AccountID
    package let kind: RunKind
    package let title: String
    package let used: UsedFlavor
    /// What its flavor had when it was ordered.
    package let size: RunSize
    /// What it is to do, as its kind understands it.
    package let spec: String
    /// The most seconds that it may use, over all attempts; nil is without end.
    package let limitSeconds: Int64?
    /// The repository that its worker commits to, and those that it reads although they are not for everybody.
    package let writes: RepoID?
    package let reads: [RepoID]
    package var state: RunState
    /// Which attempt this is; 0 before the first.
    package var attempt: Int
    package var reason: RunReason
    /// What its worker does, in its own words.
    package var stage: String
    package let createdAt: Date
    /// When it began to wait.
    package var queuedAt: Date
    package var startedAt: Date?
    package var endedAt: Date?
    package var heartbeatAt: Date?
    /// Until when its worker is believed to live.
    package var leaseUntil: Date?
    /// When it was asked to end.
    package var stopAt: Date?
    package var checkpointStep: Int64?
    package var checkpointFolder: String
    package var product: String
    /// Whether it is over and nothing of it is left on a machine.
    package var isSettled: Bool

    package init(row: Row) throws {
        id = try row.get("id")
        account = try row.get("account")
        kind = try row.get("kind")
        title = try row.get("title")
        used = UsedFlavor(flavor: try row.get("flavor"), region: try row.get("region"), tariff: try row.get("tariff"))
        size = RunSize(
            cores: try row.get("cores"),
            memoryGiB: try row.get("memory_gib"),
            accelerator: try row.get("accelerator"),
            accelerators: try row.get("accelerators")
        )
        spec = try row.get("spec")
        limitSeconds = try row.optional("limit_seconds")
        writes = try row.optional("writes")
        reads = try row.get("reads", as: String.self).split(separator: " ").map { RepoID(String($0)) }
        state = try row.get("state")
        attempt = try row.get("attempt")
        reason = RunReason(try row.get("reason"), try row.get("reason_detail"))
        stage = try row.get("stage")
        createdAt = try row.get("created_at")
        queuedAt = try row.get("queued_at")
        startedAt = try row.optional("started_at")
        endedAt = try row.optional("ended_at")
        heartbeatAt = try row.optional("heartbeat_at")
        leaseUntil = try row.optional("lease_until")
        stopAt = try row.optional("stop_at")
        checkpointStep = try row.optional("checkpoint_step")
        checkpointFolder = try row.get("checkpoint_folder")
        product = try row.get("product")
        isSettled = try row.get("is_settled")
    }

    static let columns: SQL =
        """
        id, account, kind, title, flavor, region, tariff, cores, memory_gib, accelerator, accelerators, spec,
        limit_seconds, writes, reads, state, attempt, reason, reason_detail, stage, created_at, queued_at, started_at, ended_at,
        heartbeat_at, lease_until, stop_at, checkpoint_step, checkpoint_folder, product, is_settled
        """

    package var name: LaunchName { LaunchName(run: id, attempt: attempt) }
}

/// What of a machine a run takes.
package struct RunSize: Sendable, Equatable {
    package var cores: Int
    package var memoryGiB: Int
    package var accelerator: String
    package var accelerators: Int

    package init(cores: Int, memoryGiB: Int, accelerator: String = "", accelerators: Int = 0) {
        self.cores = cores
        self.memoryGiB = memoryGiB
        self.accelerator = accelerator
        self.accelerators = accelerators
    }
}

/// What somebody wants to be run.
package struct RunDraft: Sendable {
    package var kind: RunKind
    package var title: String
    package var used: UsedFlavor
    package var spec: String
    package var hours: Int?
    /// The repository that its worker may commit to.
    package var writes: RepoID?
    /// Those that its worker may read besides what everybody may.
    package var reads: [RepoID]

    package init(
        kind: RunKind,
        title: String,
        used: UsedFlavor,
        spec: String = "{}",
        hours: Int? = nil,
        writes: RepoID? = nil,
        reads: [RepoID] = []
    ) {
        self.kind = kind
        self.title = title
        self.used = used
        self.spec = spec
        self.hours = hours
        self.writes = writes
        self.reads = reads
    }

    func check() throws(RunError) {
        guard (1...200).contains(title.count), !title.contains(where: { $0.isNewline || $0 == "\0" }) else {
            throw .badTitle
        }
        guard reads.count <= 100, spec.utf8.count <= 256 << 10, !spec.contains("\0") else { throw .specTooLong }
        if let hours { guard (1...87_600).contains(hours) else { throw .badHours } }
    }
}

/// A draft that was found to be in order, with what its flavor has.
package struct PreparedRun: Sendable {
    let draft: RunDraft
    let account: AccountID
    let size: RunSize
    package let id: String
}

/// Told in the transaction in which the state of a run changes, so that whoever ordered it keeps its own record in step.
package typealias RunObserver = @Sendable (_ run: Run, _ before: RunState, any SQLConnection) throws -> Void

/// What a slice that orders runs has to say of its kinds.
package struct RunPart: Sendable {
    package var kinds: Set<RunKind>
    /// What is to be started for a run; what it throws is why the run fails.
    package var program: @Sendable (Run) async throws -> RunProgram

    package init(_ kinds: Set<RunKind>, program: @escaping @Sendable (Run) async throws -> RunProgram) {
        self.kinds = kinds
        self.program = program
    }
}

/// What a run's kind says is to be started for it.
package struct RunProgram: Sendable {
    package var command: [String]
    package var environment: [String: String]
    package var files: [String: Data]
    package var reads: [String]
    package var network: Launch.Network
    package var isStrangers: Bool
    package var preparation: Preparation?
    package var kept: KeptFolder?

    package init(
        command: [String],
        environment: [String: String] = [:],
        files: [String: Data] = [:],
        reads: [String] = [],
        network: Launch.Network = .gallery,
        isStrangers: Bool = false,
        preparation: Preparation? = nil,
        kept: KeptFolder? = nil
    ) {
        self.command = command
        self.environment = environment
        self.files = files
        self.reads = reads
        self.network = network
        self.isStrangers = isStrangers
        self.preparation = preparation
        self.kept = kept
    }
}
