import Foundation
import GalleryDatabase
package import GalleryHub
package import GalleryModel

/// Inference services: what people deploy, start, stop and delete. Each replica is a run; what becomes of the runs is
/// written into the service in the same transactions, and `ServiceKeeper` does what follows from that.
package struct Services: Sendable {
    /// Of one account.
    static let most = 100
    static let mostKeys = 50

    let database: any Database
    let world: World
    let runs: Runs
    let find: ServiceModel.Finder
    /// Refuses words that may not be shown.
    let check: @Sendable (_ texts: [String], any SQLConnection) throws -> Void
    var billing: Billing { runs.billing }

    package init(hub: HubSlices, runs: Runs) {
        let models = ServiceModels(hub: hub)
        self.init(runs: runs, find: models.find, check: hub.repositories.life.check)
    }

    init(
        runs: Runs,
        find: @escaping ServiceModel.Finder,
        check: @escaping @Sendable (_ texts: [String], any SQLConnection) throws -> Void = { _, _ in }
    ) {
        (database, world) = (runs.database, runs.world)
        (self.runs, self.find, self.check) = (runs, find, check)
    }

    /// What is started for a replica.
    package func part(_ workers: Workers, conversions: ConversionCache? = nil) -> RunPart {
        RunPart([.service]) { [world] run in
            var program = try workers.program("serve")
            program.kept = try conversions?.folder(of: run.account.rawValue, at: world.now())
            return program
        }
    }

    // MARK: Deploying

    /// What would be served, for the form.
    package func model(_ name: String, revision: String = "main", by viewer: Viewer) async throws -> ServiceModel {
        _ = try ComputeRights.mustBeWhole(viewer)
        return try await find(name, revision, viewer)
    }

    /// Deploys a model: the service and its replicas come together, or not at all.
    package func create(_ draft: ServiceDraft, by viewer: Viewer) async throws -> ServiceStanding {
        let me = try ComputeRights.mustBeWhole(viewer, .write)
        try draft.check()
        let model = try await find(draft.model, draft.revision, viewer)
        let service = InferenceService(id: world.newID(), account: me.id, draft: draft, model: model, at: world.now())
        let prepared = try await prepare(service, count: draft.replicas, by: viewer)
        return try await database.write { db in
            try billing.demandNotFrozen(me.id, db)
            guard try db.countServices(of: me.id) < Self.most else { throw ServiceError.tooMany(Self.most) }
            try check([draft.name, draft.description], db)
            try db.insert(service)
            for run in prepared { try insert(run, service, db) }
            return try db.standing(service)
        }
    }

    /// The runs of new replicas, as far as can be seen outside a transaction.
    func prepare(_ service: InferenceService, count: Int, by viewer: Viewer) async throws -> [PreparedRun] {
        let flavor = try await runs.flavors.demand(service.used, for: .inference).flavor
        let spec = ServiceSpec(
            base: .init(repo: service.modelName, revision: service.revision),
            name: service.modelName,
            limits: .init(cores: flavor.cores, memoryBytes: Int64(flavor.memoryGiB) << 30)
        )
        let draft = RunDraft(
            kind: .service,
            title: service.name,
            used: service.used,
            spec: String(decoding: try JSONEncoder().encode(spec), as: UTF8.self),
            hours: service.hours,
            reads: [service.model] + [service.base].compactMap(\.self)
        )
        var prepared: [PreparedRun] = []
        for _ in 0..<count { prepared.append(try await runs.prepare(draft, by: viewer)) }
        return prepared
    }

    func insert(_ prepared: PreparedRun, _ service: InferenceService, _ db: any SQLConnection) throws {
        let run = try runs.insert(prepared, db)
        try db.insert(Replica(service: service.id, run: run.id))
    }

    // MARK: Looking

    /// One's own services, the newest first.
    package func list(before id: String? = nil, limit: Int = 30, by viewer: Viewer) async throws -> [ServiceStanding] {
        let me = try ComputeRights.mustBeWhole(viewer)
        return try await database.read { db in
            try db.services(of: me.id, before: id, limit: limit).map { try db.standing($0) }
        }
    }

    /// One's own service, or anybody's for an administrator.
    package func show(_ id: String, by viewer: Viewer) async throws -> ServiceStanding {
        let me = try ComputeRights.mustBeWhole(viewer)
        return try await database.read { db in try db.standing(db.service(id, of: me)) }
    }

    /// What it costs so far, all its replicas together.
    package func cost(of id: String, by viewer: Viewer) async throws -> RunCost {
        let me = try ComputeRights.mustBeWhole(viewer)
        let now = world.now()
        return try await database.read { db in
            var cost = RunCost()
            for run in try db.runs(ofService: db.service(id, of: me).id) {
                let part = try billing.metering.cost(of: run.id, at: now, db)
                cost.seconds += part.seconds
                cost.settled += part.settled
                cost.open += part.open
            }
            return cost
        }
    }

    // MARK: Changing

    /// Starts a service that is at rest, with all the time that was ordered for it.
    package func start(_ id: String, by viewer: Viewer) async throws -> ServiceStanding {
        let me = try ComputeRights.mustBeWhole(viewer, .write)
        let service = try await database.read { db in try db.service(id, of: me) }
        guard !service.isWanted else { throw ServiceError.notStopped }
        let owner = try await owner(of: service, viewer)
        let prepared = try await prepare(service, count: service.replicas, by: owner)
        let now = world.now()
        return try await database.write { db in
            var service = try db.service(id, of: me)
            guard !service.isWanted else { throw ServiceError.notStopped }
            try billing.demandNotFrozen(service.account, db)
            (service.isWanted, service.halt, service.startedAt) = (true, .none, now)
            try db.save(service)
            for run in prepared.prefix(service.replicas) { try insert(run, service, db) }
            try note("service.start", service, by: me, db)
            return try db.standing(service)
        }
    }

    /// Stops a service: it takes no new requests, those under way may end within half a minute. Once more is the same.
    package func stop(_ id: String, by viewer: Viewer) async throws -> ServiceStanding {
        let me = try ComputeRights.mustBeWhole(viewer, .write)
        return try await database.write { db in
            var service = try db.service(id, of: me)
            guard service.isWanted else { return try db.standing(service) }
            try ServiceLife.halt(&service, .none, world, db)
            try note("service.stop", service, by: me, db)
            return try db.standing(service)
        }
    }

    /// Sets how many replicas answer; those that are too many take no new requests and end.
    package func scale(_ id: String, to replicas: Int, by viewer: Viewer) async throws -> ServiceStanding {
        let me = try ComputeRights.mustBeWhole(viewer, .write)
        try ServiceDraft.check(replicas: replicas)
        let known = try await show(id, by: viewer)
        let missing = max(0, replicas - known.active.count)
        let owner = try await owner(of: known.service, viewer)
        let prepared = known.service.isWanted ? try await prepare(known.service, count: missing, by: owner) : []
        let until = world.now() + RestartPolicy.drain
        return try await database.write { db in
            var service = try db.service(id, of: me)
            try billing.demandNotFrozen(service.account, db)
            service.replicas = replicas
            try db.save(service)
            guard service.isWanted else { return try db.standing(service) }
            var standing = try db.standing(service)
            for run in prepared.prefix(max(0, replicas - standing.active.count)) { try insert(run, service, db) }
            // Those that answer stay.
            let surplus = standing.active.sorted { $0.run.state == .running && $1.run.state != .running }
            for (known, run) in surplus.dropFirst(replicas) {
                var replica = known
                (replica.drainUntil, replica.restartAt) = (until, nil)
                replica.isCurrent = !run.state.isOver
                try db.save(replica)
            }
            standing = try db.standing(service)
            try note("service.scale", service, by: me, db)
            return standing
        }
    }

    /// Deletes a service with its keys and logs, after its replicas have ended. What it cost stays on the bill.
    package func delete(_ id: String, by viewer: Viewer) async throws {
        let me = try ComputeRights.mustBeWhole(viewer, .write)
        let now = world.now()
        try await database.write { db in
            var service = try db.service(id, of: me)
            try billing.demandNotFrozen(service.account, db)
            service.deletedAt = now
            try ServiceLife.halt(&service, .none, world, db)
            try note("service.delete", service, by: me, db)
        }
    }

    /// The viewer for whom a service works: its owner, whoever presses the button.
    private func owner(of service: InferenceService, _ viewer: Viewer) async throws -> Viewer {
        if viewer.account?.id == service.account { return viewer }
        let account = try await database.read { db in try db.viewerAccount(service.account) }
        guard let account else { throw ServiceError.unknown }
        return Viewer(account: account)
    }

    /// What operators do to other people's services is in the log.
    private func note(
        _ action: String,
        _ service: InferenceService,
        by me: Viewer.Account,
        _ db: any SQLConnection
    ) throws {
        guard service.account != me.id else { return }
        try db.audit(action, on: service.id, by: me.id, detail: ["name": service.name], world: world)
    }
}

/// What the worker of a replica is told, as `gallery_workers.serve` reads it.
private struct ServiceSpec: Encodable {
    struct Base: Encodable {
        var repo: String
        var kind = "model"
        var revision: String
    }

    struct Limits: Encodable {
        var cores: Int
        var memoryBytes: Int64
    }

    var kind = "service"
    var base: Base
    var name: String
    var engine = "auto"
    var limits: Limits
}
