import AsyncHTTPClient
import Foundation
import GalleryModel
import NIOCore
import NIOHTTP1

/// A file of a repository at a fixed commit.
package struct RemoteFile: Sendable, Equatable {
    package var path: String
    package var size: Int64
    package var identity: ContentIdentity

    /// Nil for a folder, or an entry without a believable size.
    package init?(_ entry: TreeEntryBody) {
        guard entry.isFile else { return nil }
        path = entry.path
        if let large = entry.lfs {
            size = large.size
            identity = .sha256(large.oid)
        } else {
            guard let size = entry.size else { return nil }
            self.size = size
            identity = .gitBlob(entry.oid)
        }
        guard size >= 0 else { return nil }
    }
}

/// Fetches files in parallel pieces, goes on where an earlier run stopped, and trusts only hashes.
package struct Downloader: Sendable {
    private let client: HubClient
    private let repo: RepoAddress
    private let commit: String
    private let folder: LocalFolder
    private let pieceBytes: Int64
    private let slots: Slots

    package init(
        client: HubClient,
        repo: RepoAddress,
        commit: String,
        folder: LocalFolder,
        connections: Int,
        pieceBytes: Int64 = 32 << 20
    ) {
        self.client = client
        self.repo = repo
        self.commit = commit
        self.folder = folder
        self.pieceBytes = pieceBytes
        slots = Slots(connections)
    }

    /// Leaves the file in the folder and returns its path; `report` hears how many bytes of it are there.
    package func fetch(_ file: RemoteFile, report: @escaping @Sendable (Int64) -> Void) async throws -> String {
        let destination = try folder.prepare(file.path)
        if isThere(file, at: destination) {
            report(file.size)
            return destination
        }
        let partial = try await PartialFile(
            in: folder,
            file: file.path,
            identity: file.identity,
            size: file.size,
            pieceBytes: pieceBytes
        )
        if isThere(file, at: destination) {
            report(file.size)
            return destination
        }
        report(partial.doneBytes)
        let needed = file.size - partial.doneBytes
        if let free = folder.freeBytes(), free < needed {
            throw HubError.diskFull(folder: folder.path, neededBytes: needed - free)
        }
        for isLastTry in [false, true] {
            try await fill(partial, with: file, report: report)
            if try partial.holds(file.identity) {
                try partial.finish(as: destination)
                return destination
            }
            partial.reset(pieceBytes: pieceBytes)
            report(0)
            if isLastTry { break }
        }
        throw HubError.corrupt(path: file.path)
    }

    private func isThere(_ file: RemoteFile, at destination: String) -> Bool {
        guard let size = try? FileHash.size(ofFileAt: destination), size == file.size else { return false }
        return (try? file.identity.matches(fileAt: destination)) == true
    }

    private func fill(
        _ partial: PartialFile,
        with file: RemoteFile,
        report: @escaping @Sendable (Int64) -> Void
    ) async throws {
        defer { partial.save() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<partial.pieceCount where !partial.piece(index).isComplete {
                group.addTask {
                    try await slots.use { try await fetch(index, of: partial, file: file, report: report) }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Fetches one piece, asking again for the rest whenever the connection is lost on the way.
    private func fetch(
        _ index: Int,
        of partial: PartialFile,
        file: RemoteFile,
        report: @escaping @Sendable (Int64) -> Void
    ) async throws {
        var losses = 0
        while !partial.piece(index).isComplete {
            let before = partial.piece(index).done
            do {
                try await read(index, of: partial, file: file, report: report)
                guard partial.piece(index).done > before else {
                    throw HubError.malformedAnswer("it ended before the file did")
                }
            } catch let error as HubError {
                throw error
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                partial.save()
                losses = partial.piece(index).done > before ? 1 : losses + 1
                guard let pause = client.transport.retry.pause(afterLossOnAttempt: losses) else {
                    throw HubError.unreachable(
                        server: client.address.origin,
                        reason: HubTransport.reason(of: error) + " again and again"
                    )
                }
                try await client.transport.retry.sleep(pause)
            }
        }
    }

    private func read(
        _ index: Int,
        of partial: PartialFile,
        file: RemoteFile,
        report: @escaping @Sendable (Int64) -> Void
    ) async throws {
        let piece = partial.piece(index)
        let start = piece.start + piece.done
        let isWhole = start == 0 && piece.end == file.size
        var request = HubRequest(
            url: client.address.url("\(repo.web)/resolve/\(commit)/\(file.path.percentEncoded(keepingSlashes: true))")
        )
        request.isPatient = false
        request.headers.add(name: "X-HF-Download-Counter", value: "1")
        request.headers.add(name: "Accept-Encoding", value: "identity")
        if !isWhole { request.headers.add(name: "Range", value: "bytes=\(start)-\(piece.end - 1)") }
        let response = try await client.transport.send(request)

        // A server without ranges sends everything: pass over what is not wanted.
        var surplus = response.status == .partialContent ? 0 : start
        if surplus == 0, response.status == .partialContent {
            let range = response.headers.first(name: "Content-Range") ?? ""
            guard range.hasPrefix("bytes \(start)-") else {
                throw HubError.malformedAnswer("it sent another range than asked for")
            }
        }
        for try await var buffer in response.body {
            let passed = min(surplus, Int64(buffer.readableBytes))
            buffer.moveReaderIndex(forwardBy: Int(passed))
            surplus -= passed
            let wanted = partial.piece(index)
            let room = wanted.end - wanted.start - wanted.done
            if isWhole, Int64(buffer.readableBytes) > room {
                throw HubError.malformedAnswer("it sent more bytes than the file has")
            }
            guard let part = buffer.readSlice(length: Int(min(room, Int64(buffer.readableBytes)))) else { continue }
            try partial.write(part, to: index)
            report(partial.doneBytes)
            if partial.piece(index).isComplete, !isWhole { return }
        }
    }
}

/// A fixed number of places; who finds none waits in line.
package actor Slots {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    package init(_ count: Int) { free = max(1, count) }

    nonisolated package func use<Result: Sendable>(
        _ body: @Sendable () async throws -> Result
    ) async throws -> Result {
        await take()
        do {
            try Task.checkCancellation()
            let result = try await body()
            await give()
            return result
        } catch {
            await give()
            throw error
        }
    }

    private func take() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    private func give() {
        if waiting.isEmpty {
            free += 1
        } else {
            waiting.removeFirst().resume()
        }
    }
}
