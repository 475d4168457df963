import Foundation
import GalleryModel
import GalleryServing

/// A run as its owner and operators see it.
struct RunBody: Codable, Sendable {
    var id: String
    var kind: RunKind
    var title: String
    var state: RunState
    /// Why it ended as it did; missing where nothing is to be said.
    var reason: RunReason?
    /// What its worker does: preparing, training, saving or serving.
    var stage: String
    var flavor: String
    var region: String
    var tariff: Tariff
    var cores: Int
    var memoryGiB: Int
    var accelerator: String?
    var attempt: Int
    /// The most seconds that it may use; missing where there is no limit.
    var limitSeconds: Int64?
    var createdAt: Date
    var queuedAt: Date
    var startedAt: Date?
    var endedAt: Date?
    var heartbeatAt: Date?
    var checkpointStep: Int64?
    /// The commit of its product.
    var product: String?
    /// Whether it may be run again, from its last checkpoint.
    var mayRetry: Bool

    init(_ run: Run) {
        id = run.id
        kind = run.kind
        title = run.title
        state = run.state
        reason = run.reason.code.isEmpty ? nil : run.reason
        stage = run.stage
        flavor = run.used.flavor
        region = run.used.region
        tariff = run.used.tariff
        cores = run.size.cores
        memoryGiB = run.size.memoryGiB
        accelerator = run.size.accelerator.isEmpty ? nil : run.size.accelerator
        attempt = run.attempt
        limitSeconds = run.limitSeconds
        createdAt = run.createdAt
        queuedAt = run.queuedAt
        startedAt = run.startedAt
        endedAt = run.endedAt
        heartbeatAt = run.heartbeatAt
        checkpointStep = run.checkpointStep
        product = run.product.isEmpty ? nil : run.product
        mayRetry = run.state.after(.retried) != nil
    }
}

/// What a run has used and what that costs.
struct RunCostBody: Codable, Sendable {
    var currency: String
    var seconds: Int64
    var settled: String
    /// What the next settlements will bring.
    var open: String
    var total: String

    init(_ cost: RunCost, _ currency: String) {
        self.currency = currency
        seconds = cost.seconds
        settled = cost.settled.text
        open = cost.open.text
        total = cost.total.text
    }
}

/// A piece of a log.
struct RunLogBody: Codable, Sendable {
    /// Of the first byte of the text.
    var offset: Int64
    var text: String
    /// Where to go on.
    var next: Int64
    var size: Int64
    /// Whether more may come.
    var isOpen: Bool
}

/// What a run measured.
struct RunMetricsBody: Codable, Sendable {
    struct Point: Codable, Sendable {
        var step: Int64
        var value: Double
        var at: Date
    }

    /// Everything that it measures.
    var names: [String]
    /// Of the one that was asked for, by step.
    var points: [Point]
}

// MARK: What workers send

struct HeartbeatBody: Codable, Sendable {
    var attempt: Int
    /// preparing, training, saving or serving.
    var state: String
    /// The worker's clock, in milliseconds.
    var time: Int64?
}

struct PulseBody: Codable, Sendable {
    var stop: Bool
    var leaseSeconds: Int
}

struct LogPieceBody: Codable, Sendable {
    var attempt: Int
    /// Bytes that were sent before.
    var offset: Int64
    var text: String
}

struct MeasurementsBody: Codable, Sendable {
    struct Point: Codable, Sendable {
        var step: Int64
        /// In milliseconds.
        var time: Int64
        var values: [String: Double]
    }

    var attempt: Int
    var points: [Point]
}

struct CheckpointBody: Codable, Sendable {
    var attempt: Int
    var step: Int64
    var folder: String
}

struct RunEndBody: Codable, Sendable {
    struct Product: Codable, Sendable { var commit: String }

    var attempt: Int
    var outcome: RunState
    var reason: RunReason?
    var product: Product?
}
