import Foundation
import GalleryDatabase
import GalleryModel
import GalleryTesting
import Testing

/// How every driver refuses, and that a refusal leaves nothing behind.
@Suite struct DatabaseErrorTests {
    private struct Whim: Error {}

    private func run(_ kind: TestDatabase, _ body: (any Database) async throws -> Void) async throws {
        try await kind.run(migrations: DatabaseContractTests.migrations, body)
    }

    private func count(_ database: any Database) async throws -> Int? {
        try await database.read { try $0.value(Int.self, "SELECT COUNT(*) FROM things") }
    }

    @Test(
        arguments: TestDatabase.all,
        [
            ("INSERT INTO things (id) VALUES ('a'), ('a')", "unique"),
            ("INSERT INTO things (id, number) VALUES ('a', 1), ('b', 1)", "unique"),
            ("INSERT INTO things (id, owner) VALUES ('a', 'nobody')", "foreignKey"),
            ("INSERT INTO things (id, state) VALUES ('a', 'odd')", "check"),
            ("INSERT INTO things (id, state) VALUES ('a', NULL)", "check"),
            ("INSERT INTO nowhere (id) VALUES ('a')", "failed"),
            ("nonsense", "failed"),
        ]
    )
    func `refusals have one name on both`(
        _ kind: TestDatabase,
        _ example: (statement: String, name: String)
    ) async throws {
        try await run(kind) { database throws in
            let error = await #expect(throws: DatabaseError.self) {
                try await database.write { db in try db.execute(SQL(stringLiteral: example.statement)) }
            }
            #expect(error?.name == example.name)
            #expect(try await count(database) == 0)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `deleting what others refer to is refused`(_ kind: TestDatabase) async throws {
        try await run(kind) { database throws in
            try await database.write { db in
                try db.execute("INSERT INTO owners (id) VALUES ('o')")
                try db.execute("INSERT INTO things (id, owner) VALUES ('a', 'o')")
            }
            let error = await #expect(throws: DatabaseError.self) {
                try await database.write { try $0.execute("DELETE FROM owners") }
            }
            #expect(error?.name == "foreignKey")
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a body that throws leaves nothing`(_ kind: TestDatabase) async throws {
        try await run(kind) { database throws in
            await #expect(throws: Whim.self) {
                try await database.write { db in
                    try db.execute("INSERT INTO things (id) VALUES ('a')")
                    throw Whim()
                }
            }
            #expect(try await count(database) == 0)
            try await database.write { try $0.execute("INSERT INTO things (id) VALUES ('a')") }
            #expect(try await count(database) == 1)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a failed statement dooms its transaction, caught or not`(_ kind: TestDatabase) async throws {
        try await run(kind) { database throws in
            let error = await #expect(throws: DatabaseError.self) {
                try await database.write { db in
                    try db.execute("INSERT INTO things (id) VALUES ('a')")
                    #expect(throws: DatabaseError.self) { try db.execute("INSERT INTO things (id) VALUES ('a')") }
                    #expect(throws: DatabaseError.self) { try db.rows("SELECT 1") }
                }
            }
            #expect(error?.name == "unique")
            #expect(try await count(database) == 0)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a read cannot write`(_ kind: TestDatabase) async throws {
        try await run(kind) { database throws in
            await #expect(throws: DatabaseError.self) {
                try await database.read { try $0.execute("INSERT INTO things (id) VALUES ('a')") }
            }
            #expect(try await count(database) == 0)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `text with a NUL character is refused`(_ kind: TestDatabase) async throws {
        try await run(kind) { database throws in
            await #expect(throws: DatabaseError.unstorable("text with a NUL character")) {
                try await database.write { try $0.execute("INSERT INTO things (id) VALUES (\("a\0b"))") }
            }
            await #expect(throws: DatabaseError.self) {
                try await database.read { try $0.rows("SELECT id FROM things WHERE id = \("a\0b")") }
            }
            #expect(try await count(database) == 0)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `columns of another type or name are an error, not a guess`(_ kind: TestDatabase) async throws {
        try await run(kind) { database throws in
            try await database.write { try $0.execute("INSERT INTO things (id) VALUES ('a')") }
            let row = try #require(try await database.read { try $0.row("SELECT id, number FROM things") })
            #expect(throws: DatabaseError.unexpectedValue(column: "id")) { try row.get("id", as: Int.self) }
            #expect(throws: DatabaseError.unexpectedValue(column: "number")) { try row.get("number", as: Int.self) }
            #expect(throws: DatabaseError.unexpectedValue(column: "other")) { try row.get("other", as: Int.self) }
            #expect(throws: DatabaseError.unexpectedValue(column: "other")) { try row.optional("other", as: Int.self) }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a closed database answers with an error`(_ kind: TestDatabase) async throws {
        try await run(kind) { database throws in
            try await database.close()
            await #expect(throws: (any Error).self) { try await database.read { try $0.rows("SELECT 1") } }
        }
    }
}

extension DatabaseError {
    fileprivate var name: String {
        switch self {
        case .unique: "unique"
        case .foreignKey: "foreignKey"
        case .check: "check"
        case .busy: "busy"
        case .unstorable: "unstorable"
        case .unexpectedValue: "unexpectedValue"
        case .migration: "migration"
        case .failed: "failed"
        }
    }
}
