import Foundation
import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryTesting
import Testing

@testable import GalleryCompute

struct ComputeNoticesTests {
    private func told(_ account: AccountID, _ database: any Database) async throws -> [String] {
        try await database.read { db in
            try db.values(
                String.self,
                "SELECT kind FROM notifications WHERE account = \(account) ORDER BY created_at, id"
            )
        }
    }

    @Test(arguments: TestDatabase.all)
    func `whoever owes something is told at each step, and when it is over`(_ kind: TestDatabase) async throws {
        try await kind.runCompute { database in
            let clock = TestClock()
            let house = try await ComputeHouse(
                database,
                graceHours: 1,
                retentionHours: 1,
                observers: [ComputeNotices.standing(.fixed(clock))]
            )
            let ada = try await house.person("ada")
            let account = try house.account(ada)
            let step = { (state: Standing.State) in
                try await database.write { db in
                    try ComputeNotices.standing(house.world)(account, Standing(state, since: house.clock.now), db)
                }
                house.advance(1)
            }
            for state in [Standing.State.grace, .retention, .released, .clear] { try await step(state) }
            let kinds = try await told(account, database)
            #expect(kinds == ["arrears-owed", "arrears-frozen", "arrears-released", "arrears-cleared"])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `whoever ordered a run is told how it ended, unless they ended it`(_ kind: TestDatabase) async throws {
        try await kind.runCompute { database in
            let house = try await RunHouse(database)
            defer { house.close() }
            let account = try house.house.account(house.ada)
            let tell = ComputeNotices.runs(house.house.world)
            let end = { (state: RunState, reason: RunReason) in
                var run = try await house.order()
                (run.state, run.reason) = (state, reason)
                let ended = run
                try await database.write { db in try tell(ended, .running, db) }
                house.house.advance(1)
            }
            try await end(.succeeded, .none)
            try await end(.failed, .workerLost)
            try await end(.stopped, .asked)
            try await end(.stopped, .frozen)
            try await end(.stopping, .asked)
            #expect(try await told(account, database) == ["run-succeeded", "run-failed", "run-stopped"])
        }
    }
}
