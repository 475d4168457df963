import Foundation
import GalleryDatabase
import GalleryModel
import GalleryTesting
import Testing

/// Many at once, and nothing lost.
@Suite struct DatabaseConcurrencyTests {
    private static let migrations = [
        Migration(
            "0001 counters",
            "CREATE TABLE counters (id {text} PRIMARY KEY, value {integer} NOT NULL) {strict}",
            "CREATE TABLE entries (id {text} PRIMARY KEY, account {text} NOT NULL, amount {integer} NOT NULL) {strict}",
            "CREATE INDEX entries_by_account ON entries (account)",
            "INSERT INTO counters (id, value) VALUES ('a', 0), ('b', 0)"
        )
    ]

    @Test(arguments: TestDatabase.all)
    func `thirty-two writers lose no update of one row`(_ kind: TestDatabase) async throws {
        try await kind.run(migrations: Self.migrations) { database throws in
            try await withThrowingTaskGroup { group in
                for _ in 0..<32 {
                    group.addTask {
                        for _ in 0..<10 {
                            try await database.write { db in
                                let value = try db.value(Int.self, "SELECT value FROM counters WHERE id = 'a'") ?? 0
                                try db.execute("UPDATE counters SET value = \(value + 1) WHERE id = 'a'")
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(
                try await database.read { try $0.value(Int.self, "SELECT value FROM counters WHERE id = 'a'") } == 320
            )
        }
    }

    /// Write skew: each transaction is right on its own snapshot, and only serializable isolation keeps the rule.
    @Test(arguments: TestDatabase.all)
    func `a rule over many rows holds against writers of different rows`(_ kind: TestDatabase) async throws {
        try await kind.run(migrations: Self.migrations) { database throws in
            try await withThrowingTaskGroup { group in
                for writer in 0..<24 {
                    group.addTask {
                        try await database.write { db in
                            let spent =
                                try db.value(
                                    Int.self,
                                    "SELECT COALESCE(SUM(amount), 0) FROM entries WHERE account = 'x'"
                                ) ?? 0
                            guard spent + 10 <= 100 else { return }
                            try db.execute(
                                "INSERT INTO entries (id, account, amount) VALUES (\("e\(writer)"), 'x', 10)"
                            )
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await database.read { try $0.value(Int.self, "SELECT SUM(amount) FROM entries") } == 100)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `crossing writers all finish`(_ kind: TestDatabase) async throws {
        try await kind.run(migrations: Self.migrations) { database throws in
            try await withThrowingTaskGroup { group in
                for writer in 0..<8 {
                    let names = writer.isMultiple(of: 2) ? ["a", "b"] : ["b", "a"]
                    group.addTask {
                        for _ in 0..<3 {
                            try await database.write { db in
                                for name in names {
                                    try db.execute("UPDATE counters SET value = value + 1 WHERE id = \(name)")
                                }
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await database.read { try $0.values(Int.self, "SELECT value FROM counters") } == [24, 24])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a read sees one moment`(_ kind: TestDatabase) async throws {
        try await kind.run(migrations: Self.migrations) { database throws in
            try await withThrowingTaskGroup { group in
                group.addTask {
                    for _ in 0..<100 {
                        try await database.write { try $0.execute("UPDATE counters SET value = value + 1") }
                    }
                }
                for _ in 0..<4 {
                    group.addTask {
                        for _ in 0..<50 {
                            let pair = try await database.read { db in
                                try ["a", "b"].map {
                                    try db.value(Int.self, "SELECT value FROM counters WHERE id = \($0)")
                                }
                            }
                            #expect(pair[0] == pair[1])
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test(.enabled(if: TestDatabase.all.contains(.postgres)))
    func `broken connections are replaced`() async throws {
        try await TestDatabase.postgres.run(migrations: Self.migrations) { database throws in
            for _ in 0..<3 {
                try await database.read { db in
                    _ = try db.rows(
                        """
                        SELECT pg_terminate_backend(pid)::int FROM pg_stat_activity
                        WHERE datname = current_database() AND pid <> pg_backend_pid()
                        """
                    )
                }
                try await withThrowingTaskGroup { group in
                    for _ in 0..<8 {
                        group.addTask {
                            try await database.write {
                                try $0.execute("UPDATE counters SET value = value + 1 WHERE id = 'a'")
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
            #expect(
                try await database.read { try $0.value(Int.self, "SELECT value FROM counters WHERE id = 'a'") } == 24
            )
        }
    }
}
