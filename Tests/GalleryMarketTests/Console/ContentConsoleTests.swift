import Foundation
import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryTesting
import Testing

@testable import GalleryMarket
@testable import GalleryServing

private struct Errand: Job {
    static let kind = "test.errand"
    static let attempts = 1
}

private struct Broken: Error, CustomStringConvertible {
    let description = "the disk said no"
}

struct ContentConsoleTests {
    @Test(arguments: TestDatabase.all)
    func `only administrators keep jobs, storage and agreements`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database)
            let console = house.market.console
            var viewers: [(String, Viewer, Bool)] = [("visitor", .visitor, false)]
            for (name, role) in [("user", SiteRole.user), ("reviewer", .reviewer), ("admin", .admin)] {
                viewers.append((name, try await house.person("who-\(name)", role: role), role == .admin))
            }
            var narrow = try await house.person("narrow", role: .admin)
            narrow.scope = .read
            viewers.append(("admin who may only read", narrow, false))
            for (name, viewer, mayKeep) in viewers {
                let actions: [(String, () async throws -> Void)] = [
                    ("see jobs", { _ = try await console.jobs.overview(by: viewer) }),
                    ("list jobs", { _ = try await console.jobs.list(.failed, by: viewer) }),
                    ("see storage", { _ = try await console.storage.report(by: viewer) }),
                    ("see editions", { _ = try await house.market.agreements.editions(of: .data, by: viewer) }),
                    ("see acceptances", { _ = try await house.market.agreements.acceptances(of: .data, by: viewer) }),
                    ("collect", { try await console.storage.start(.collection, by: viewer) }),
                ]
                for (action, run) in actions {
                    if mayKeep {
                        await #expect(throws: Never.self, "\(name) may \(action)") { try await run() }
                    } else {
                        await #expect(throws: Problem.self, "\(name) may not \(action)") { try await run() }
                    }
                }
                if !mayKeep {
                    for action in [console.jobs.retry, console.jobs.drop] {
                        await #expect(throws: Problem.self) { try await action("any", viewer) }
                    }
                }
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a job that failed is shown with its reason, tried again, and dropped`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database)
            let root = try await house.person("root", role: .admin)
            let keeper = house.market.console.jobs
            var handlers = JobHandlers()
            handlers.on(Errand.self) { _ in throw Broken() }
            let worker = JobWorker(database: database, world: house.world, handlers: handlers)
            try await database.write { db in try db.enqueue(Errand(), at: house.world.now()) }
            #expect(try await keeper.list(.waiting, kind: Errand.kind, by: root).jobs.count == 1)
            try await worker.drain()
            let failed = try await keeper.list(.failed, by: root).jobs
            #expect(failed.map(\.lastError) == ["the disk said no"])
            #expect(try await keeper.overview(by: root).count(.failed) == 1)
            let id = try #require(failed.first?.id)

            try await keeper.retry(id, by: root)
            #expect(try await keeper.list(.failed, by: root).jobs.isEmpty)
            await #expect(throws: JobError.notFailed) { try await keeper.drop(id, by: root) }
            try await worker.drain()
            try await keeper.drop(id, by: root)
            await #expect(throws: JobError.unknown) { try await keeper.retry(id, by: root) }
            let audit = try await database.read { try $0.auditEntries(limit: 10).map(\.action) }
            #expect(audit.filter { $0.hasPrefix("job.") }.sorted() == ["job.drop", "job.retry"])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `lists of jobs go on page by page`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database)
            let root = try await house.person("root", role: .admin)
            try await database.write { db in
                for _ in 0..<5 { try db.enqueue(Errand(), at: house.world.now()) }
            }
            var seen: [String] = []
            var next: String?
            repeat {
                let page = try await house.market.console.jobs.list(
                    .waiting,
                    kind: Errand.kind,
                    after: next,
                    limit: 2,
                    by: root
                )
                seen += page.jobs.map(\.id)
                next = page.next
            } while next != nil
            #expect(seen.count == 5 && Set(seen).count == 5)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `storage tells who uses how much, and what the last runs found`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database)
            let root = try await house.person("root", role: .admin)
            let ada = try await house.person("ada")
            let repo = try await house.asset(of: ada)
            try await house.commit(["data.txt": String(repeating: "x", count: 5000)], to: repo, by: ada)
            _ = try await house.hub.content.collect()
            _ = try await house.hub.content.verify()
            let storage = house.market.console.storage
            let report = try await storage.report(by: root)
            #expect(report.owners.map(\.name) == ["ada"] && report.owners[0].bytes >= 5000)
            #expect(report.repositories.map(\.name.description) == ["ada/tiny"])
            #expect(report.runs.map { $0.latest.map(\.state) } == [[.done], [.done]])
            #expect(report.lastFigures?.figures["packBytes"] != nil)

            try await storage.start(.verification, by: root)
            await #expect(throws: StorageError.alreadyQueued) { try await storage.start(.verification, by: root) }
            #expect(try await storage.report(by: root).runs.map(\.isQueued) == [false, true])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a new version is to be accepted again by those who had accepted the one before`(
        _ kind: TestDatabase
    ) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database)
            let root = try await house.person("root", role: .admin)
            let agreements = house.market.agreements
            let people = [try await house.person("ada"), try await house.person("bob"), try await house.person("eve")]
            for viewer in people { try await agreements.accept([.service], by: viewer) }
            _ = try await agreements.edit(
                .service,
                chinese: .init(title: "服务协议", body: "新"),
                english: .init(title: "Service", body: "new"),
                by: root
            )
            try await agreements.accept([.service], by: people[1])
            let editions = try await agreements.editions(of: .service, by: root)
            #expect(editions.map(\.agreement.version) == [2, 1])
            #expect(editions.map(\.acceptances) == [1, 3])
            #expect(editions.map(\.mustAcceptAgain) == [0, 2])
            let first = try await agreements.acceptances(of: .service, version: 1, limit: 2, by: root)
            #expect(first.acceptances.count == 2)
            let rest = try await agreements.acceptances(of: .service, version: 1, after: first.next, limit: 2, by: root)
            #expect(rest.acceptances.count == 1 && rest.next == nil)
            #expect(Set((first.acceptances + rest.acceptances).map(\.name)) == ["ada", "bob", "eve"])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `asking through the hub takes the agreements too, and the refusal names the page`(
        _ kind: TestDatabase
    ) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database, policy: .automatic)
            let ada = try await house.person("ada")
            let bob = try await house.person("bob")
            let repo = try await house.published(form: MarketHouse.form { $0.isGated = true }, of: ada, reviewer: ada)
            await #expect(throws: AgreementError.beforeAsking(page: "/ada/tiny/apply")) {
                _ = try await house.hub.accessRequests.ask(for: repo, fields: [:], by: bob)
            }
            try await house.market.agreements.accept([.service, .data], by: bob)
            #expect(try await house.hub.accessRequests.ask(for: repo, fields: [:], by: bob) == .pending)
        }
    }
}
