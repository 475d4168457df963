package import Foundation
package import GalleryDatabase
package import GalleryHub
package import GalleryModel
import Logging
import ServiceLifecycle

/// What is told to an open page.
package enum NotificationSignal: Sendable, Equatable {
    case state(NotificationState)
    /// Nothing has happened, and the connection still stands.
    case beat
}

/// The pages that listen for notifications. One query for all of them looks every few seconds, so it is the same with one
/// node and with many, whichever of them wrote the notification.
package actor NotificationStreams {
    /// Pages of one account that may listen at once; browsers open one, however many tabs they show.
    static let mostPerAccount = 6
    static let most = 5_000
    /// After so many seconds a page has to come again, and to show again who it is.
    private static let longest: TimeInterval = 600
    private static let beatEvery: TimeInterval = 20

    private struct Listener {
        let account: AccountID
        let openedAt: Date
        var heardAt: Date
        let continuation: AsyncStream<NotificationSignal>.Continuation
    }

    private var listeners: [Int: Listener] = [:]
    private var lastID = 0
    private var known: [AccountID: NotificationState] = [:]

    package init() {}

    /// What happens from now on; nil where enough pages listen already.
    package func open(
        for account: AccountID,
        _ state: NotificationState,
        at now: Date
    ) -> (id: Int, signals: AsyncStream<NotificationSignal>)? {
        guard listeners.count < Self.most,
            listeners.values.count(where: { $0.account == account }) < Self.mostPerAccount
        else { return nil }
        lastID += 1
        let (signals, continuation) = AsyncStream<NotificationSignal>.makeStream(bufferingPolicy: .bufferingNewest(4))
        listeners[lastID] = Listener(account: account, openedAt: now, heardAt: now, continuation: continuation)
        if known[account] == nil { known[account] = state }
        continuation.yield(.state(state))
        return (lastID, signals)
    }

    package func close(_ id: Int) {
        guard let listener = listeners.removeValue(forKey: id) else { return }
        listener.continuation.finish()
        if !listeners.values.contains(where: { $0.account == listener.account }) { known[listener.account] = nil }
    }

    /// The accounts that listen.
    var accounts: Set<AccountID> { Set(listeners.values.map(\.account)) }

    /// Tells those for whom something has changed.
    func tell(_ states: [AccountID: NotificationState], at now: Date) {
        for (id, listener) in listeners {
            guard now.timeIntervalSince(listener.openedAt) < Self.longest else {
                close(id)
                continue
            }
            let state = states[listener.account] ?? .empty
            if state != known[listener.account] {
                listener.continuation.yield(.state(state))
                listeners[id]?.heardAt = now
            } else if now.timeIntervalSince(listener.heardAt) >= Self.beatEvery {
                listener.continuation.yield(.beat)
                listeners[id]?.heardAt = now
            }
        }
        for account in known.keys { known[account] = states[account] ?? .empty }
    }
}

/// Looks for what the listening pages should hear.
package struct NotificationUpkeep: Service {
    private let streams: NotificationStreams
    private let database: any Database
    private let world: World
    private let logger = Logger(label: "gallery.notifications")

    package init(streams: NotificationStreams, database: any Database, world: World) {
        self.streams = streams
        self.database = database
        self.world = world
    }

    package func run() async throws {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                try await look()
            } catch {
                logger.error("notifications cannot be read", metadata: ["error": "\(error)"])
            }
            try? await cancelWhenGracefulShutdown { try await world.sleep(.seconds(2)) }
        }
    }

    func look() async throws {
        let accounts = await streams.accounts
        guard !accounts.isEmpty else { return }
        let states = try await database.read { db in try db.notificationStates(of: accounts) }
        await streams.tell(states, at: world.now())
    }
}
