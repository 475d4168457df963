import Foundation
import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryTesting
import Synchronization
import Testing

@testable import GalleryCompute

struct AppsTests {
    private func at(_ kind: TestDatabase, _ body: (AppHouse) async throws -> Void) async throws {
        try await kind.runCompute { database in
            let house = try await AppHouse(database)
            defer { house.close() }
            try await body(house)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `an app is made, waits, runs, and is found by everybody while it runs`(_ kind: TestDatabase) async throws {
        try await at(kind) { house in
            let made = try await house.apps.create(house.draft(), by: house.ada)
            #expect(made.condition == .waiting)
            #expect(try await house.apps.list().isEmpty)
            try await house.serve(made.app.id)
            let shown = try await house.apps.show(made.app.id, by: .visitor)
            #expect(shown.condition == .running)
            #expect(shown.app.owner == "ada")
            for text in ["", "tiny", "ADA talk", "Talks"] {
                #expect(try await house.apps.list(text).map(\.id) == [made.app.id], "\(text)")
            }
            for text in ["other", "100%", "t_ny"] { #expect(try await house.apps.list(text).isEmpty, "\(text)") }
            let spec = try #require(house.launcher.seen.withLock { $0.launches.first?.files["spec.json"] })
            let told = try #require(try JSONSerialization.jsonObject(with: spec) as? [String: Any])
            #expect((told["base"] as? [String: Any])?["repo"] as? String == "ada/tiny")
            #expect((told["base"] as? [String: Any])?["revision"] as? String == shown.app.commit)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `an app is made of what can be run, and of one's own`(_ kind: TestDatabase) async throws {
        try await at(kind) { house in
            let (apps, ada) = (house.apps, house.ada)
            await #expect(throws: AppError.badSource) { try await apps.create(house.draft("ada/none"), by: ada) }
            await #expect(throws: AppError.noWeights) { try await apps.create(house.draft("ada/words"), by: ada) }
            await #expect(throws: AppError.noProgram) { try await apps.create(house.draft("ada/page", .own), by: ada) }
            await #expect(throws: AppError.notOwnRepository) {
                try await apps.create(house.draft("ada/program", .own), by: house.bob)
            }
            await #expect(throws: AppError.badName) { try await apps.create(house.draft(name: ""), by: ada) }
            await #expect(throws: (any Error).self) { try await apps.create(house.draft(), by: .visitor) }
            _ = try await apps.create(house.draft("ada/program", .own), by: ada)
            // Public models are for everybody.
            _ = try await apps.create(house.draft(), by: house.bob)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `apps of a disabled account are shown to nobody else`(_ kind: TestDatabase) async throws {
        try await at(kind) { house in
            let app = try await house.running()
            let owner = try #require(house.ada.account?.id)
            try await house.apps.database.write { db in
                try db.execute("UPDATE accounts SET is_disabled = 1 WHERE id = \(owner)")
            }
            #expect(try await house.apps.list().isEmpty)
            await #expect(throws: AppError.unknown) { try await house.apps.show(app.id, by: house.bob) }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `the switch takes an app away, and brings it back with a run of its own`(_ kind: TestDatabase) async throws {
        try await at(kind) { house in
            let app = try await house.running()
            let first = try await house.name(app.id)
            #expect(try await house.apps.pause(app.id, by: house.ada).condition == .stopping)
            #expect(try await house.apps.list().isEmpty)
            await #expect(throws: AppError.unknown) { try await house.apps.show(app.id, by: house.bob) }
            await #expect(throws: AppError.stillEnding) { try await house.apps.start(app.id, by: house.ada) }
            house.launcher.set(first, .ended(LaunchEnd(.exit(0), at: house.clock.now)))
            try await house.keeper.tick()
            #expect(try await house.show(app.id).condition == .paused)
            #expect(try await house.apps.start(app.id, by: house.ada).condition == .waiting)
            await #expect(throws: AppError.shownAlready) { try await house.apps.start(app.id, by: house.ada) }
            try await house.serve(app.id)
            #expect(try await house.name(app.id).run != first.run)
            #expect(try await house.apps.list().map(\.id) == [app.id])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `what an administrator took away its owner shows again when one allows it`(_ kind: TestDatabase) async throws {
        try await at(kind) { house in
            let app = try await house.running()
            let name = try await house.name(app.id)
            _ = try await house.apps.pause(app.id, by: house.root)
            house.launcher.set(name, .ended(LaunchEnd(.exit(0), at: house.clock.now)))
            for _ in 0..<2 { try await house.keeper.tick() }
            _ = try await house.apps.pause(app.id, by: house.ada)
            await #expect(throws: AppError.held) { try await house.apps.start(app.id, by: house.ada) }
            await #expect(throws: AppError.held) { try await house.runs.retry(name.run, by: house.ada) }
            #expect(try await house.show(app.id).condition == .paused)
            #expect(try await house.apps.start(app.id, by: house.root).condition == .paused)
            #expect(try await house.apps.start(app.id, by: house.ada).condition == .waiting)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `an unpaid debt takes paid apps in the end`(_ kind: TestDatabase) async throws {
        try await at(kind) { house in
            let app = try await house.running()
            let account = try house.ada.mustBeSignedIn().id
            for (state, count) in [(Standing.State.retention, 1), (.released, 1)] {
                try await house.hub.database.write { db in
                    try Apps.released(account, Standing(state, since: TestClock.start), db)
                }
                #expect(try await house.apps.mine(by: house.ada).count == count, "free ones stay")
            }
            try await house.hub.database.write { db in
                try db.execute("UPDATE apps SET tariff = 'paid' WHERE id = \(app.id)")
                try Apps.released(account, Standing(.retention, since: TestClock.start), db)
            }
            #expect(try await house.apps.mine(by: house.ada).count == 1)
            try await house.hub.database.write { db in
                try Apps.released(account, Standing(.released, since: TestClock.start), db)
            }
            #expect(try await house.apps.mine(by: house.ada).isEmpty)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `what falls is started again, later each time, and not for ever`(_ kind: TestDatabase) async throws {
        try await at(kind) { house in
            let app = try await house.running()
            for attempt in 1...AppRules.mostFailures {
                try await house.fall(app.id)
                #expect(try await house.show(app.id).condition == .restarting)
                try await house.apps.tick()
                #expect(try await house.name(app.id).attempt == attempt, "too early")
                try await house.keeper.tick()
                house.advance(Int(AppRules.wait(after: attempt)))
                try await house.apps.tick()
                try await house.serve(app.id)
                #expect(try await house.show(app.id).condition == .running)
                #expect(try await house.name(app.id).attempt == attempt + 1)
            }
            try await house.fall(app.id)
            let ended = try await house.show(app.id)
            #expect(ended.condition == .ended)
            #expect(ended.app.reason.code == "internal")
        }
    }

    @Test(arguments: TestDatabase.all)
    func `what trying again does not heal is not tried again`(_ kind: TestDatabase) async throws {
        try await at(kind) { house in
            for code in ["bad-model", "time-limit"] {
                let app = try await house.running()
                try await house.fall(app.id, code)
                #expect(try await house.show(app.id).condition == .ended)
                #expect(try await house.show(app.id).app.reason.code == code)
                try await house.keeper.tick()
                try await house.apps.delete(app.id, typed: app.name, by: house.ada)
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a long steady time is forgiven a fall`(_ kind: TestDatabase) async throws {
        try await at(kind) { house in
            let app = try await house.running()
            try await house.fall(app.id)
            try await house.keeper.tick()
            house.advance(10)
            try await house.apps.tick()
            try await house.serve(app.id)
            house.advance(Int(AppRules.steady))
            try await house.fall(app.id)
            #expect(try await house.show(app.id).app.failures == 1)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `who stops the run of an app has paused the app`(_ kind: TestDatabase) async throws {
        try await at(kind) { house in
            let app = try await house.running()
            let name = try await house.name(app.id)
            try await house.runs.stop(name.run, by: house.ada)
            house.launcher.set(name, .ended(LaunchEnd(.exit(0), at: house.clock.now)))
            try await house.keeper.tick()
            #expect(try await house.show(app.id).condition == .paused)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `an app is deleted by its name alone, with all that it leaves`(_ kind: TestDatabase) async throws {
        try await at(kind) { house in
            let app = try await house.running()
            let name = try await house.name(app.id)
            await #expect(throws: AppError.notTyped) {
                try await house.apps.delete(app.id, typed: "tiny", by: house.ada)
            }
            await #expect(throws: AppError.unknown) {
                try await house.apps.delete(app.id, typed: app.name, by: house.bob)
            }
            try await house.apps.delete(app.id, typed: app.name, by: house.ada)
            await #expect(throws: AppError.unknown) { try await house.show(app.id) }
            #expect(try await house.runs.show(name.run, by: house.ada).state == .stopping)
            house.launcher.set(name, .ended(LaunchEnd(.exit(0), at: house.clock.now)))
            try await house.keeper.tick()
            try await house.keeper.tick()
            try await house.apps.tick()
            await #expect(throws: RunError.unknown) { try await house.runs.show(name.run, by: house.ada) }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `what is said of an app is its owner's, and an administrator's`(_ kind: TestDatabase) async throws {
        try await at(kind) { house in
            let app = try await house.running()
            let text = AppText(name: "Other", licence: "mit", about: "New words")
            await #expect(throws: AppError.unknown) { try await house.apps.edit(app.id, text, by: house.bob) }
            #expect(try await house.apps.edit(app.id, text, by: house.ada).app.name == "Other")
            #expect(try await house.apps.list("new words").map(\.name) == ["Other"])
            await #expect(throws: (any Error).self) { try await house.apps.start(app.id, by: house.root) }
            #expect(try await house.apps.pause(app.id, by: house.root).app.state == .paused)
            let written = try await house.hub.database.read { db in
                try db.values(String.self, "SELECT action FROM audit_log WHERE subject = \(app.id)")
            }
            #expect(written == ["app.pause"])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `what an app costs is what all its starts cost`(_ kind: TestDatabase) async throws {
        try await at(kind) { house in
            let app = try await house.running()
            house.advance(30)
            let first = try await house.name(app.id)
            _ = try await house.apps.pause(app.id, by: house.ada)
            house.launcher.set(first, .ended(LaunchEnd(.exit(0), at: house.clock.now)))
            try await house.keeper.tick()
            _ = try await house.apps.start(app.id, by: house.ada)
            try await house.serve(app.id)
            house.advance(12)
            #expect(try await house.apps.cost(of: app.id, by: house.ada).seconds == 42)
        }
    }
}
