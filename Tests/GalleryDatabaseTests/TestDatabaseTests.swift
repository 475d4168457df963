import GalleryDatabase
import GalleryTesting
import Testing

@Suite struct TestDatabaseTests {
    private static let migrations = [Migration("0001 things", "CREATE TABLE things (id {text} PRIMARY KEY) {strict}")]

    @Test(arguments: TestDatabase.all)
    func `every test has a migrated database of its own`(_ kind: TestDatabase) async throws {
        try await withThrowingTaskGroup { group in
            for _ in 0..<4 {
                group.addTask {
                    try await kind.run(migrations: Self.migrations) { database throws in
                        try await database.write { db in
                            try db.execute("INSERT INTO things (id) VALUES (\("same"))")
                        }
                        #expect(
                            try await database.read { try $0.values(String.self, "SELECT id FROM things") } == ["same"]
                        )
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
