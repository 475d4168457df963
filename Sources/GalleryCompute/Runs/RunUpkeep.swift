import Foundation
import GalleryModel
import GalleryServing
import Logging
import ServiceLifecycle

/// Looks after runs as long as the gallery runs: once it knows where workers reach it, a round each second.
struct RunUpkeep: Service {
    /// Where a pause of a second was so long, the machine slept, and nobody could be heard.
    private static let sleep: TimeInterval = 20

    private let keepers: [RunKeeper]
    private let address: ServingAddress
    private let world: World
    private let logger = Logger(label: "gallery.runs")

    init(keepers: [RunKeeper], address: ServingAddress, world: World) {
        (self.keepers, self.address, self.world) = (keepers, address, world)
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await address.known()
            await recover()
            while !Task.isCancelled {
                for keeper in keepers { await round { try await keeper.tick() } }
                let before = world.now()
                try? await world.sleep(.seconds(1))
                if world.now().timeIntervalSince(before) > Self.sleep { await recover() }
            }
        }
    }

    private func recover() async {
        for keeper in keepers { await round { try await keeper.recover() } }
    }

    private func round(_ work: () async throws -> Void) async {
        do {
            try await work()
        } catch {
            // The database was away, say; the next round finds everything as it is.
            logger.error("runs were not looked after", metadata: ["error": "\(error)"])
        }
    }
}
