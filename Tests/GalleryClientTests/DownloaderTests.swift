import Foundation
import GalleryModel
import HTTPTypes
import Hummingbird
import Testing

@testable import GalleryClient

@Suite struct DownloaderTests {
    private let repo = RepoAddress(kind: .model, name: RepoName(owner: "ada", name: "tiny"))
    private let commit = String(repeating: "a", count: 40)
    private let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 / 251) }

    private func file(_ bytes: [UInt8], path: String = "w.bin") -> RemoteFile? {
        RemoteFile(
            TreeEntryBody(
                type: "file",
                path: path,
                size: Int64(bytes.count),
                oid: FileHash.gitBlob(of: []),
                lfs: .init(oid: .of(bytes), size: Int64(bytes.count))
            )
        )
    }

    private func fetch(_ hub: StubHub, _ file: RemoteFile?, into folder: String) async throws {
        let file = try #require(file)
        try await hub.withClient { client in
            let downloader = Downloader(
                client: client,
                repo: repo,
                commit: commit,
                folder: LocalFolder(folder),
                connections: 4,
                pieceBytes: 100_000
            )
            _ = try await downloader.fetch(file) { _ in }
        }
    }

    @Test func `a large file comes in pieces and is whole`() async throws {
        let folder = newFolder()
        try await StubHub.run { request, _, _ in
            .file(bytes, for: request)
        } _: { hub in
            try await fetch(hub, file(bytes), into: folder)
            #expect(hub.seen.value.count == 3)
            try await fetch(hub, file(bytes), into: folder)
            #expect(hub.seen.value.count == 3, "what is there is not fetched again")
        }
        #expect(FileManager.default.contents(atPath: folder + "/w.bin").map(Array.init) == bytes)
        LocalFolder(folder).tidy()
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["w.bin"])
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func `an interrupted download goes on where it stopped`() async throws {
        let folder = newFolder()
        try await StubHub.run { request, _, index in
            index == 1 ? .text(.forbidden, "no") : .file(bytes, for: request)
        } _: { hub in
            await #expect(throws: HubError.self) { try await fetch(hub, file(bytes), into: folder) }
            let before = hub.seen.value.count
            try await fetch(hub, file(bytes), into: folder)
            let again = hub.seen.value.dropFirst(before)
            #expect(again.count < 3 && !again.isEmpty)
        }
        #expect(FileManager.default.contents(atPath: folder + "/w.bin").map(Array.init) == bytes)
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func `a connection cut on the way costs only the rest`() async throws {
        let folder = newFolder()
        let small = Array(bytes.prefix(90_000))
        try await StubHub.run { request, _, index in
            guard index == 0 else { return .file(small, for: request) }
            return Response(
                status: .ok,
                headers: [.contentLength: "90000"],
                body: .init { writer in
                    try await writer.write(.init(bytes: small.prefix(50_000)))
                    try await Task.sleep(for: .milliseconds(200))
                    throw CancellationError()
                }
            )
        } _: { hub in
            try await fetch(hub, file(small), into: folder)
            #expect(hub.seen.value.last?.range == "bytes=50000-89999")
        }
        #expect(FileManager.default.contents(atPath: folder + "/w.bin").map(Array.init) == small)
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func `wrong bytes are never kept`() async throws {
        let folder = newFolder()
        var wrong = bytes
        wrong[150_000] ^= 1
        let damaged = wrong
        try await StubHub.run { request, _, _ in
            .file(damaged, for: request)
        } _: { hub in
            await #expect(throws: HubError.corrupt(path: "w.bin")) { try await fetch(hub, file(bytes), into: folder) }
        }
        #expect(!FileManager.default.fileExists(atPath: folder + "/w.bin"))
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func `a server without ranges, and one that sends too much`() async throws {
        let folder = newFolder()
        try await StubHub.run { _, _, _ in
            Response(status: .ok, body: .init(byteBuffer: .init(bytes: bytes)))
        } _: { hub in
            try await fetch(hub, file(bytes), into: folder)
            await #expect(throws: HubError.self) {
                try await fetch(hub, file(Array(bytes.prefix(1000)), path: "short.bin"), into: folder)
            }
        }
        #expect(FileManager.default.contents(atPath: folder + "/w.bin").map(Array.init) == bytes)
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func `an empty file needs no more than its name`() async throws {
        let folder = newFolder()
        try await StubHub.run { request, _, _ in
            .file([], for: request)
        } _: { hub in
            try await fetch(hub, file([], path: "a/empty"), into: folder)
            #expect(hub.seen.value.isEmpty)
        }
        #expect(FileManager.default.contents(atPath: folder + "/a/empty") == Data())
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func `two downloads of one file into one folder do not disturb each other`() async throws {
        let folder = newFolder()
        try await StubHub.run { request, _, _ in
            .file(bytes, for: request)
        } _: { hub in
            async let first: Void = fetch(hub, file(bytes), into: folder)
            async let second: Void = fetch(hub, file(bytes), into: folder)
            _ = try await (first, second)
        }
        #expect(FileManager.default.contents(atPath: folder + "/w.bin").map(Array.init) == bytes)
        try FileManager.default.removeItem(atPath: folder)
    }
}
