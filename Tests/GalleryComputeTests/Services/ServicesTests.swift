import Foundation
import GalleryDatabase
import GalleryModel
import GalleryTesting
import Testing

@testable import GalleryCompute

struct ServicesTests {
    private func on(_ kind: TestDatabase, _ body: @escaping (ServiceHouse) async throws -> Void) async throws {
        try await kind.runCompute { database in
            let house = try await ServiceHouse(database)
            defer { house.house.close() }
            try await body(house)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a service starts, runs and stops`(_ kind: TestDatabase) async throws {
        try await on(kind) { house in
            let id = try await house.create(replicas: 2)
            #expect(try await house.state(id) == .starting)
            try await house.tick()
            try await house.serve(id)
            #expect(try await house.state(id) == .running)
            let spec = try await house.show(id).replicas[0].run.spec
            #expect(spec.contains("ada\\/m") || spec.contains("ada/m"))
            try await house.tick(40)
            try await house.serve(id)
            let stopping = try await house.services.stop(id, by: house.ada)
            #expect(stopping.state == .stopping)
            // A request that came just before is not cut off.
            try await house.tick(1)
            #expect(try await house.show(id).replicas.allSatisfy { $0.run.state == .running })
            try await house.tick(1)
            let replicas = try await house.show(id).replicas
            #expect(replicas.allSatisfy { $0.run.state == .stopping })
            for (_, run) in replicas { try await house.house.finish(run.name, .stopped) }
            #expect(try await house.state(id) == .stopped)
            #expect(try await house.services.cost(of: id, by: house.ada).total > .zero)
            // Started again it has new runs, and costs more.
            _ = try await house.services.start(id, by: house.ada)
            #expect(try await house.state(id) == .starting)
            #expect(try await house.show(id).replicas.count == 2)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `requests that are under way hold a replica that drains, though not for ever`(
        _ kind: TestDatabase
    ) async throws {
        try await on(kind) { house in
            let id = try await house.running()
            let run = try await house.show(id).replicas[0].run
            _ = try await house.traffic.enter(id) { [run.id] }
            _ = try await house.services.stop(id, by: house.ada)
            try await house.tick(10)
            #expect(try await house.show(id).replicas[0].run.state == .running)
            try await house.tick(25)
            #expect(try await house.show(id).replicas[0].run.state == .stopping)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a replica that falls is started again, later each time`(_ kind: TestDatabase) async throws {
        try await on(kind) { house in
            let id = try await house.running(replicas: 2)
            let run = try await house.show(id).replicas[0].run
            house.crash(run)
            try await house.tick()
            #expect(try await house.state(id) == .degraded)
            #expect(try await house.show(id).replicas[0].replica.crashes == 1)
            try await house.tick()
            try await house.tick()
            try await house.tick()
            let again = try await house.show(id).replicas[0].run
            #expect(again.id == run.id && again.attempt == 2)
            try await house.serve(id)
            #expect(try await house.state(id) == .running)
            #expect(RestartPolicy.delay(after: 1) == 2 && RestartPolicy.delay(after: 3) == 8)
            #expect(RestartPolicy.delay(after: 50) == 60)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a service whose only replica falls again and again is given up with the reason`(
        _ kind: TestDatabase
    ) async throws {
        try await on(kind) { house in
            let id = try await house.running()
            for number in 1...RestartPolicy.mostCrashes {
                let run = try await house.show(id).replicas[0].run
                #expect(run.attempt == number)
                house.crash(run, .outOfMemory)
                try await house.tick()
                guard number < RestartPolicy.mostCrashes else { break }
                #expect(try await house.state(id) == .restarting)
                // It leaves its machine, then waits for its time.
                try await house.tick()
                try await house.tick(61)
                try await house.tick()
                try await house.serve(id)
            }
            #expect(try await house.state(id) == .failed)
            #expect(try await house.show(id).service.halt.code == "out-of-memory")
            // Told once, not of each fall.
            let told = try await house.house.house.database.read { db in
                try db.values(String.self, "SELECT kind FROM notifications WHERE page = \("/my/services/\(id)")")
            }
            #expect(told == ["run-failed"])
            // Its owner may try again.
            _ = try await house.services.start(id, by: house.ada)
            #expect(try await house.state(id) == .starting)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a replica that ran for long has not fallen in a row`(_ kind: TestDatabase) async throws {
        try await on(kind) { house in
            let id = try await house.running()
            for _ in 1...3 {
                let run = try await house.show(id).replicas[0].run
                house.crash(run)
                try await house.tick()
                #expect(try await house.show(id).replicas[0].replica.crashes == 1)
                try await house.tick()
                try await house.tick(3)
                try await house.tick()
                for _ in 1...20 {
                    try await house.serve(id)
                    try await house.tick(50)
                }
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `what cannot be helped by starting again is given up at once`(_ kind: TestDatabase) async throws {
        try await on(kind) { house in
            let id = try await house.create()
            try await house.tick()
            let run = try await house.show(id).replicas[0].run
            try await house.house.runs.finish(
                run.id,
                attempt: 1,
                token: house.house.launcher.token(of: run.name),
                outcome: .failed,
                reason: RunReason("bad-model", "no weights"),
                product: nil
            )
            #expect(try await house.state(id) == .failed)
            #expect(try await house.show(id).service.halt == RunReason("bad-model", "no weights"))
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a service stops when its time is used, and when its owner is frozen`(_ kind: TestDatabase) async throws {
        try await on(kind) { house in
            let id = try await house.running(hours: 1)
            for _ in 1...72 {
                try await house.tick(50)
                try await house.serve(id)
            }
            try await house.tick(50)
            try await house.serve(id)
            let run = try #require(try await house.show(id).replicas.first).run
            #expect(run.state == .stopping && run.reason.code == "time-limit")
            try await house.house.finish(run.name, .stopped)
            #expect(try await house.state(id) == .timeOver)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `an unpaid debt takes paid services in the end, and free ones stay`(_ kind: TestDatabase) async throws {
        try await on(kind) { house in
            let (paid, free) = (try await house.create(), try await house.create(ComputeHouse.free))
            let account = try house.ada.mustBeSignedIn().id
            let end = { (state: Standing.State) in
                let now = house.house.house.clock.now
                let observer = ServiceLife.released(house.house.house.world)
                try await house.services.database.write { db in try observer(account, Standing(state, since: now), db) }
            }
            try await end(.retention)
            _ = try await house.show(paid)
            try await end(.released)
            await #expect(throws: ServiceError.unknown) { try await house.show(paid) }
            _ = try await house.show(free)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a gallery that fell finds its services as they are`(_ kind: TestDatabase) async throws {
        try await on(kind) { house in
            let id = try await house.running(replicas: 2)
            let runs = try await house.show(id).replicas.map(\.run)
            // While it was away one replica ended, the other lived on.
            house.crash(runs[0])
            house.house.house.advance(500)
            try await house.house.keeper.recover()
            try await house.tick()
            #expect(try await house.state(id) == .degraded)
            try await house.tick(3)
            try await house.tick()
            try await house.tick()
            try await house.serve(id)
            #expect(try await house.state(id) == .running)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `more and fewer replicas, and what goes missing comes again`(_ kind: TestDatabase) async throws {
        try await on(kind) { house in
            let id = try await house.running()
            _ = try await house.services.scale(id, to: 3, by: house.ada)
            #expect(try await house.state(id) == .degraded)
            try await house.tick()
            try await house.serve(id)
            #expect(try await house.state(id) == .running)
            _ = try await house.services.scale(id, to: 1, by: house.ada)
            let standing = try await house.show(id)
            #expect(standing.active.count == 1 && standing.state == .running && standing.replicas.count == 3)
            try await house.tick(2)
            for (_, run) in try await house.show(id).replicas where run.state == .stopping {
                try await house.house.finish(run.name, .stopped)
            }
            #expect(try await house.show(id).replicas.count == 1)
            await #expect(throws: ServiceError.badReplicas(ServiceDraft.mostReplicas)) {
                _ = try await house.services.scale(id, to: 9, by: house.ada)
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a deleted service goes with its runs once they have ended`(_ kind: TestDatabase) async throws {
        try await on(kind) { house in
            let id = try await house.running()
            let run = try await house.show(id).replicas[0].run
            try await house.services.delete(id, by: house.ada)
            await #expect(throws: ServiceError.unknown) { _ = try await house.show(id) }
            #expect(try await house.services.list(by: house.ada).isEmpty)
            try await house.tick(2)
            try await house.house.finish(run.name, .stopped)
            house.house.launcher.set(run.name, nil)
            try await house.tick()
            try await house.tick()
            await #expect(throws: RunError.unknown) { _ = try await house.house.runs.show(run.id, by: house.ada) }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a run that its owner stops stops the service`(_ kind: TestDatabase) async throws {
        try await on(kind) { house in
            let id = try await house.running()
            let run = try await house.show(id).replicas[0].run
            try await house.house.runs.stop(run.id, by: house.ada)
            try await house.house.finish(run.name, .stopped)
            #expect(try await house.state(id) == .stopped)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `forms are checked before anything is paid`(_ kind: TestDatabase) async throws {
        try await on(kind) { house in
            let good = house.draft()
            let bad: [(WritableKeyPath<ServiceDraft, String>, String, ServiceError)] = [
                (\.name, "", .badName), (\.name, String(repeating: "x", count: 31), .badName),
                (\.name, "a\nb", .badName), (\.description, String(repeating: "x", count: 101), .badDescription),
                (\.model, "nothing", .badModel),
            ]
            for (field, text, error) in bad {
                var draft = good
                draft[keyPath: field] = text
                await #expect(throws: error) { _ = try await house.services.create(draft, by: house.ada) }
            }
            var draft = good
            draft.hours = 0
            await #expect(throws: ServiceError.badHours) { _ = try await house.services.create(draft, by: house.ada) }
            let poor = try await house.house.house.person("eve")
            await #expect(throws: BillingError.self) { _ = try await house.services.create(good, by: poor) }
            #expect(try await house.services.list(by: poor).isEmpty)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `keys are shown once, found by their digest and good until they are revoked`(_ kind: TestDatabase) async throws
    {
        try await on(kind) { house in
            let id = try await house.create()
            let issued = try await house.services.addKey("phone", perMinute: 5, to: id, by: house.ada)
            #expect(issued.text.hasPrefix("sk-") && issued.text.hasSuffix(issued.key.hint))
            let digest = SHA256Digest.of(issued.text.utf8)
            let database = house.services.database
            #expect(try await database.read { try $0.key(withDigest: digest) }?.perMinute == 5)
            #expect(try await house.services.keys(of: id, by: house.ada).map(\.name) == ["phone"])
            try await house.services.revokeKey(issued.key.id, of: id, by: house.ada)
            try await house.services.revokeKey(issued.key.id, of: id, by: house.ada)
            #expect(try await database.read { try $0.key(withDigest: digest) } == nil)
            #expect(try await house.services.keys(of: id, by: house.ada).isEmpty)
            await #expect(throws: ServiceError.badKeyName) {
                _ = try await house.services.addKey("", to: id, by: house.ada)
            }
            await #expect(throws: ServiceError.unknownKey) {
                try await house.services.revokeKey("none", of: id, by: house.ada)
            }
        }
    }

    /// Everybody × every use case: `+` allowed, `s` sign in first, `n` not yours, `u` there is none.
    @Test(arguments: TestDatabase.all)
    func `everybody may do what the table says and nothing else`(_ kind: TestDatabase) async throws {
        try await on(kind) { house in
            let root = house.house.house.root
            let eve = try await house.house.house.person("eve")
            let bound = Viewer(account: house.ada.account, scope: .admin, onlyRepo: RepoID("some"))
            let reading = Viewer(account: house.ada.account, scope: .read)
            let table: KeyValuePairs<String, (Viewer, String)> = [
                "visitor": (.visitor, "ssssssssssss"), "eve": (eve, "+uuuuuuuuuuu"),
                "ada bound to an asset": (bound, "nnnnnnnnnnnn"), "ada reading": (reading, "+++++nnnnnnn"),
                "root": (root, "++++++++++++"), "ada": (house.ada, "++++++++++++"),
            ]
            for (who, (viewer, rights)) in table {
                let id = try await house.create()
                var found = ""
                for use in uses(house, id, by: viewer) { found += await Self.letter(use) }
                #expect(found == rights, "\(who)")
            }
        }
    }

    private func uses(_ house: ServiceHouse, _ id: String, by viewer: Viewer) -> [() async throws -> Void] {
        let services = house.services
        return [
            { _ = try await services.list(by: viewer) }, { _ = try await services.show(id, by: viewer) },
            { _ = try await services.cost(of: id, by: viewer) }, { _ = try await services.keys(of: id, by: viewer) },
            { _ = try await services.usage(of: id, by: viewer) },
            { _ = try await services.scale(id, to: 2, by: viewer) },
            {
                let issued = try await services.addKey("k", to: id, by: viewer)
                try await services.revokeKey(issued.key.id, of: id, by: viewer)
            },
            { _ = try await services.scale(id, to: 1, by: viewer) }, { _ = try await services.stop(id, by: viewer) },
            { _ = try await services.start(id, by: viewer) }, { _ = try await services.stop(id, by: viewer) },
            { try await services.delete(id, by: viewer) },
        ]
    }

    private static func letter(_ use: () async throws -> Void) async -> String {
        do {
            try await use()
            return "+"
        } catch let error as any DomainError {
            return switch error.problem.code {
            case "sign-in-first": "s"
            case "not-yours": "n"
            case "service-unknown": "u"
            default: "?"
            }
        } catch {
            return "?"
        }
    }
}
