import Foundation
import GalleryDatabase
import GalleryModel
import GalleryTesting
import Testing

/// What every driver must do alike.
@Suite struct DatabaseContractTests {
    static let migrations = [
        Migration(
            "0001 owners and things",
            "CREATE TABLE owners (id {text} PRIMARY KEY) {strict}",
            """
            CREATE TABLE things (
                id {text} PRIMARY KEY,
                owner {text} REFERENCES owners (id),
                number {integer} UNIQUE,
                weight {real},
                body {bytes},
                state {text} NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'old'))
            ) {strict}
            """
        )
    ]

    private func run(_ kind: TestDatabase, _ body: (any Database) async throws -> Void) async throws {
        try await kind.run(migrations: Self.migrations, body)
    }

    @Test(arguments: TestDatabase.all)
    func `every type of value comes back as it went in`(_ kind: TestDatabase) async throws {
        let texts = ["", "a", "纳瓦霍 🦊 e\u{301}", "'; DROP TABLE things; --", "%_\\", "\u{1}\u{7f}\u{10FFFF}"]
        let integers: [Int64] = [0, -1, .min, .max, 1 << 33]
        let reals: [Double] = [0, -0.1, .pi, .greatestFiniteMagnitude, .leastNonzeroMagnitude]
        let blobs: [[UInt8]] = [[], [0], Array(0...255), [UInt8](repeating: 7, count: 300_000)]
        try await run(kind) { database throws in
            for index in 0..<6 {
                try await database.write { db throws in
                    try db.execute(
                        """
                        INSERT INTO things (id, number, weight, body)
                        VALUES (\(texts[index]), \(index < 5 ? integers[index] : nil), \(index < 5 ? reals[index] : nil),
                            \(index < 4 ? blobs[index] : nil))
                        """
                    )
                }
                let row = try await database.read { db throws in
                    try db.row("SELECT id, number, weight, body, owner FROM things WHERE id = \(texts[index])")
                }
                let found = try #require(row)
                #expect(try found.get("id", as: String.self).unicodeScalars.elementsEqual(texts[index].unicodeScalars))
                #expect(try found.optional("number") == (index < 5 ? integers[index] : nil))
                #expect(try found.optional("weight") == (index < 5 ? reals[index] : nil))
                #expect(try found.optional("body") == (index < 4 ? blobs[index] : nil))
                #expect(try found.optional("owner", as: String.self) == nil)
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `typed ids, dates and hashes have one representation`(_ kind: TestDatabase) async throws {
        let digest = SHA256Digest.of("x".utf8)
        let date = Date(timeIntervalSince1970: 1_700_000_000.123)
        try await run(kind) { database throws in
            try await database.write { db throws in
                try db.execute(
                    "INSERT INTO things (id, number, body) VALUES (\(RepoID("r")), \(date), \(digest))"
                )
            }
            try await database.read { db throws in
                #expect(try db.value(RepoID.self, "SELECT id FROM things") == RepoID("r"))
                let found = try #require(try db.value(Date.self, "SELECT number FROM things WHERE body = \(digest)"))
                #expect(abs(found.timeIntervalSince(date)) < 0.001)
                #expect(try db.value(SHA256Digest.self, "SELECT body FROM things") == digest)
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `aggregates are integers, comparisons of booleans are 0 and 1`(_ kind: TestDatabase) async throws {
        try await run(kind) { database throws in
            try await database.write { db throws in
                for number in [1, 10_000, 123_456_789_012] {
                    try db.execute("INSERT INTO things (id, number) VALUES (\(String(number)), \(number))")
                }
            }
            try await database.read { db throws in
                #expect(try db.value(Int.self, "SELECT SUM(number) FROM things") == 123_456_799_013)
                #expect(try db.value(Int.self, "SELECT -SUM(number) FROM things WHERE number = 10000") == -10_000)
                #expect(try db.value(Int.self, "SELECT COUNT(*) FROM things") == 3)
                #expect(try db.value(Int.self, "SELECT MAX(number) FROM things WHERE id = \("none")") == nil)
                #expect(try db.value(Double.self, "SELECT AVG(number) FROM things WHERE number < 20000") == 5_000.5)
                #expect(try db.value(Bool.self, "SELECT EXISTS (SELECT 1 FROM things)") == true)
                #expect(try db.value(Int.self, "SELECT COALESCE(SUM(number), 0) FROM things WHERE number < 0") == 0)
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `text is ordered by its bytes`(_ kind: TestDatabase) async throws {
        try await run(kind) { database throws in
            try await database.write { db throws in
                for id in ["b", "B", "_", "ä", "a", "字", "Z"] {
                    try db.execute("INSERT INTO things (id) VALUES (\(id))")
                }
            }
            let ids = try await database.read { try $0.values(String.self, "SELECT id FROM things ORDER BY id") }
            #expect(ids == ["B", "Z", "_", "a", "b", "ä", "字"])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `lists and fragments keep their bindings in order`(_ kind: TestDatabase) async throws {
        try await run(kind) { database throws in
            try await database.write { db throws in
                for number in 1...5 {
                    try db.execute("INSERT INTO things (id, number) VALUES (\(String(number)), \(number))")
                }
            }
            try await database.read { db throws in
                let conditions: [SQL] = ["number > \(1)", "number < \(5)", "id IN (\(values: ["2", "4", "9"]))"]
                let found = try db.values(
                    Int.self,
                    "SELECT number FROM things WHERE \(sql: conditions.joined(" AND ")) ORDER BY number LIMIT \(10)"
                )
                #expect(found == [2, 4])
                #expect(try db.values(Int.self, "SELECT number FROM things WHERE id IN (\(values: [String]()))") == [])
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `changed rows are counted`(_ kind: TestDatabase) async throws {
        try await run(kind) { database throws in
            try await database.write { db throws in
                #expect(try db.execute("INSERT INTO things (id) VALUES (\("a")), (\("b"))") == 2)
                #expect(try db.execute("UPDATE things SET number = \(1) WHERE id = \("c")") == 0)
                #expect(try db.execute("INSERT INTO things (id) VALUES (\("a")) ON CONFLICT DO NOTHING") == 0)
                #expect(try db.values(String.self, "DELETE FROM things WHERE id = \("a") RETURNING id") == ["a"])
                #expect(try db.execute("CREATE TABLE other (id INTEGER)") == 0)
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a result may have a hundred thousand rows`(_ kind: TestDatabase) async throws {
        try await run(kind) { database throws in
            let rows = try await database.read { db throws in
                try db.values(
                    Int.self,
                    """
                    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
                    SELECT i FROM n ORDER BY i
                    """
                )
            }
            #expect(rows.count == 100_000)
            #expect(rows.last == 100_000)
        }
    }
}
