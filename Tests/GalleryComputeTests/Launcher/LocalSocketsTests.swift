import Foundation
import NIOCore
import Testing

@testable import GalleryCompute

struct LocalSocketsTests {
    @Test func `however deep a folder lies, its sockets have paths that can be connected to`() throws {
        for length in 80...130 {
            let root = URL(filePath: "/tmp/\(UUID().uuidString)".padding(toLength: length, withPad: "d", startingAt: 0))
            try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: root) }
            let path = root.appending(path: "run/1/door.sock").path
            let found = try LocalSockets(root: root).short(path)
            defer { if let link = found.link { try? FileManager.default.removeItem(atPath: link.path) } }
            _ = try SocketAddress(unixDomainSocketPath: found.path)
            let meant = found.link.map { found.path.replacingOccurrences(of: $0.path, with: $0.to) }
            #expect(meant ?? found.path == path)
        }
    }
}
