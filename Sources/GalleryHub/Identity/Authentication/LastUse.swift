import Foundation
import GalleryModel
import Synchronization

/// Collects when credentials were used, to be written down together now and then instead of at every request.
final class LastUse: Sendable {
    struct Batch: Sendable {
        var tokens: [TokenID: Date] = [:]
        var sessions: [SessionID: Date] = [:]

        var isEmpty: Bool { tokens.isEmpty && sessions.isEmpty }
    }

    private struct State {
        var batch = Batch()
        var since: Date?
    }

    private static let interval = 60.0
    private static let capacity = 500

    private let state = Mutex(State())

    /// Returns what is due to be written, to one caller.
    func note(_ credential: Identified.Credential, at now: Date) -> Batch? {
        state.withLock { state in
            switch credential {
            case .token(let id): state.batch.tokens[id] = now
            case .session(let id): state.batch.sessions[id] = now
            case .password, .worker: return nil
            }
            let since = state.since ?? .distantPast
            let isFull = state.batch.tokens.count + state.batch.sessions.count >= Self.capacity
            guard isFull || now.timeIntervalSince(since) >= Self.interval else { return nil }
            defer { state = State(since: now) }
            return state.batch
        }
    }

    /// Everything not written yet; at shutdown.
    func takeAll() -> Batch {
        state.withLock { state in
            defer { state.batch = Batch() }
            return state.batch
        }
    }
}
