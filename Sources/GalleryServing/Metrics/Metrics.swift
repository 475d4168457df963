import Foundation
import Synchronization

/// The counters of this process, printed for Prometheus.
package final class Metrics: Sendable {
    struct RouteKey: Hashable {
        var method: String
        var route: String
    }

    struct RouteCounts {
        var byStatus: [Int: Int] = [:]
        var buckets = [Int](repeating: 0, count: Metrics.bounds.count)
        var count = 0
        var seconds = 0.0
        var bytes = 0
    }

    struct State {
        var routes: [RouteKey: RouteCounts] = [:]
        var inFlight = 0
        var connections = 0
        var connectionsTotal = 0
        var aborted = 0
        var transfers: [String: (count: Int, bytes: Int)] = [:]
    }

    /// Upper bounds of the durations, in seconds.
    static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]
    /// Routes are ours and few; methods are what clients write.
    private static let methods: Set<String> = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

    private let state = Mutex(State())
    /// Figures that are asked for when they are read.
    private let gauges = Mutex<[Gauge]>([])
    let started = Date()

    package init() {}

    var current: State { state.withLock { $0 } }

    func requestStarted() {
        state.withLock { $0.inFlight += 1 }
    }

    func requestEnded(method: String, route: String, status: Int, bytes: Int, elapsed: Duration, isAborted: Bool) {
        let seconds = elapsed / .nanoseconds(1) / 1e9
        let bucket = Self.bounds.firstIndex { seconds <= $0 }
        let key = RouteKey(method: Self.methods.contains(method) ? method : "other", route: route)
        state.withLock { state in
            state.inFlight -= 1
            if isAborted { state.aborted += 1 }
            state.routes[key, default: RouteCounts()].add(
                status: status,
                bucket: bucket,
                seconds: seconds,
                bytes: bytes
            )
        }
    }

    func connectionOpened() {
        state.withLock {
            $0.connections += 1
            $0.connectionsTotal += 1
        }
    }

    func connectionClosed() {
        state.withLock { $0.connections -= 1 }
    }

    /// Counts bytes of files that left by one of the ways there are.
    func transferred(_ bytes: Int, by way: FileTransferWay) {
        state.withLock { state in
            state.transfers[way.rawValue, default: (0, 0)].count += 1
            state.transfers[way.rawValue, default: (0, 0)].bytes += bytes
        }
    }

    /// Adds figures of a slice, such as the number of waiting jobs.
    package func add(_ gauge: Gauge) {
        gauges.withLock { $0.append(gauge) }
    }

    var allGauges: [Gauge] { gauges.withLock { $0 } }
}

extension Metrics.RouteCounts {
    fileprivate mutating func add(status: Int, bucket: Int?, seconds: Double, bytes: Int) {
        byStatus[status, default: 0] += 1
        count += 1
        self.seconds += seconds
        self.bytes += bytes
        if let bucket { buckets[bucket] += 1 }
    }
}

/// Figures that a slice knows at the moment they are asked for.
package struct Gauge: Sendable {
    package let name: String
    package let help: String
    /// The name of the label that tells the figures apart; nil for one figure alone.
    package let label: String?
    package let values: @Sendable () async throws -> [String: Double]

    package init(
        _ name: String,
        help: String,
        label: String? = nil,
        values: @escaping @Sendable () async throws -> [String: Double]
    ) {
        self.name = name
        self.help = help
        self.label = label
        self.values = values
    }
}

/// How the bytes of a file leave.
enum FileTransferWay: String {
    case sendfile, read, proxy
}
