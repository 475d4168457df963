import Foundation
import GalleryModel
import GalleryServing

/// An inference service as its owner sees it.
struct ServiceBody: Codable, Sendable {
    struct ReplicaBody: Codable, Sendable {
        /// The run that answers; its log and cost are found there.
        var run: String
        var state: RunState
        var stage: String
        var attempt: Int
        /// Why it ended, where it did.
        var reason: RunReason?
        /// Ends in a row that nobody asked for.
        var crashes: Int
        /// When it is started again.
        var restartAt: Date?
        /// It takes no new requests, and ends by then.
        var drainUntil: Date?
    }

    var id: String
    var name: String
    var description: String
    /// owner/name of the model when the service was made.
    var model: String
    /// The commit that is served.
    var revision: String
    /// What the model is for, such as text-generation.
    var task: String
    var flavor: String
    var region: String
    var tariff: Tariff
    /// After so many hours it stops by itself; missing where it does not.
    var hours: Int?
    /// How many replicas are wanted.
    var replicas: Int
    var state: ServiceState
    /// Why it was given up, where it was.
    var reason: RunReason?
    /// How many replicas answer.
    var ready: Int
    var runs: [ReplicaBody]
    /// The base address for clients of OpenAI's API.
    var url: String
    var createdAt: Date
    var startedAt: Date

    init(_ standing: ServiceStanding, origin: String) {
        let service = standing.service
        id = service.id
        name = service.name
        description = service.description
        model = service.modelName
        revision = service.revision
        task = service.task
        flavor = service.used.flavor
        region = service.used.region
        tariff = service.used.tariff
        hours = service.hours
        replicas = service.replicas
        state = standing.state
        reason = service.halt.code.isEmpty ? nil : service.halt
        ready = standing.ready.count
        runs = standing.replicas.map { replica, run in
            ReplicaBody(
                run: run.id,
                state: run.state,
                stage: run.stage,
                attempt: run.attempt,
                reason: run.reason.code.isEmpty ? nil : run.reason,
                crashes: replica.crashes,
                restartAt: replica.restartAt.flatMap { run.state.isOver ? $0 : nil },
                drainUntil: replica.drainUntil
            )
        }
        url = ServiceAddress.url(service.id, origin: origin)
        createdAt = service.createdAt
        startedAt = service.startedAt
    }
}

/// Where a service is called.
enum ServiceAddress {
    static func url(_ id: String, origin: String) -> String { "\(origin)/gateway/\(id)/v1" }
}

/// A service that is to be deployed.
struct NewServiceBody: Codable, Sendable {
    /// 1 to 30 characters.
    var name: String
    /// 100 characters at most.
    var description: String?
    /// owner/name of the model.
    var model: String
    /// A branch, tag or commit; main unless given. The service keeps to the commit that it is now.
    var revision: String?
    var flavor: String
    /// Local unless given.
    var region: String?
    /// Paid unless given.
    var tariff: Tariff?
    /// Hours after which it stops by itself; without end unless given.
    var hours: Int?
    /// One unless given.
    var replicas: Int?

    var draft: ServiceDraft {
        ServiceDraft(
            name: name,
            description: description ?? "",
            model: model,
            revision: revision ?? "main",
            used: UsedFlavor(flavor: flavor, region: region ?? Region.local, tariff: tariff ?? .paid),
            hours: hours,
            replicas: replicas ?? 1
        )
    }
}

struct ServiceScaleBody: Codable, Sendable {
    /// How many replicas shall answer.
    var replicas: Int
}

/// A key of a service.
struct ServiceKeyBody: Codable, Sendable {
    var id: String
    var name: String
    /// The key itself, told once, when it is made.
    var key: String?
    /// Its last four characters.
    var hint: String
    /// The most requests that it may send in a minute.
    var perMinute: Int
    var createdAt: Date
    var usedAt: Date?

    init(_ key: ServiceKey, text: String? = nil) {
        id = key.id
        name = key.name
        self.key = text
        hint = key.hint
        perMinute = key.perMinute
        createdAt = key.createdAt
        usedAt = key.usedAt
    }
}

struct NewServiceKeyBody: Codable, Sendable {
    var name: String
    /// The most requests in a minute; 60 unless given.
    var perMinute: Int?
}

/// All keys of a service.
struct ServiceKeysBody: Codable, Sendable {
    var items: [ServiceKeyBody]
}

/// What a caller used of a service on a day.
struct ServiceUsageBody: Codable, Sendable {
    /// A key's id, `owner` or `app`.
    var caller: String
    /// The name of the key.
    var name: String?
    /// As `2026-11-23`, UTC.
    var day: String
    var requests: Int64
    var errors: Int64
    var promptTokens: Int64
    var completionTokens: Int64

    init(_ usage: ServiceUsage) {
        caller = usage.caller
        name = usage.name
        day = usage.day
        requests = usage.requests
        errors = usage.errors
        promptTokens = usage.promptTokens
        completionTokens = usage.completionTokens
    }
}

struct ServiceUsagesBody: Codable, Sendable {
    var items: [ServiceUsageBody]
}
