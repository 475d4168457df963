import Foundation
import GalleryDatabase
import GalleryModel
import Logging
import ServiceLifecycle

/// Forgets sessions, tokens and guesses that are over, and writes down the last uses of credentials before the program ends.
struct IdentityUpkeep: Service {
    private let identity: Identity
    private let database: any Database
    private let world: World
    private let logger = Logger(label: "gallery.identity")

    private static let pause = Duration.seconds(600)
    private static let batch = 1000

    init(identity: Identity, database: any Database, world: World) {
        self.identity = identity
        self.database = database
        self.world = world
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await world.sleep(Self.pause)
                    try await sweep()
                } catch is CancellationError {
                    return
                } catch {
                    logger.error("upkeep of identity failed", metadata: ["error": "\(error)"])
                }
            }
        }
        try await identity.authentication.flush()
    }

    /// One round.
    func sweep() async throws {
        let now = world.now()
        try await identity.authentication.flush()
        try await database.write { db in
            _ = try db.sweepSessions(before: now, limit: Self.batch)
            _ = try db.sweepExpiredTokens(before: now - 86_400, limit: Self.batch)
            try db.sweepDeviceLogins(before: now)
            try db.sweepGuesses(before: now - Guesses.window, limit: Self.batch)
        }
    }
}
