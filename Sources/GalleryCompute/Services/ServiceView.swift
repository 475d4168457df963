import Foundation
import GalleryModel
import GalleryServing

/// What pages say of a service.
struct ServiceView: Sendable {
    let id: String
    let name: String
    let description: String?
    let path: String
    let modelName: String
    let modelPath: String
    let task: String
    let state: Badge
    /// How many replicas answer, where it is not all or none.
    let ready: String?
    let notice: Notice?
    let flavor: String
    let replicas: String
    let created: Moment
    /// Seconds between two looks at it, for `data-live`.
    let live: Int?
    let mayStart: Bool
    let mayStop: Bool
    let mayTest: Bool

    /// `flavors` tells what flavors are called.
    init(
        _ standing: ServiceStanding,
        flavors: [String: LocalName] = [:],
        now: Date,
        _ context: GalleryContext
    ) {
        let (service, state) = (standing.service, standing.state)
        id = service.id
        name = service.name
        description = service.description.isEmpty ? nil : service.description
        path = Self.path(service.id)
        modelName = service.modelName
        modelPath =
            "/"
            + service.modelName.split(separator: "/").map { PercentEncoding.encode(String($0)) }
            .joined(separator: "/")
        task = service.task
        self.state = Self.badge(state, context)
        let counts = ["ready": String(standing.ready.count), "count": String(service.replicas)]
        ready = state == .degraded ? context.say("services.ready", counts) : nil
        notice = Self.notice(standing, state, context)
        flavor = service.used.name(among: flavors, context)
        replicas = context.say("services.replicas.count", count: service.replicas)
        created = context.formats.moment(service.createdAt, now: now)
        live = state.isMoving || standing.replicas.contains { !$0.run.isSettled } ? 3 : nil
        mayStart = !service.isWanted
        mayStop = service.isWanted
        mayTest = state.isAnswering
    }

    static func path(_ id: String) -> String { "/my/services/\(PercentEncoding.encode(id))" }

    static func badge(_ state: ServiceState, _ context: GalleryContext) -> Badge {
        let look: (tone: Tone, icon: String) =
            switch state {
            case .starting, .stopping: (.warning, "clock")
            case .running: (.positive, "check")
            case .degraded, .restarting: (.warning, "refresh")
            case .stopped: (.neutral, "close")
            case .failed: (.danger, "warning")
            case .timeOver: (.neutral, "clock")
            }
        return Badge(context.say("services.state.\(state.rawValue)"), look.tone, icon: look.icon)
    }

    /// One sentence of why it stands as it does.
    private static func notice(_ standing: ServiceStanding, _ state: ServiceState, _ context: GalleryContext) -> Notice?
    {
        switch state {
        case .running, .stopped: return nil
        case .starting:
            let isQueued = standing.active.contains { $0.run.state == .queued }
            return Notice(context.say(isQueued ? "services.why.queued" : "services.why.starting"))
        case .degraded: return Notice(context.say("services.why.degraded"), .warning)
        case .restarting:
            let last = standing.active.first { !$0.run.reason.code.isEmpty }?.run.reason
            return Notice(
                sentences(context.say("services.why.restarting"), last.map { reason($0, context) }),
                .warning
            )
        case .stopping: return Notice(context.say("services.why.stopping"))
        case .failed: return Notice(reason(standing.service.halt, context), .danger)
        case .timeOver: return Notice(context.say("runs.reason.time-limit"))
        }
    }

    private static func sentences(_ one: String, _ other: String?) -> String {
        [one, other].compactMap(\.self).joined(separator: " ")
    }

    /// A reason in the reader's words, with the worker's own behind them.
    static func reason(_ why: RunReason, _ context: GalleryContext) -> String {
        let sentence = context.words.catalogue.text("runs.reason.\(why.code)", in: context.language)
        return sentence ?? context.say(Problem(.conflict, why.code, why.detail))
    }
}

/// A replica in the list of a service.
struct ReplicaView: Sendable {
    let run: String
    let name: String
    let state: Badge
    let stage: String?
    let facts: [String]
    let reason: String?
    let detail: String?
    let logPath: String
    let isShown: Bool

    init(_ number: Int, _ replica: Replica, _ run: Run, isShown: Bool, _ path: String, _ context: GalleryContext) {
        let view = RunView(run, context)
        self.run = run.id
        name = context.say("services.replica", ["number": String(number)])
        state = view.state
        stage = view.stage
        var facts: [String] = []
        if run.attempt > 1 { facts.append(context.say("services.replica.attempt", ["number": String(run.attempt)])) }
        if replica.drainUntil != nil { facts.append(context.say("services.replica.drains")) }
        if run.state.isOver, replica.restartAt != nil { facts.append(context.say("services.replica.again")) }
        self.facts = facts
        reason = view.reason
        detail = view.detail
        logPath = "\(path)?run=\(run.id)#log"
        self.isShown = isShown
    }
}
