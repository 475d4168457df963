import Foundation
import GalleryDatabase
import GalleryModel

/// SQLite databases in files of their own, so that readers and the writer run side by side as in production.
enum TestSQLite {
    private static let templates = Templates<URL>()

    static func run<Value: Sendable>(
        _ migrations: [Migration],
        _ body: (any Database) async throws -> Value
    ) async throws -> Value {
        let template = try await templates.template(of: migrations) { _ in
            let file = try makeFolder().appending(path: "template.sqlite")
            let database = try SQLiteDatabase(path: file.path, durability: .normal)
            try await Migrator(migrations).migrate(database, at: TestClock.start)
            try await database.close()
            return file
        }
        let folder = try makeFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "test.sqlite")
        try FileManager.default.copyItem(at: template, to: file)
        let database = try SQLiteDatabase(path: file.path, durability: .normal)
        let result: Value
        do {
            result = try await body(database)
        } catch {
            try? await database.close()
            throw error
        }
        try await database.close()
        return result
    }

    /// In memory where the system has such a place.
    private static func makeFolder() throws -> URL {
        let memory = URL(filePath: "/dev/shm", directoryHint: .isDirectory)
        let hasMemory = FileManager.default.isWritableFile(atPath: memory.path)
        let parent = hasMemory ? memory : FileManager.default.temporaryDirectory
        let folder = parent.appending(path: "gallery-test-\(UUID().uuidString)", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }
}
