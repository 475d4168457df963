import GalleryModel
import GalleryServing
import GalleryTesting
import Synchronization
import Testing

@testable import GalleryCompute

/// The rounds that look after runs.
struct RunUpkeepTests {
    /// Runs so many rounds, with so many seconds after each.
    private func look(after house: RunHouse, pauses: [Int]) async throws {
        let address = ServingAddress()
        address.set(host: "127.0.0.1", port: 8080)
        let left = Mutex(pauses[...])
        var world = house.house.world
        world.sleep = { _ in
            if let pause = left.withLock({ $0.popFirst() }) {
                house.house.advance(pause)
            } else {
                withUnsafeCurrentTask { $0?.cancel() }
            }
        }
        let upkeep = RunUpkeep(keepers: [house.keeper], address: address, world: world)
        try await Task { try await upkeep.run() }.value
    }

    @Test(arguments: TestDatabase.all)
    func `a machine that slept loses no run that slept with it, and a silent one is lost still`(
        _ kind: TestDatabase
    ) async throws {
        try await kind.runCompute { database in
            let house = try await RunHouse(database)
            defer { house.close() }
            let name = try await house.training()
            try await look(after: house, pauses: [1, 5000, 1, 1])
            #expect(try await house.run(name).state == .running)
            #expect(try await house.beat(name).mustStop == false)
            try await look(after: house, pauses: Array(repeating: 10, count: 13))
            #expect(try await house.run(name).reason == .workerLost)
        }
    }
}
