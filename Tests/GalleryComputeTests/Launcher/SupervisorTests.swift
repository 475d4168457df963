import Foundation
import Testing

@testable import GalleryCompute

/// What is read of a supervisor's last words.
struct SupervisorTests {
    @Test func `a disk is full where little is free, not where nobody knows`() {
        let cause = { (free: String) in LaunchEnd(record: "end 1 0 0 \(free) 1000 0")?.cause }
        #expect(cause("0") == .diskFull)
        #expect(cause("-1") == .exit(1))
        #expect(cause("1000000") == .exit(1))
        #expect(cause("many") == nil)
    }
}

/// Conversions that outlive runs.
struct ConversionCacheTests {
    @Test func `each account has a folder, the oldest make room, and nothing but conversions stays`() throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "conversions-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        let cache = ConversionCache(root: root, mostBytes: 150_000)
        let now = Date()
        let (ada, bob) = (try cache.folder(of: "ada", at: now).folder, try cache.folder(of: "bob", at: now).folder)
        #expect(ada != bob)
        let put = { (folder: URL, name: String, age: Double) in
            let path = folder.appending(path: name).path
            try Data(repeating: 1, count: 100_000).write(to: URL(filePath: path))
            let date = now.addingTimeInterval(-age)
            try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
        }
        try put(ada, "old.gguf", 1000)
        try put(bob, "new.gguf", 10)
        try put(bob, "left.1.writing", 10_000)
        try put(bob, "notes.txt", 10)
        let outside = root.appending(path: "../outside-\(UUID().uuidString)").standardizedFileURL
        try Data("kept".utf8).write(to: outside)
        defer { try? FileManager.default.removeItem(at: outside) }
        try FileManager.default.createSymbolicLink(at: ada.appending(path: "link.gguf"), withDestinationURL: outside)
        _ = try cache.folder(of: "ada", at: now)
        #expect(try FileManager.default.contentsOfDirectory(atPath: ada.path).isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: bob.path) == ["new.gguf"])
        #expect(FileManager.default.fileExists(atPath: outside.path))
    }

    @Test func `whoever holds most makes room, and who holds little keeps it however old it is`() throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "conversions-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        let cache = ConversionCache(root: root, mostBytes: 40_000)
        let now = Date()
        let put = { (account: String, name: String, age: Double) in
            let path = try cache.folder(of: account, at: now).folder.appending(path: "\(name).gguf").path
            try Data(repeating: 1, count: 10_000).write(to: URL(filePath: path))
            let date = now.addingTimeInterval(-age)
            try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
        }
        let left = { (account: String) in
            let folder = try cache.folder(of: account, at: now).folder
            return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        }
        try put("ada", "old", 90_000)
        try put("bob", "older", 80_000)
        for index in 0..<9 { try put("eve", "\(index)", 100 - Double(index)) }
        #expect(try left("ada") == ["old.gguf"])
        #expect(try left("bob") == ["older.gguf"])
        #expect(try left("eve") == ["7.gguf", "8.gguf"])
        // Among those who hold as much it is one of each.
        for index in 0..<3 { try put("bob", "\(index)", 10) }
        #expect(try left("ada") == ["old.gguf"])
        #expect(try left("bob").count + left("eve").count == 3)
    }
}
