import Foundation
import GalleryModel
import Synchronization

/// What was found out about credentials within the last second, so that a busy client costs no query per request.
///
/// A second bounds how long another process's revocation goes unnoticed; our own empties the cache at once.
final class CredentialCache: Sendable {
    /// Marks the moment a look-up began; what it finds is dropped if the cache was emptied since.
    struct Ticket: Sendable {
        fileprivate let generation: Int
    }

    private struct Entry {
        var identified: Identified
        var until: Date
    }

    private struct State {
        var generation = 0
        var entries: [SHA256Digest: Entry] = [:]
    }

    private static let lifetime = 1.0
    private static let capacity = 20_000

    private let state = Mutex(State())

    func find(_ key: SHA256Digest, at now: Date) -> Identified? {
        state.withLock { state in
            guard let entry = state.entries[key], entry.until > now, entry.until <= now + Self.lifetime else {
                return nil
            }
            return entry.identified
        }
    }

    func begin() -> Ticket { Ticket(generation: state.withLock(\.generation)) }

    func keep(_ identified: Identified, under key: SHA256Digest, until expiry: Date?, at now: Date, ticket: Ticket) {
        state.withLock { state in
            guard state.generation == ticket.generation else { return }
            if state.entries.count >= Self.capacity { state.entries.removeAll(keepingCapacity: true) }
            let until = now + Self.lifetime
            state.entries[key] = Entry(identified: identified, until: expiry.map { min($0, until) } ?? until)
        }
    }

    func empty() {
        state.withLock { state in
            state.generation += 1
            state.entries.removeAll(keepingCapacity: true)
        }
    }
}
