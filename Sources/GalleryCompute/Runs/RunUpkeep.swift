import GalleryServing
import Logging
import ServiceLifecycle

/// Looks after runs as long as the gallery runs: once it knows where workers reach it, a round each second.
struct RunUpkeep: Service {
    private let keepers: [RunKeeper]
    private let address: ServingAddress
    private let logger = Logger(label: "gallery.runs")

    init(keepers: [RunKeeper], address: ServingAddress) {
        (self.keepers, self.address) = (keepers, address)
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await address.known()
            for keeper in keepers { await round { try await keeper.recover() } }
            while !Task.isCancelled {
                for keeper in keepers { await round { try await keeper.tick() } }
                try? await Task.sleep(for: .seconds(1))
            }
        }
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
