import Foundation
import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryTesting
import Synchronization
import Testing

@testable import GalleryCompute

struct RunsTests {
    private func on(
        _ kind: TestDatabase,
        freeHours: Int = 10,
        _ body: @escaping (RunHouse) async throws -> Void
    ) async throws {
        try await kind.runCompute { database in
            let house = try await RunHouse(database, freeHours: freeHours)
            defer { house.close() }
            try await body(house)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a run is billed from its training to its end, by the second`(_ kind: TestDatabase) async throws {
        try await on(kind) { house in
            let run = try await house.order()
            #expect(run.state == .queued)
            try await house.keeper.tick()
            let name = LaunchName(run: run.id, attempt: 1)
            #expect(try await house.run(name).state == .starting)
            try await house.beat(name, "preparing")
            house.house.advance(30)
            #expect(try await house.metered(name).seconds == 0)
            try await house.beat(name)
            house.house.advance(41)
            try await house.beat(name, "saving")
            house.house.advance(9)
            try await house.finish(name)
            // The answer was lost.
            try await house.finish(name)
            #expect(try await house.run(name).state == .succeeded)
            house.house.advance(1000)
            let metered = try await house.metered(name)
            #expect(metered.seconds == 50 && !metered.isOpen)
            #expect(try await house.runs.cost(of: run.id, by: house.ada).total.text == "50.00")
            await #expect(throws: RunError.leaseLost) { try await house.beat(name) }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a gallery that falls at any point goes on where it was`(_ kind: TestDatabase) async throws {
        try await on(kind) { house in
            // It fell between the row and the process: the run waits again, and nothing is billed.
            let run = try await house.order()
            let first = LaunchName(run: run.id, attempt: 1)
            _ = try await house.runs.place(run.id)
            #expect(try await house.run(first).state == .starting)
            try await house.keeper.recover()
            try await house.keeper.tick()
            let name = LaunchName(run: run.id, attempt: 2)
            #expect(try await house.run(name).attempt == 2)
            try await house.beat(name)
            // It was away for longer than a lease, the worker lived on.
            house.house.advance(500)
            try await house.keeper.recover()
            try await house.keeper.tick()
            #expect(try await house.run(name).state == .running)
            try await house.beat(name)
            // The worker ended while it was away.
            house.launcher.set(name, .ended(LaunchEnd(.outOfMemory, at: house.house.clock.now.addingTimeInterval(100))))
            house.house.advance(5000)
            try await house.keeper.recover()
            try await house.keeper.tick()
            let ended = try await house.run(name)
            #expect(ended.state == .failed && ended.reason.code == "out-of-memory")
            let metered = try await house.metered(name)
            #expect(metered.seconds == 600 && !metered.isOpen)
            let log = try await house.runs.log(run.id, from: 0, by: house.ada)
            #expect(log.text.contains("last words"))
            #expect(try await house.house.faults().isEmpty)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a lost worker is billed to its last sign of life`(_ kind: TestDatabase) async throws {
        try await on(kind) { house in
            let (silent, gone) = (try await house.training(), try await house.training())
            house.house.advance(40)
            try await house.beat(silent)
            try await house.beat(gone)
            house.house.advance(61)
            house.launcher.set(gone, .lost)
            try await house.keeper.tick()
            #expect(try await house.run(silent).reason == .workerLost)
            #expect(try await house.run(gone).reason == .machineLost)
            for name in [silent, gone] {
                #expect(try await house.run(name).state == .failed)
                let metered = try await house.metered(name)
                #expect(metered.seconds == 40 && !metered.isOpen)
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `while the machines cannot be asked, who is heard of lives, and who waits waits`(
        _ kind: TestDatabase
    ) async throws {
        try await on(kind) { house in
            let (heard, silent) = (try await house.training(), try await house.training())
            house.launcher.seen.withLock { $0.isAway = true }
            let late = try await house.order()
            house.house.advance(40)
            try await house.beat(heard)
            house.house.advance(30)
            try await house.keeper.tick()
            #expect(try await house.run(heard).state == .running)
            let lost = try await house.run(silent)
            #expect(lost.state == .failed && lost.reason == .machineLost)
            #expect(try await house.run(LaunchName(run: late.id, attempt: 1)).state == .starting)
            house.launcher.seen.withLock { $0.isAway = false }
            try await house.keeper.tick()
            try await house.keeper.tick()
            #expect(try await house.run(heard).state == .running)
            let again = try await house.run(LaunchName(run: late.id, attempt: 2))
            #expect(again.state == .starting && again.attempt == 2)
            #expect(try await house.house.faults().isEmpty)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a stopped run saves what it has, and can go on in a new attempt`(_ kind: TestDatabase) async throws {
        try await on(kind) { house in
            let name = try await house.training()
            let token = house.launcher.token(of: name)
            try await house.runs.setCheckpoint(name.run, attempt: 1, token: token, step: 20, folder: "step-20")
            try await house.runs.stop(name.run, by: house.ada)
            try await house.runs.stop(name.run, by: house.ada)
            try await house.keeper.tick()
            #expect(house.launcher.seen.withLock { $0.stops } == [name])
            #expect(try await house.beat(name, "saving").mustStop)
            await #expect(throws: RunError.notOver) { try await house.runs.delete(name.run, by: house.ada) }
            house.house.advance(10)
            try await house.finish(name, .stopped)
            #expect(try await house.run(name).reason == .asked)
            // Its process leaves a moment later; until then its place is taken.
            await #expect(throws: RunError.stillEnding) { _ = try await house.runs.retry(name.run, by: house.ada) }
            house.house.advance(11)
            try await house.keeper.tick()
            try await house.keeper.tick()
            let again = try await house.runs.retry(name.run, by: house.ada)
            #expect(again.state == .queued && again.checkpointFolder == "step-20")
            try await house.keeper.tick()
            let second = LaunchName(run: name.run, attempt: 2)
            try await house.beat(second)
            // The first attempt has nothing to say any more, not even with the new token.
            await #expect(throws: RunError.leaseLost) {
                _ = try await house.runs.heartbeat(name.run, attempt: 1, token: token, stage: "training")
            }
            house.house.advance(5)
            try await house.finish(second)
            #expect(try await house.metered(name).seconds == 15)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a run that does not leave is killed`(_ kind: TestDatabase) async throws {
        try await on(kind) { house in
            let name = try await house.training()
            try await house.runs.stop(name.run, by: house.ada)
            house.house.advance(60)
            try await house.beat(name)
            try await house.keeper.tick()
            try await house.keeper.tick()
            #expect(try await house.run(name).state == .stopped)
            try await house.keeper.tick()
            #expect(try await house.run(name).isSettled)
            try await house.runs.delete(name.run, by: house.ada)
            await #expect(throws: RunError.unknown) { _ = try await house.run(name) }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `nobody gets more free time or ordered time than there is`(_ kind: TestDatabase) async throws {
        try await on(kind, freeHours: 1) { house in
            let free = try await house.training(ComputeHouse.free)
            let ordered = try await house.training(hours: 2)
            for minute in 1...121 {
                house.house.advance(60)
                for name in [free, ordered] {
                    let run = try await house.run(name)
                    guard run.state.isPlaced else { continue }
                    let pulse = try await house.beat(name)
                    if pulse.mustStop {
                        #expect(minute == (name == free ? 60 : 120))
                        #expect(try await house.run(name).reason.code == "time-limit")
                        try await house.finish(name, .stopped)
                    }
                }
            }
            #expect(try await house.metered(free).seconds == 3600)
            #expect(try await house.metered(ordered).seconds == 7200)
            await #expect(throws: FlavorError.noFreeHours) { _ = try await house.order(ComputeHouse.free) }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `what is frozen stops, and without money nothing starts`(_ kind: TestDatabase) async throws {
        try await on(kind) { house in
            let (name, waiting) = (try await house.training(), try await house.order(ComputeHouse.free))
            let account = try house.house.account(house.ada)
            let frozen = Standing(.retention, since: house.house.clock.now)
            let observer = Runs.observer(house.house.world)
            try await house.runs.database.write { db in try observer(account, frozen, db) }
            #expect(try await house.run(name).state == .stopping)
            #expect(try await house.run(name).reason == .frozen)
            #expect(try await house.runs.show(waiting.id, by: house.ada).state == .queued)
            let poor = try await house.house.person("poor")
            await #expect(throws: BillingError.self) { _ = try await house.order(by: poor) }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `logs and measures arrive once, and the later attempt counts`(_ kind: TestDatabase) async throws {
        try await on(kind) { house in
            let name = try await house.training()
            let token = house.launcher.token(of: name)
            for _ in 0..<2 {
                try await house.runs.appendLog(name.run, attempt: 1, token: token, offset: 0, text: "eins 二\n")
                try await house.runs.appendLog(name.run, attempt: 1, token: token, offset: 9, text: "three\n")
            }
            await #expect(throws: RunError.logGap(15)) {
                try await house.runs.appendLog(name.run, attempt: 1, token: token, offset: 99, text: "x")
            }
            #expect(try await house.runs.log(name.run, from: 0, by: house.ada).text == "eins 二\nthree\n")
            // From within a character.
            #expect(try await house.runs.log(name.run, from: -8, by: house.ada).text == "\nthree\n")
            let point = { (attempt: Int, value: Double) in
                RunMetric(name: "loss", step: 1, value: value, attempt: attempt, time: house.house.clock.now)
            }
            try await house.runs.addMetrics(name.run, attempt: 1, token: token, [point(2, 0.5), point(1, 9)])
            let metrics = try await house.runs.metrics(name.run, name: "loss", by: house.ada)
            #expect(metrics.map(\.value) == [0.5])
            await #expect(throws: RunError.self) {
                try await house.runs.addMetrics(name.run, attempt: 1, token: token, [point(1, .nan)])
            }
        }
    }

    /// One letter per use case: list, show, cost, log, metrics, stop, retry, delete. `+` allowed, `s` sign in first, `n` not
    /// yours, `-` there is nothing.
    private static let rights: KeyValuePairs<String, String> = [
        "visitor": "ssssssss", "stranger": "+-------", "ada": "++++++++", "ada reading": "+++++nnn",
        "ada bound": "nnnnnnnn", "root": "++++++++",
    ]

    @Test(arguments: TestDatabase.all)
    func `everybody may do what the table says with a run`(_ kind: TestDatabase) async throws {
        try await on(kind) { house in
            let id = try await house.order().id
            let people = [
                "visitor": Viewer.visitor, "stranger": try await house.house.person("eve"), "ada": house.ada,
                "ada reading": Viewer(account: house.ada.account, scope: .read),
                "ada bound": Viewer(account: house.ada.account, scope: .admin, onlyRepo: RepoID("some")),
                "root": house.house.root,
            ]
            for (who, rights) in Self.rights {
                let viewer = try #require(people[who])
                let runs = house.runs
                let uses: [() async throws -> Void] = [
                    { _ = try await runs.list(by: viewer) }, { _ = try await runs.show(id, by: viewer) },
                    { _ = try await runs.cost(of: id, by: viewer) },
                    { _ = try await runs.log(id, from: 0, by: viewer) },
                    { _ = try await runs.metrics(id, name: "loss", by: viewer) },
                    { _ = try await runs.stop(id, by: viewer) }, { _ = try await runs.retry(id, by: viewer) },
                    { try await runs.delete(id, by: viewer) },
                ]
                var found = ""
                for use in uses {
                    do {
                        try await use()
                        found += "+"
                    } catch let error as any DomainError {
                        let letters = [
                            "sign-in-first": "s", "not-yours": "n", "scope-too-narrow": "n", "run-unknown": "-",
                        ]
                        found += letters[error.problem.code] ?? "+"
                    }
                }
                #expect(found == rights, "\(who)")
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a token is good for its run alone`(_ kind: TestDatabase) async throws {
        try await on(kind) { house in
            let (one, other) = (try await house.training(), try await house.training())
            for token in [house.launcher.token(of: other), "", "run_x"] {
                await #expect(throws: RunError.badToken) {
                    _ = try await house.runs.heartbeat(one.run, attempt: 1, token: token, stage: "training")
                }
            }
        }
    }

    @Test func `a real worker is started, watched and swept`() async throws {
        try await on(.sqlite) { house in
            let folder = FileManager.default.temporaryDirectory.appending(path: "runs-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: folder) }
            let keeper = {
                try house.keeper(
                    LocalLauncher(root: folder, graceSeconds: 1),
                    ["/bin/sh", "-c", "cat spec.json; exit 3"]
                )
            }
            let id = try await house.order().id
            try await keeper().tick()
            for _ in 0..<200 where try await !house.runs.show(id, by: house.ada).isSettled {
                try await keeper().tick()
                try await Task.sleep(for: .milliseconds(50))
            }
            let run = try await house.runs.show(id, by: house.ada)
            #expect(run.state == .failed && run.reason.code == "exit-code" && run.isSettled)
            #expect(try await house.runs.log(id, from: 0, by: house.ada).text.contains("{}"))
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a worker's token is good for its run's repositories as long as the run has a place`(
        _ kind: TestDatabase
    ) async throws {
        try await on(kind) { house in
            let (base, data, product) = (RepoID("base"), RepoID("data"), RepoID("product"))
            let draft = RunDraft(
                kind: .fineTune,
                title: "tune",
                used: ComputeHouse.cpu,
                writes: product,
                reads: [base, data]
            )
            let run = try await house.runs.order(draft, by: house.ada)
            try await house.keeper.tick()
            let name = LaunchName(run: run.id, attempt: 1)
            let token = SHA256Digest.of(house.launcher.token(of: name).utf8)
            let worker = { try await house.runs.database.read { try Runs.worker(token, $0) } }
            let account = try house.ada.mustBeSignedIn()
            #expect(try await worker() == .worker(of: account, writes: product, reads: [base, data]))
            try await house.beat(name)
            try await house.finish(name)
            // It may repeat its end, and nothing else.
            #expect(try await worker() == .worker(of: account, writes: nil, reads: []))
            try await house.finish(name)
            await #expect(throws: RunError.leaseLost) { try await house.finish(name, .failed) }
            house.launcher.set(name, .ended(LaunchEnd(.exit(0), at: house.house.clock.now)))
            try await house.keeper.tick()
            #expect(try await worker() == nil)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `one node looks after a region, and another once it is silent`(_ kind: TestDatabase) async throws {
        try await on(kind) { house in
            let name = try await house.training()
            let elsewhere = ScriptedLauncher()
            let other = house.keeper(elsewhere, node: "there")
            let waiting = try await house.order()
            // The other one sees no process of this run, and must not think it gone.
            try await other.recover()
            try await other.tick()
            #expect(elsewhere.seen.withLock { $0.launches.isEmpty })
            #expect(try await house.run(name).state == .running)
            // The first node died, its worker with it.
            house.house.advance(31)
            try await other.tick()
            #expect(try await house.run(LaunchName(run: waiting.id, attempt: 1)).state == .starting)
            #expect(try await house.run(name).state == .running)
            house.house.advance(121)
            try await other.tick()
            let lost = try await house.run(name)
            #expect(lost.state == .failed && lost.reason.code == "machine-lost")
            // The first one comes back, and does not take the region away.
            try await house.keeper.recover()
            try await house.keeper.tick()
            #expect(house.launcher.seen.withLock { $0.launches.count } == 1)
        }
    }
}
