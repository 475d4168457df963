import Foundation
import GalleryDatabase
import GalleryModel

extension SQLConnection {
    func service(_ id: String) throws -> InferenceService? {
        try row(InferenceService.self, "SELECT \(sql: InferenceService.columns) FROM services WHERE id = \(id)")
    }

    /// The service, for its owner and for administrators; to others there is none.
    func service(_ id: String, of me: Viewer.Account) throws -> InferenceService {
        guard let service = try service(id), service.deletedAt == nil, service.account == me.id || me.role == .admin
        else { throw ServiceError.unknown }
        return service
    }

    /// The newest first.
    func services(of account: AccountID, before id: String?, limit: Int) throws -> [InferenceService] {
        let before: SQL = id.map { "AND id < \($0)" } ?? ""
        return try rows(
            InferenceService.self,
            """
            SELECT \(sql: InferenceService.columns) FROM services
            WHERE account = \(account) AND deleted_at IS NULL \(sql: before) ORDER BY id DESC LIMIT \(limit)
            """
        )
    }

    func countServices(of account: AccountID) throws -> Int {
        try value(Int.self, "SELECT COUNT(*) FROM services WHERE account = \(account) AND deleted_at IS NULL") ?? 0
    }

    /// Everything about which something may have to be done.
    func servicesToCare() throws -> [InferenceService] {
        try rows(
            InferenceService.self,
            """
            SELECT \(sql: InferenceService.columns) FROM services WHERE is_wanted = 1 OR deleted_at IS NOT NULL
                OR id IN (SELECT service FROM service_replicas WHERE is_current = 1) ORDER BY id
            """
        )
    }

    func insert(_ service: InferenceService) throws {
        try execute(
            """
            INSERT INTO services (id, account, name, description, model, model_name, revision, task, base, flavor, region,
                tariff, hours, replicas, is_wanted, created_at, started_at)
            VALUES (\(service.id), \(service.account), \(service.name), \(service.description), \(service.model),
                \(service.modelName), \(service.revision), \(service.task), \(service.base), \(service.used.flavor),
                \(service.used.region), \(service.used.tariff), \(service.hours), \(service.replicas), \(service.isWanted),
                \(service.createdAt), \(service.startedAt))
            """
        )
    }

    /// Writes what changes in a service's life.
    func save(_ service: InferenceService) throws {
        try execute(
            """
            UPDATE services SET replicas = \(service.replicas), is_wanted = \(service.isWanted),
                halt = \(service.halt.code), halt_detail = \(service.halt.detail), started_at = \(service.startedAt),
                deleted_at = \(service.deletedAt)
            WHERE id = \(service.id)
            """
        )
    }

    func deleteService(_ id: String) throws { try execute("DELETE FROM services WHERE id = \(id)") }

    // MARK: Replicas

    func replica(ofRun run: String) throws -> Replica? {
        try row(
            Replica.self,
            "SELECT run, service, crashes, restart_at, drain_until, is_current FROM service_replicas WHERE run = \(run)"
        )
    }

    func replicas(ofService id: String) throws -> [(replica: Replica, run: Run)] {
        try rows(
            Replica.self,
            """
            SELECT run, service, crashes, restart_at, drain_until, is_current FROM service_replicas
            WHERE service = \(id) AND is_current = 1 ORDER BY run
            """
        ).map { replica in (replica, try demandRun(replica.run)) }
    }

    /// All that ever were, for what they cost.
    func runs(ofService id: String) throws -> [Run] {
        try rows(
            Run.self,
            """
            SELECT \(sql: Run.columns) FROM runs
            WHERE id IN (SELECT run FROM service_replicas WHERE service = \(id)) ORDER BY id
            """
        )
    }

    func standing(_ service: InferenceService) throws -> ServiceStanding {
        ServiceStanding(service, try replicas(ofService: service.id))
    }

    func insert(_ replica: Replica) throws {
        try execute("INSERT INTO service_replicas (run, service) VALUES (\(replica.run), \(replica.service))")
    }

    func save(_ replica: Replica) throws {
        try execute(
            """
            UPDATE service_replicas SET crashes = \(replica.crashes), restart_at = \(replica.restartAt),
                drain_until = \(replica.drainUntil), is_current = \(replica.isCurrent)
            WHERE run = \(replica.run)
            """
        )
    }

    /// No replica takes requests any more; those that are over are none any more.
    func drainReplicas(ofService id: String, until time: Date) throws {
        try execute(
            """
            UPDATE service_replicas SET is_current = 0
            WHERE service = \(id) AND is_current = 1
                AND run IN (SELECT id FROM runs WHERE ended_at IS NOT NULL)
            """
        )
        try execute(
            """
            UPDATE service_replicas SET drain_until = \(time), restart_at = NULL
            WHERE service = \(id) AND is_current = 1 AND drain_until IS NULL
            """
        )
    }
}
