import Foundation
import Synchronization

/// What the machines of a region have: those of a cluster come and go, this machine stays.
package final class RegionMachines: Sendable {
    private static let interval: TimeInterval = 5

    private let look: (@Sendable () async throws -> Capacity)?
    private let seen: Mutex<(capacity: Capacity, time: Date)>

    /// What never changes.
    package init(_ capacity: Capacity) {
        look = nil
        seen = Mutex((capacity, .distantPast))
    }

    /// What `look` finds; nothing as long as it finds out nothing.
    package init(looking look: @escaping @Sendable () async throws -> Capacity) {
        self.look = look
        seen = Mutex((Capacity([]), .distantPast))
    }

    package var capacity: Capacity { seen.withLock { $0.capacity } }

    /// Looks again, if the last time is a while ago.
    func refresh(at now: Date) async {
        guard let look, seen.withLock({ now.timeIntervalSince($0.time) >= Self.interval }) else { return }
        let found = (try? await look()) ?? Capacity([])
        seen.withLock { $0 = (found, now) }
    }
}
