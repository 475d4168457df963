import Foundation
import Synchronization

/// What is under way through the gateway of this process: requests per replica, those that wait for one, and how fast keys
/// come. It is lost with the process, as the requests are.
package final class GatewayTraffic: Sendable {
    package struct Limits: Sendable {
        /// Requests that one replica answers at once.
        package var perReplica = 64
        /// Requests that may wait for a service.
        package var waiting = 256
        package var patience: Duration = .seconds(60)

        package init(perReplica: Int = 64, waiting: Int = 256, patience: Duration = .seconds(60)) {
            (self.perReplica, self.waiting, self.patience) = (perReplica, waiting, patience)
        }
    }

    private enum Turn { case again, late }

    private struct Waiter {
        let id: Int
        let resume: @Sendable (Turn) -> Void
    }

    private struct Bucket {
        var left: Double
        var at: Date
    }

    private struct State {
        var busy: [String: Int] = [:]
        var waiting: [String: [Waiter]] = [:]
        var lastID = 0
        var buckets: [String: Bucket] = [:]
    }

    private let limits: Limits
    private let state = Mutex(State())

    package init(limits: Limits = Limits()) { self.limits = limits }

    /// How many requests a run answers now.
    package func busy(_ run: String) -> Int { state.withLock { $0.busy[run] ?? 0 } }

    /// How many requests wait for a service.
    func waitingCount(_ service: String) -> Int { state.withLock { $0.waiting[service]?.count ?? 0 } }

    // MARK: Places

    /// Takes a place at the least busy of the runs that `find` names; waits for one where all are full. `find` is asked
    /// anew after each wait, and throws where nothing answers any more.
    func enter(_ service: String, _ find: () async throws -> [String]) async throws -> String {
        let deadline = ContinuousClock.now + limits.patience
        while true {
            let runs: [String]
            do {
                runs = try await find()
            } catch {
                // It may have been woken for a place that it does not take.
                wakeNext(of: service)
                throw error
            }
            if let run = take(runs) { return run }
            guard try await wait(for: service, until: deadline) else { throw GatewayError.full }
        }
    }

    private func take(_ runs: [String]) -> String? {
        state.withLock { state in
            let best = runs.min { (state.busy[$0] ?? 0, $0) < (state.busy[$1] ?? 0, $1) }
            guard let best, state.busy[best] ?? 0 < limits.perReplica else { return nil }
            state.busy[best, default: 0] += 1
            return best
        }
    }

    /// Gives a place free, and lets the next one that waits look again.
    func leave(_ run: String, of service: String) {
        state.withLock { state in
            let left = (state.busy[run] ?? 1) - 1
            state.busy[run] = left > 0 ? left : nil
        }
        wakeNext(of: service)
    }

    private func wakeNext(of service: String) {
        let next = state.withLock { state -> Waiter? in
            guard let first = state.waiting[service]?.first else { return nil }
            state.waiting[service]?.removeFirst()
            if state.waiting[service]?.isEmpty == true { state.waiting[service] = nil }
            return first
        }
        next?.resume(.again)
    }

    /// Whether its turn came; false where too many wait, or it took too long.
    private func wait(for service: String, until deadline: ContinuousClock.Instant) async throws -> Bool {
        let id = state.withLock { state -> Int? in
            guard state.waiting[service]?.count ?? 0 < limits.waiting else { return nil }
            state.lastID += 1
            return state.lastID
        }
        guard let id, ContinuousClock.now < deadline else { return false }
        let timer = Task { [weak self] in
            try await Task.sleep(until: deadline, clock: .continuous)
            self?.giveUp(id, of: service)
        }
        defer { timer.cancel() }
        let turn = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Turn, Never>) in
                let isCancelled = Task.isCancelled
                state.withLock { state in
                    guard !isCancelled else { return }
                    state.waiting[service, default: []].append(Waiter(id: id) { continuation.resume(returning: $0) })
                }
                if isCancelled { continuation.resume(returning: .late) }
            }
        } onCancel: {
            giveUp(id, of: service)
        }
        if Task.isCancelled {
            if turn == .again { wakeNext(of: service) }
            throw CancellationError()
        }
        return turn == .again
    }

    private func giveUp(_ id: Int, of service: String) {
        let waiter = state.withLock { state -> Waiter? in
            guard let index = state.waiting[service]?.firstIndex(where: { $0.id == id }) else { return nil }
            return state.waiting[service]?.remove(at: index)
        }
        waiter?.resume(.late)
    }

    // MARK: Rates

    /// Counts a request of a caller who may send so many in a minute; throws where they are too fast.
    func count(_ caller: String, perMinute: Int, at now: Date) throws(GatewayError) {
        let seconds = state.withLock { state -> Double in
            let rate = Double(perMinute) / 60
            var bucket = state.buckets[caller] ?? Bucket(left: Double(perMinute), at: now)
            bucket.left = min(Double(perMinute), bucket.left + max(0, now.timeIntervalSince(bucket.at)) * rate)
            bucket.at = now
            defer { state.buckets[caller] = bucket }
            if state.buckets.count > 10_000 { state.buckets.removeAll() }
            guard bucket.left >= 1 else { return (1 - bucket.left) / rate }
            bucket.left -= 1
            return 0
        }
        guard seconds == 0 else { throw .tooFast(seconds: max(1, Int(seconds.rounded(.up)))) }
    }
}
