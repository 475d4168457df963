import GalleryDatabase
import GalleryModel
import GalleryServing
import GalleryTesting
import Testing

@testable import GalleryCompute

/// What an unpaid debt leads to, for runs.
struct RunReleaseTests {
    @Test(arguments: TestDatabase.all)
    func `retention stops a paid run and keeps what it has, release deletes it`(_ kind: TestDatabase) async throws {
        try await kind.runCompute { database in
            let house = try await RunHouse(database)
            defer { house.close() }
            let name = try await house.training()
            let token = house.launcher.token(of: name)
            try await house.runs.setCheckpoint(name.run, attempt: 1, token: token, step: 5, folder: "step-5")
            try await house.runs.appendLog(name.run, attempt: 1, token: token, offset: 0, text: "step 5\n")
            let account = try house.house.account(house.ada)
            let owed = Money(micros: 1)
            // In debt, then through every step of arrears.
            for _ in 0..<2 {
                try await database.write { db in
                    let now = house.house.clock.now
                    try house.house.billing.settlement.review(account, owing: owed, at: now, db)
                }
                house.house.advance(30 * 86_400)
            }
            #expect(try await house.run(name).state == .stopping)
            try await house.beat(name, "saving")
            try await house.finish(name, .stopped)
            house.launcher.set(name, .ended(LaunchEnd(.exit(0), at: house.house.clock.now)))
            for _ in 0..<3 { try await house.keeper.tick() }
            let frozen = try await house.run(name)
            #expect(frozen.isSettled && frozen.checkpointStep == 5 && frozen.reason == .frozen)
            await #expect(throws: BillingError.frozen) { try await house.runs.retry(name.run, by: house.ada) }
            await #expect(throws: BillingError.frozen) { try await house.runs.delete(name.run, by: house.ada) }

            try await house.runs.release(account)
            #expect(try await house.run(name).checkpointStep == 5, "it is not released yet")
            try await database.write { db in
                let now = house.house.clock.now
                try house.house.billing.settlement.review(account, owing: owed, at: now, db)
            }
            var handlers = JobHandlers()
            house.runs.register(in: &handlers)
            try await JobWorker(database: database, world: house.house.world, handlers: handlers).drain()
            let released = try await house.run(name)
            #expect(released.checkpointStep == nil && released.checkpointFolder.isEmpty)
            #expect(try await house.runs.log(name.run, from: 0, by: house.ada).text.isEmpty)
            #expect(try await house.runs.cost(of: name.run, by: house.ada).seconds > 0)
        }
    }
}
