import Foundation
import Synchronization

/// What the machines of a region have: those of a cluster come and go, this machine stays.
package final class RegionMachines: Sendable {
    private static let interval: TimeInterval = 5
    /// So long holds what was found last, where nobody answers.
    private static let memory: TimeInterval = 60

    private struct Seen {
        var capacity: Capacity
        var asked = Date.distantPast
        var found = Date.distantPast
    }

    private let look: (@Sendable () async throws -> Capacity)?
    private let seen: Mutex<Seen>

    /// What never changes.
    package init(_ capacity: Capacity) {
        look = nil
        seen = Mutex(Seen(capacity: capacity))
    }

    /// What `look` finds; nothing as long as it finds out nothing.
    package init(looking look: @escaping @Sendable () async throws -> Capacity) {
        self.look = look
        seen = Mutex(Seen(capacity: Capacity([])))
    }

    package var capacity: Capacity { seen.withLock { $0.capacity } }

    /// Looks again, if the last time is a while ago.
    func refresh(at now: Date) async {
        guard let look, seen.withLock({ now.timeIntervalSince($0.asked) >= Self.interval }) else { return }
        let found = try? await look()
        seen.withLock { seen in
            seen.asked = now
            if let found {
                (seen.capacity, seen.found) = (found, now)
            } else if now.timeIntervalSince(seen.found) > Self.memory {
                seen.capacity = Capacity([])
            }
        }
    }
}
