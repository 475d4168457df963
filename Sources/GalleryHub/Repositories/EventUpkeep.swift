import Logging
import GalleryModel
import ServiceLifecycle

/// Keeps counted events every second, counts them every few and when the program ends, and lets old days go.
struct EventUpkeep: Service {
    private static let pause = Duration.seconds(1)
    private static let flushInPauses = 10
    private static let dayInPauses = 86_400

    let counter: EventCounter
    let world: World
    private let logger = Logger(label: "gallery.events")

    init(counter: EventCounter, world: World) {
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
                    if pauses % Self.flushInPauses == 0 { try await counter.flush() } else { try await counter.keep() }
                } catch is CancellationError {
                    return
                } catch {
                    logger.error("events could not be counted", metadata: ["error": "\(error)"])
                }
            }
        }
        try await counter.flush()
    }
}
