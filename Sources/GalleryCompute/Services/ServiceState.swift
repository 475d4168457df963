package import Foundation

/// Where a service stands, as people see it. It follows from what is wanted and from the runs of the replicas, so that it
/// is never out of step with them.
package enum ServiceState: String, Sendable, Codable, CaseIterable {
    case starting, running
    /// Some of the replicas answer, not all.
    case degraded
    /// None answers; what fell is started again.
    case restarting
    case stopping, stopped
    /// It was given up, for a reason that is told.
    case failed
    /// The time that was ordered is used.
    case timeOver = "time-over"

    package init(isWanted: Bool, halt: String, replicas: Int, ready: Int, isCrashed: Bool, isAlive: Bool) {
        if isWanted {
            self =
                ready >= replicas ? .running : ready > 0 ? .degraded : isCrashed ? .restarting : .starting
        } else if isAlive {
            self = .stopping
        } else {
            self = halt.isEmpty ? .stopped : halt == RunReason.timeLimit ? .timeOver : .failed
        }
    }

    /// Whether requests may be answered.
    package var isAnswering: Bool { self == .running || self == .degraded }
    /// Whether it changes by itself.
    package var isMoving: Bool { self == .starting || self == .degraded || self == .restarting || self == .stopping }
    /// Nothing runs, and nothing is wanted to.
    package var isAtRest: Bool { self == .stopped || self == .failed || self == .timeOver }
}

/// What is done about a replica that fell.
package enum RestartPolicy {
    /// So many ends in a row, and the service is given up.
    package static let mostCrashes = 8
    /// A replica that ran for so long begins to count anew.
    static let stable: TimeInterval = 600
    /// Requests that are under way may take so long to end.
    package static let drain: TimeInterval = 30
    /// A request that came just before may not have reached its replica yet.
    static let settling: TimeInterval = 1.5

    /// Seconds before the next start: 2, 4, 8 … 60.
    package static func delay(after crashes: Int) -> TimeInterval {
        min(60, 2 * pow(2, Double(max(0, min(crashes, 10) - 1))))
    }

    /// Starting again cannot help: the model or the machine is to blame, and will be again.
    static let hopeless: Set<String> = [
        "bad-model", "bad-parameters", "bad-data", "gallery-refused", "run-no-workers", "run-no-program",
    ]
}
