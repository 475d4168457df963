import Foundation
import GalleryDatabase
import GalleryModel
import GalleryTesting
import Testing

@Suite struct MigratorTests {
    private let now = Date(timeIntervalSince1970: 0)
    private let first = Migration("0001 a", "CREATE TABLE a (id {integer} PRIMARY KEY) {strict}")
    private let second = Migration(
        "0002 b",
        "CREATE TABLE b (id {integer} PRIMARY KEY, n {real}, t {text}, x {bytes}) {strict}"
    )

    @Test(arguments: TestDatabase.all)
    func `only steps not yet applied are applied`(_ kind: TestDatabase) async throws {
        try await kind.run(migrations: [first]) { database throws in
            let nothing = try await Migrator([first]).migrate(database, at: now)
            let step = try await Migrator([first, second]).migrate(database, at: now)
            let nothingMore = try await Migrator([first, second]).migrate(database, at: now)
            #expect([nothing, step, nothingMore] == [[], ["0002 b"], []])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `an edited step is refused`(_ kind: TestDatabase) async throws {
        try await kind.run(migrations: [first]) { database throws in
            let edited = Migration("0001 a", "CREATE TABLE a (id {text} PRIMARY KEY) {strict}")
            await #expect(throws: DatabaseError.self) {
                try await Migrator([edited, second]).migrate(database, at: now)
            }
            await #expect(throws: DatabaseError.self) { try await database.read { try $0.rows("SELECT * FROM b") } }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a database newer than the program is refused`(_ kind: TestDatabase) async throws {
        try await kind.run(migrations: [first, second]) { database throws in
            await #expect(throws: DatabaseError.self) { try await Migrator([first]).migrate(database, at: now) }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a step that fails leaves the schema as it was`(_ kind: TestDatabase) async throws {
        try await kind.run(migrations: [first]) { database throws in
            let broken = Migration("0003 c", "CREATE TABLE c (id {integer})", "CREATE nonsense")
            await #expect(throws: DatabaseError.self) {
                try await Migrator([first, second, broken]).migrate(database, at: now)
            }
            await #expect(throws: DatabaseError.self) { try await database.read { try $0.rows("SELECT * FROM b") } }
            let done = try await Migrator([first, second]).migrate(database, at: now)
            #expect(done == ["0002 b"])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `many nodes that start at once apply each step once`(_ kind: TestDatabase) async throws {
        let (first, second, now) = (first, second, now)
        try await kind.run(migrations: []) { database throws in
            let done = try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<6 { group.addTask { try await Migrator([first, second]).migrate(database, at: now) } }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(done.sorted() == ["0001 a", "0002 b"])
        }
    }
}
