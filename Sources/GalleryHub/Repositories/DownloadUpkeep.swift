import Logging
import GalleryModel
import ServiceLifecycle

/// Writes counted downloads down every few seconds and when the program ends, and lets old days go.
struct DownloadUpkeep: Service {
    private static let pause = Duration.seconds(10)
    private static let dayInPauses = 8640

    let counter: DownloadCounter
    let world: World
    private let logger = Logger(label: "gallery.downloads")

    init(counter: DownloadCounter, world: World) {
        self.counter = counter
        self.world = world
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var pauses = 0
            while !Task.isCancelled {
                do {
                    if pauses % Self.dayInPauses == 0 { try await counter.forgetOldDays() }
                    pauses += 1
                    try await world.sleep(Self.pause)
                    try await counter.flush()
                } catch is CancellationError {
                    return
                } catch {
                    logger.error("downloads could not be written down", metadata: ["error": "\(error)"])
                }
            }
        }
        try await counter.flush()
    }
}
