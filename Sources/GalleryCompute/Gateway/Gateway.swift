import Foundation
import GalleryDatabase
package import GalleryHub
import GalleryModel
import Logging
import NIOCore
import Synchronization

/// For whom a request is answered: its use is counted for them.
package enum GatewayCaller: Sendable, Equatable {
    case key(String, perMinute: Int)
    /// The owner, with a token or on the page of the service.
    case owner
    /// An AI app, whoever uses it.
    case app(String)

    /// In the counts of use.
    var name: String {
        switch self {
        case .key(let id, _): id
        case .owner: "owner"
        case .app: "app"
        }
    }

    fileprivate var perMinute: Int { if case .key(_, let perMinute) = self { perMinute } else { 1200 } }

    fileprivate func bucket(_ service: String) -> String {
        switch self {
        case .key(let id, _): id
        case .owner: "owner \(service)"
        case .app(let app): "app \(app)"
        }
    }
}

/// Answers OpenAI's API for services: passes requests to the least busy replica, and its answer back as it comes.
package struct Gateway: Sendable {
    let services: Services
    let identity: Identity
    let launcher: any Launcher
    package let traffic: GatewayTraffic
    private let usage = GatewayUsage()
    private let doors = GatewayDoors()
    private let logger = Logger(label: "gallery.gateway")

    package init(
        services: Services,
        identity: Identity,
        launcher: any Launcher,
        traffic: GatewayTraffic = GatewayTraffic()
    ) {
        self.services = services
        self.identity = identity
        self.launcher = launcher
        self.traffic = traffic
    }

    /// Writes down what was used, now and then.
    package func flush() async throws { try await usage.flush(to: services.database) }

    // MARK: Who calls

    /// Whom a credential is of: a key of this service, or a token of its owner.
    func caller(_ authorization: String?, of id: String, from address: String) async throws -> GatewayCaller {
        let words = (authorization ?? "").split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "bearer", words[1].utf8.count <= 256 else {
            throw authorization == nil ? GatewayError.noKey : GatewayError.badKey
        }
        let text = String(words[1])
        if text.hasPrefix(ServiceKey.prefix) {
            let digest = SHA256Digest.of(text.utf8)
            let key = try await services.database.readBriefly { db in try db.key(withDigest: digest) }
            guard let key, key.service == id else { throw GatewayError.badKey }
            return .key(key.id, perMinute: key.perMinute)
        }
        let identified: Identified?
        do {
            identified = try await identity.authentication.identify(.token(text), from: address)
        } catch let problem as Problem where problem.kind == .unauthenticated {
            throw GatewayError.badKey
        }
        guard let viewer = identified?.viewer, let account = viewer.account else { throw GatewayError.badKey }
        let owner = try await services.database.readBriefly { db in try db.service(id)?.account }
        guard let owner else { throw GatewayError.unknownService }
        let isWhole = viewer.onlyRepo == nil && viewer.workerReads == nil
        guard owner == account.id, isWhole else { throw GatewayError.notYours }
        return .owner
    }

    /// The service, where its owner is not disabled and may use what is paid.
    func service(_ id: String) async throws -> InferenceService {
        try await services.database.readBriefly { db in try live(id, db) }
    }

    private func live(_ id: String, _ db: any SQLConnection) throws -> InferenceService {
        guard let service = try db.service(id), service.deletedAt == nil,
            try db.account(service.account)?.isDisabled == false
        else { throw GatewayError.unknownService }
        let standing: Standing = try db.standing(of: service.account)
        guard !standing.isFrozen else { throw GatewayError.frozen }
        return service
    }

    // MARK: Answering

    /// Sends a request to a replica of a service. The answer's head is there when this returns; a stream goes on.
    func send(
        _ endpoint: GatewayEndpoint,
        _ request: GatewayRequest,
        to service: String,
        as caller: GatewayCaller
    ) async throws -> GatewayReply {
        try traffic.count(caller.bucket(service), perMinute: caller.perMinute, at: services.world.now())
        var lost: Set<String> = []
        while true {
            let names = Mutex<[String: LaunchName]>([:])
            let run = try await traffic.enter(service) { [lost] in
                let ready = try await ready(service).filter { !lost.contains($0.run) }
                guard !ready.isEmpty else { throw GatewayError.replicaLost }
                names.withLock { $0 = Dictionary(uniqueKeysWithValues: ready.map { ($0.run, $0) }) }
                return ready.map(\.run)
            }
            let place = GatewayPlace(run, of: service, traffic)
            do {
                guard let name = names.withLock({ $0[run] }), let door = try await doors.door(to: name, launcher) else {
                    throw GatewayError.notReady(.starting)
                }
                let meter = GatewayMeter(service: service, caller: caller.name, usage: usage, world: services.world)
                let relay = GatewayRelay(url: "\(door.address)/v1/\(endpoint.rawValue)", place: place, meter: meter)
                return try await relay.send(request)
            } catch {
                place.leave()
                doors.forget(run)
                try Task.checkCancellation()
                guard !(error is any DomainError && lost.count > 1), lost.count < 3 else { throw error }
                // Another may answer; what failed here was not answered in part.
                lost.insert(run)
                logger.info("a replica does not answer", metadata: ["run": "\(run)", "error": "\(type(of: error))"])
            }
        }
    }

    /// The replicas that answer; throws why there is none.
    private func ready(_ id: String) async throws -> [LaunchName] {
        let standing = try await services.database.readBriefly { db in try db.standing(live(id, db)) }
        guard standing.service.isWanted, !standing.ready.isEmpty else { throw GatewayError.notReady(standing.state) }
        return standing.ready.map(\.run.name)
    }
}

/// A place at a replica, given free once; by itself where an answer is dropped unread.
final class GatewayPlace: Sendable {
    private let run: String
    private let service: String
    private let traffic: GatewayTraffic
    private let isLeft = Mutex(false)

    init(_ run: String, of service: String, _ traffic: GatewayTraffic) {
        (self.run, self.service, self.traffic) = (run, service, traffic)
    }

    deinit { leave() }

    func leave() {
        let isFirst = isLeft.withLock { isLeft in
            defer { isLeft = true }
            return !isLeft
        }
        if isFirst { traffic.leave(run, of: service) }
    }
}

/// Where replicas answer, as far as it was asked before.
private final class GatewayDoors: Sendable {
    private let known = Mutex<[LaunchName: LaunchDoor]>([:])

    /// Nil while it does not listen.
    func door(to name: LaunchName, _ launcher: any Launcher) async throws -> LaunchDoor? {
        if let door = known.withLock({ $0[name] }) { return door }
        guard let door = try await launcher.door(to: name) else { return nil }
        known.withLock { known in
            if known.count > 1000 { known = [:] }
            known[name] = door
        }
        return door
    }

    func forget(_ run: String) { known.withLock { known in known = known.filter { $0.key.run != run } } }
}
