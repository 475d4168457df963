import Logging
import ServiceLifecycle

/// Looks after services as long as the gallery runs, a round each second, and writes down what they were used.
struct ServiceUpkeep: Service {
    private let keeper: ServiceKeeper
    private let gateway: Gateway
    private let logger = Logger(label: "gallery.services")

    init(keeper: ServiceKeeper, gateway: Gateway) { (self.keeper, self.gateway) = (keeper, gateway) }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var rounds = 0
            while !Task.isCancelled {
                await round { try await keeper.tick() }
                if rounds % 5 == 0 { await round { try await gateway.flush() } }
                rounds += 1
                try? await Task.sleep(for: .seconds(1))
            }
        }
        try await gateway.flush()
    }

    private func round(_ work: () async throws -> Void) async {
        do {
            try await work()
        } catch {
            // The database was away, say; the next round finds everything as it is.
            logger.error("services were not looked after", metadata: ["error": "\(error)"])
        }
    }
}
