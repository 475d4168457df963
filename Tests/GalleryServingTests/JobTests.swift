import Foundation
import GalleryDatabase
import GalleryModel
import GalleryServing
import GalleryTesting
import Synchronization
import Testing

private struct Greet: Job {
    static let kind = "test.greet"
    static let attempts = 3
    var name: String
}

private struct Sweep: Job {
    static let kind = "test.sweep"
}

private struct Mishap: Error {}

private final class Record: Sendable {
    private let list = Mutex<[String]>([])
    var names: [String] { list.withLock { $0 } }
    func add(_ name: String) { list.withLock { $0.append(name) } }
}

@Suite struct JobTests {
    private let clock = TestClock()

    private func worker(_ database: any Database, _ handlers: JobHandlers) -> JobWorker {
        JobWorker(database: database, world: .fixed(clock), handlers: handlers)
    }

    @Test(arguments: TestDatabase.all)
    func `a job is done once, after its transaction`(_ kind: TestDatabase) async throws {
        try await kind.run(migrations: JobMigrations.all) { database in
            let (record, now) = (Record(), clock.now)
            var handlers = JobHandlers()
            handlers.on(Greet.self) { record.add($0.name) }
            try await database.write { try $0.enqueue(Greet(name: "ada"), at: now) }
            await #expect(throws: Mishap.self) {
                try await database.write { db in
                    try db.enqueue(Greet(name: "never"), at: now)
                    throw Mishap()
                }
            }
            try await worker(database, handlers).drain()
            try await worker(database, handlers).drain()
            #expect(record.names == ["ada"])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a failing job is repeated later and parked in the end`(_ kind: TestDatabase) async throws {
        try await kind.run(migrations: JobMigrations.all) { database in
            let (record, now) = (Record(), clock.now)
            var handlers = JobHandlers()
            handlers.on(Greet.self) { job in
                record.add(job.name)
                throw Mishap()
            }
            try await database.write { try $0.enqueue(Greet(name: "ada"), at: now) }
            let worker = worker(database, handlers)
            try await worker.drain()
            try await worker.drain()
            #expect(record.names.count == 1, "nothing is repeated at once")
            clock.advance(by: .seconds(12))
            try await worker.drain()
            clock.advance(by: .seconds(12))
            try await worker.drain()
            #expect(record.names.count == 2, "the second pause is longer")
            clock.advance(by: .seconds(12))
            try await worker.drain()
            clock.advance(by: .seconds(100_000))
            try await worker.drain()
            #expect(record.names.count == 3)
            let parked = try await database.read { try $0.parkedJobs() }
            #expect(parked.map(\.kind) == ["test.greet"])
            #expect(parked.first?.lastError.contains("Mishap") == true)

            let later = clock.now
            try await database.write { db in try db.unparkJob(parked[0].id, at: later) }
            try await worker.drain()
            #expect(record.names.count == 4)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a hopeless job is not repeated, nor one that cannot be read`(_ kind: TestDatabase) async throws {
        try await kind.run(migrations: JobMigrations.all) { database in
            let now = clock.now
            var handlers = JobHandlers()
            handlers.on(Greet.self) { _ in throw HopelessJob("no use") }
            try await database.write { db in
                try db.enqueue(Greet(name: "ada"), at: now)
                try db.execute("UPDATE jobs SET payload = '{}' WHERE id = 'x'")
            }
            try await worker(database, handlers).drain()
            let parked = try await database.read { try $0.parkedJobs() }
            #expect(parked.map(\.lastError) == ["no use"])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `the job of a dead worker is taken over when its lease ends`(_ kind: TestDatabase) async throws {
        try await kind.run(migrations: JobMigrations.all) { database in
            let (record, now) = (Record(), clock.now)
            var handlers = JobHandlers()
            handlers.on(Greet.self) { record.add($0.name) }
            try await database.write { db in
                try db.enqueue(Greet(name: "ada"), at: now)
                try db.execute("UPDATE jobs SET lease = 'dead', attempts = 1, run_at = \(now.addingTimeInterval(60))")
            }
            try await worker(database, handlers).drain()
            #expect(record.names == [])
            clock.advance(by: .seconds(61))
            try await worker(database, handlers).drain()
            #expect(record.names == ["ada"])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `many workers do each job once`(_ kind: TestDatabase) async throws {
        try await kind.run(migrations: JobMigrations.all) { database in
            let (record, now) = (Record(), clock.now)
            var handlers = JobHandlers()
            handlers.on(Greet.self) { record.add($0.name) }
            try await database.write { db in
                for number in 0..<30 { try db.enqueue(Greet(name: "\(number)"), at: now) }
            }
            let workers = (0..<6).map { _ in worker(database, handlers) }
            try await withThrowingTaskGroup { group in
                for worker in workers { group.addTask { try await worker.drain() } }
                try await group.waitForAll()
            }
            // A worker that meets a colliding one may leave early; nothing is left over, nothing done twice.
            try await workers[0].drain()
            #expect(record.names.sorted() == (0..<30).map(String.init).sorted())
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a worker without width leaves jobs to others`(_ kind: TestDatabase) async throws {
        try await kind.run(migrations: JobMigrations.all) { database in
            let (record, now) = (Record(), clock.now)
            var handlers = JobHandlers()
            handlers.on(Greet.self) { record.add($0.name) }
            handlers.on(Sweep.self) { _ in record.add("sweep") }
            handlers.every(.seconds(60), enqueue: Sweep())
            try await database.write { try $0.enqueue(Greet(name: "ada"), at: now) }
            let idle = JobWorker(database: database, world: .fixed(clock), handlers: handlers, width: 0)
            let running = Task { try await idle.run() }
            try await Task.sleep(for: .milliseconds(200))
            #expect(record.names == [])
            running.cancel()
            try await running.value
            try await worker(database, handlers).drain()
            #expect(record.names.sorted() == ["ada", "sweep"])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `jobs with one key wait as one`(_ kind: TestDatabase) async throws {
        try await kind.run(migrations: JobMigrations.all) { database in
            let (record, now) = (Record(), clock.now)
            var handlers = JobHandlers()
            handlers.on(Greet.self) { record.add($0.name) }
            try await database.write { db in
                try db.enqueue(Greet(name: "a"), at: now, singleKey: "k")
                try db.enqueue(Greet(name: "b"), at: now, singleKey: "k")
            }
            try await worker(database, handlers).drain()
            try await database.write { try $0.enqueue(Greet(name: "c"), at: now, singleKey: "k") }
            try await worker(database, handlers).drain()
            #expect(record.names == ["a", "c"])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a recurring job comes once an interval for all nodes together`(_ kind: TestDatabase) async throws {
        try await kind.run(migrations: JobMigrations.all) { database in
            let record = Record()
            var handlers = JobHandlers()
            handlers.on(Sweep.self) { _ in record.add("sweep") }
            handlers.every(.seconds(3600), enqueue: Sweep())
            let nodes = [worker(database, handlers), worker(database, handlers)]
            for node in nodes { try await node.drain() }
            #expect(record.names.count == 1)
            clock.advance(by: .seconds(3601))
            for node in nodes { try await node.drain() }
            #expect(record.names.count == 2)
        }
    }
}
