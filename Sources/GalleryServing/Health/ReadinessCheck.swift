import Foundation
package import GalleryDatabase
import Glibc

/// Something without which the server cannot serve, and how to find out that it works.
package struct ReadinessCheck: Sendable {
    package let name: String
    /// Throws what is wrong.
    package let probe: @Sendable () async throws -> Void

    package init(_ name: String, probe: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.probe = probe
    }

    package static func database(_ database: any Database, named name: String) -> ReadinessCheck {
        ReadinessCheck(name) { _ = try await database.read { db in try db.value(Int.self, "SELECT 1") } }
    }

    /// Writes a file, syncs it, and reads it back.
    package static func storage(_ folder: DataFolder) -> ReadinessCheck {
        ReadinessCheck("storage") {
            let path = folder.staging.appendingPathComponent("readiness-\(getpid())")
            defer { try? FileManager.default.removeItem(at: path) }
            let text = Data("ready".utf8)
            try text.write(to: path)
            guard try Data(contentsOf: path) == text else { throw CocoaError(.fileReadCorruptFile) }
        }
    }
}
