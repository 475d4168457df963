package import Foundation
package import GalleryDatabase
package import GalleryModel

/// An inference service: a model behind an address of its own, answered by one or more replicas, each of which is a run.
package struct InferenceService: Record, Equatable {
    package let id: String
    package let account: AccountID
    package var name: String
    package var description: String
    /// The model, with its name when the service was made, and the commit that is served.
    package let model: RepoID
    package let modelName: String
    package let revision: String
    /// What the model is for, as its card says.
    package let task: String
    /// The base of an adapter, which replicas read too.
    package let base: RepoID?
    package let used: UsedFlavor
    /// After so many hours it stops by itself; nil is without end.
    package let hours: Int?
    package var replicas: Int
    /// Whether its owner wants it to run.
    package var isWanted: Bool
    /// Why it was halted where its owner did not; nothing where they did.
    package var halt: RunReason
    package let createdAt: Date
    package var startedAt: Date
    /// It is going away: nobody sees it any more.
    package var deletedAt: Date?

    package init(
        id: String,
        account: AccountID,
        draft: ServiceDraft,
        model: ServiceModel,
        at now: Date
    ) {
        self.id = id
        self.account = account
        name = draft.name
        description = draft.description
        self.model = model.repo
        modelName = model.name.description
        revision = model.revision
        task = model.task
        base = model.base
        used = draft.used
        hours = draft.hours
        replicas = draft.replicas
        isWanted = true
        halt = .none
        (createdAt, startedAt) = (now, now)
    }

    package init(row: Row) throws {
        id = try row.get("id")
        account = try row.get("account")
        name = try row.get("name")
        description = try row.get("description")
        model = try row.get("model")
        modelName = try row.get("model_name")
        revision = try row.get("revision")
        task = try row.get("task")
        base = try row.optional("base")
        used = UsedFlavor(flavor: try row.get("flavor"), region: try row.get("region"), tariff: try row.get("tariff"))
        hours = try row.optional("hours")
        replicas = try row.get("replicas")
        isWanted = try row.get("is_wanted")
        halt = RunReason(try row.get("halt"), try row.get("halt_detail"))
        createdAt = try row.get("created_at")
        startedAt = try row.get("started_at")
        deletedAt = try row.optional("deleted_at")
    }

    static let columns: SQL =
        """
        id, account, name, description, model, model_name, revision, task, base, flavor, region, tariff, hours, replicas,
        is_wanted, halt, halt_detail, created_at, started_at, deleted_at
        """
}

/// What somebody wants to be served.
package struct ServiceDraft: Sendable {
    package static let mostReplicas = 8

    package var name: String
    package var description: String
    /// owner/name of the model, and which version of it.
    package var model: String
    package var revision: String
    package var used: UsedFlavor
    package var hours: Int?
    package var replicas: Int

    package init(
        name: String,
        description: String = "",
        model: String,
        revision: String = "main",
        used: UsedFlavor,
        hours: Int? = nil,
        replicas: Int = 1
    ) {
        self.name = name
        self.description = description
        self.model = model
        self.revision = revision
        self.used = used
        self.hours = hours
        self.replicas = replicas
    }

    func check() throws(ServiceError) {
        let isPlain = !name.contains { $0.isNewline || $0 == "\0" || $0 == "\t" }
        guard isPlain, (1...30).contains(name.count), name.first != " ", name.last != " " else { throw .badName }
        guard description.count <= 100, !description.contains("\0") else { throw .badDescription }
        if let hours { guard (1...87_600).contains(hours) else { throw .badHours } }
        try Self.check(replicas: replicas)
    }

    static func check(replicas: Int) throws(ServiceError) {
        guard (1...mostReplicas).contains(replicas) else { throw .badReplicas(mostReplicas) }
    }
}

/// A run that answers for a service.
package struct Replica: Record, Equatable {
    package let service: String
    package let run: String
    /// Ends in a row that nobody asked for.
    package var crashes: Int
    /// When it is started again after such an end.
    package var restartAt: Date?
    /// It takes no new requests, and those that it has may end until then.
    package var drainUntil: Date?
    /// Whether it belongs to the service still; what it cost does for ever.
    package var isCurrent: Bool

    package init(service: String, run: String) {
        (self.service, self.run, crashes, isCurrent) = (service, run, 0, true)
    }

    package init(row: Row) throws {
        service = try row.get("service")
        run = try row.get("run")
        crashes = try row.get("crashes")
        restartAt = try row.optional("restart_at")
        drainUntil = try row.optional("drain_until")
        isCurrent = try row.get("is_current")
    }
}

/// A service with its replicas as they stand.
package struct ServiceStanding: Sendable {
    package let service: InferenceService
    /// Those that belong to it, the oldest first.
    package let replicas: [(replica: Replica, run: Run)]

    package init(_ service: InferenceService, _ replicas: [(replica: Replica, run: Run)]) {
        (self.service, self.replicas) = (service, replicas)
    }

    /// Those that take requests, or will.
    package var active: [(replica: Replica, run: Run)] { replicas.filter { $0.replica.drainUntil == nil } }
    package var ready: [(replica: Replica, run: Run)] { active.filter { $0.run.state == .running } }
    package var crashes: Int { active.map(\.replica.crashes).max() ?? 0 }

    package var state: ServiceState {
        ServiceState(
            isWanted: service.isWanted,
            halt: service.halt.code,
            replicas: service.replicas,
            ready: ready.count,
            isCrashed: active.contains { $0.run.state != .running && $0.replica.crashes > 0 },
            isAlive: replicas.contains { !$0.run.state.isOver }
        )
    }
}
