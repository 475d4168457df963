/// A run: a fine-tuning job, or what a service or an app runs as.
struct RunBody: Decodable, Sendable {
    struct Reason: Decodable, Sendable {
        var code: String
        var detail: String

        var text: String { detail.isEmpty ? code : "\(detail) (\(code))" }
    }

    var id: String
    var kind: String
    var title: String
    var state: String
    var reason: Reason?
    var stage: String
    var flavor: String
    var region: String
    var tariff: String
    var attempt: Int
    var limitSeconds: Int64?
    var createdAt: String
    var startedAt: String?
    var endedAt: String?
    var checkpointStep: Int64?
    var product: String?
    var mayRetry: Bool

    var isOver: Bool { ["succeeded", "failed", "stopped"].contains(state) }
}

/// What a run has used, and what that costs.
struct RunCostBody: Decodable, Sendable {
    var currency: String
    var seconds: Int64
    var settled: String
    var open: String
    var total: String

    var text: String {
        "\(total) \(currency) for \(Moment.length(seconds)) (\(settled) settled, \(open) with the next full hours)"
    }
}

/// A piece of a run's log.
struct RunLogBody: Decodable, Sendable {
    var text: String
    /// Where to go on, in bytes.
    var next: Int64
    /// Whether more may come.
    var isOpen: Bool
}

/// What a run measured.
struct RunMetricsBody: Decodable, Sendable {
    struct Point: Decodable, Sendable {
        var step: Int64
        var value: Double
        var at: String
    }

    var names: [String]
    var points: [Point]
}
