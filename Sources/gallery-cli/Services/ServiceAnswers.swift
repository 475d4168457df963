/// An inference service of one's own.
struct ServiceBody: Decodable, Sendable {
    struct Replica: Decodable, Sendable {
        var run: String
        var state: String
    }

    var id: String
    var name: String
    var description: String
    var model: String
    var revision: String
    var task: String
    var flavor: String
    var region: String
    var tariff: String
    var hours: Int?
    var replicas: Int
    var state: String
    /// Why it was given up, where it was.
    var reason: RunBody.Reason?
    /// How many replicas answer.
    var ready: Int
    var runs: [Replica]
    /// The base address for clients of OpenAI's API.
    var url: String
    var startedAt: String

    var isAnswering: Bool { state == "running" || state == "degraded" }
    /// Nothing runs, and nothing is wanted to.
    var isAtRest: Bool { ["stopped", "failed", "time-over"].contains(state) }

    /// For people.
    func text(_ cost: RunCostBody? = nil) -> String {
        var facts = Facts()
        facts.add("Service", id)
        facts.add("Name", name)
        facts.add("Description", description)
        facts.add("Model", "\(model) at \(revision.prefix(12))")
        facts.add("For", task)
        facts.add("State", "\(state), \(ready) of \(replicas) replicas answer")
        facts.add("Why", reason?.text)
        facts.add("Flavor", "\(flavor) in \(region), \(tariff)")
        facts.add("At most", hours.map { "\($0) hours" })
        facts.add("Started", Moment.text(startedAt))
        facts.add("Runs", runs.map { "\($0.run) (\($0.state))" }.joined(separator: ", "))
        facts.add("Cost", cost?.text)
        facts.add("Address", url)
        return facts.text
    }
}

/// A key of a service.
struct ServiceKeyBody: Decodable, Sendable {
    var id: String
    var name: String
    /// The key itself, told once.
    var key: String?
    /// Its last characters.
    var hint: String
    var perMinute: Int
    var usedAt: String?
}

/// All keys of a service.
struct ServiceKeysBody: Decodable, Sendable {
    var items: [ServiceKeyBody]
}

/// Who used a service how much.
struct ServiceUsagesBody: Decodable, Sendable {
    struct Usage: Decodable, Sendable {
        var caller: String
        var name: String?
        var day: String
        var requests: Int64
        var errors: Int64
        var promptTokens: Int64
        var completionTokens: Int64
    }

    var items: [Usage]
}
