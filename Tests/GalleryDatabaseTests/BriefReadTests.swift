import GalleryDatabase
import GalleryTesting
import Testing

/// Reads that may run where they are asked for.
@Suite struct `Brief reads` {
    private static let migrations = [
        Migration("0001 pairs", "CREATE TABLE pairs (id {text} PRIMARY KEY, number {integer} NOT NULL) {strict}")
    ]

    private func run(_ kind: TestDatabase, _ body: (any Database) async throws -> Void) async throws {
        try await kind.run(migrations: Self.migrations) { database in
            try await database.write { try $0.execute("INSERT INTO pairs (id, number) VALUES ('a', 0), ('b', 0)") }
            try await body(database)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `what was committed before is seen`(_ kind: TestDatabase) async throws {
        try await run(kind) { database in
            for number in 1...20 {
                try await database.write { try $0.execute("UPDATE pairs SET number = \(number) WHERE id = 'a'") }
                let seen = try await database.readBriefly {
                    try $0.value(Int.self, "SELECT number FROM pairs WHERE id = \("a")")
                }
                #expect(seen == number)
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `both rows of a pair are seen as of one moment, however many ask`(_ kind: TestDatabase) async throws {
        try await run(kind) { database in
            try await withThrowingTaskGroup { group in
                group.addTask {
                    for _ in 0..<100 {
                        try await database.write { db in
                            try db.execute("UPDATE pairs SET number = number + 1 WHERE id = 'a'")
                            try db.execute("UPDATE pairs SET number = number + 1 WHERE id = 'b'")
                        }
                    }
                }
                for _ in 0..<12 {
                    group.addTask {
                        for _ in 0..<100 {
                            let (a, b) = try await database.readBriefly { db in
                                let a = try db.value(Int.self, "SELECT number FROM pairs WHERE id = 'a'")
                                return (a, try db.value(Int.self, "SELECT number FROM pairs WHERE id = 'b'"))
                            }
                            #expect(a == b)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a new column is found by a statement that was prepared before`(_ kind: TestDatabase) async throws {
        try await run(kind) { database in
            let all: @Sendable (any SQLConnection) throws -> Row? = { try $0.row("SELECT * FROM pairs WHERE id = 'a'") }
            _ = try await database.readBriefly(all)
            try await database.write { try $0.execute("ALTER TABLE pairs ADD COLUMN word TEXT NOT NULL DEFAULT 'w'") }
            let row = try #require(try await database.readBriefly(all))
            #expect(try row.get("word", as: String.self) == "w")
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a failed statement fails the read, and the next one works`(_ kind: TestDatabase) async throws {
        try await run(kind) { database in
            for _ in 0..<10 {
                await #expect(throws: DatabaseError.self) {
                    try await database.readBriefly { db in
                        _ = try? db.rows("SELECT nothing FROM pairs")
                        return try db.value(Int.self, "SELECT number FROM pairs WHERE id = 'a'")
                    }
                }
                let seen = try await database.readBriefly {
                    try $0.value(Int.self, "SELECT number FROM pairs WHERE id = 'a'")
                }
                #expect(seen == 0)
            }
        }
    }
}
