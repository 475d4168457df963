import Foundation
import GalleryModel
import NIOCore

/// Sends files: asks first what is already there, large ones in parallel parts, then commits.
package struct Uploader: Sendable {
    /// A file whose bytes differ from what the repository holds.
    package struct Change: Sendable {
        package var file: LocalFile
        package var identity: ContentIdentity
    }

    private let client: HubClient
    private let repo: RepoAddress
    private let revision: String
    private let slots: Slots

    package init(client: HubClient, repo: RepoAddress, revision: String, connections: Int) {
        self.client = client
        self.repo = repo
        self.revision = revision
        slots = Slots(connections)
    }

    /// Which of the files are new or different, by hash; those the repository ignores are left out.
    package func changes(among files: [LocalFile]) async throws -> [Change] {
        struct Question: Encodable { var files: [UploadQuestionBody] }
        struct Answer: Decodable { var files: [UploadModeBody] }
        var changes: [Change] = []
        for start in stride(from: 0, to: files.count, by: 256) {
            let some = files[start..<min(start + 256, files.count)]
            let question = try Question(
                files: some.map { try UploadQuestionBody(path: $0.path, sample: $0.sample(), size: $0.size) }
            )
            let answer: Answer = try await client.post("\(repo.api)/preupload/\(revision.percentEncoded)", question)
            let modes = Dictionary(answer.files.map { ($0.path, $0) }) { first, _ in first }
            for file in some {
                guard let mode = modes[file.path] else {
                    throw HubError.malformedAnswer("it does not say how to send \(file.path.printable)")
                }
                if mode.shouldIgnore { continue }
                let identity: ContentIdentity =
                    mode.uploadMode == .large && file.size > 0
                    ? .sha256(try FileHash.sha256(ofFileAt: file.source))
                    : .gitBlob(try FileHash.gitBlob(ofFileAt: file.source))
                if mode.oid != identity.hex { changes.append(Change(file: file, identity: identity)) }
            }
        }
        return changes
    }

    /// Sends the bytes of the large ones, each content once; `report` hears per change how many bytes are there.
    package func send(
        _ changes: [Change],
        report: @escaping @Sendable (_ index: Int, _ bytes: Int64) -> Void
    ) async throws {
        var indices: [SHA256Digest: [Int]] = [:]
        for (index, change) in changes.enumerated() {
            if case .sha256(let oid) = change.identity { indices[oid, default: []].append(index) }
        }
        let oids = indices.keys.sorted()
        for start in stride(from: 0, to: oids.count, by: 256) {
            let some = oids[start..<min(start + 256, oids.count)].compactMap { oid in
                indices[oid]?.first.map { (oid: oid, index: $0) }
            }
            let objects = try await client.largeFiles(
                some.map { ($0.oid, changes[$0.index].file.size) },
                repo: repo,
                revision: revision
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                for object in objects {
                    guard let sharing = indices[object.oid], let index = sharing.first else { continue }
                    let file = changes[index].file
                    if let error = object.error {
                        throw HubError.refused(
                            HubRefusal(
                                status: error.code,
                                code: nil,
                                sentence: "\(file.path.printable): \(error.message)",
                                requestID: nil
                            )
                        )
                    }
                    group.addTask {
                        try await send(object, file) { bytes in for index in sharing { report(index, bytes) } }
                        for index in sharing { report(index, file.size) }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    private func send(
        _ object: LargeFileBody,
        _ file: LocalFile,
        report: @escaping @Sendable (Int64) -> Void
    ) async throws {
        guard let upload = object.actions?.upload else { return }
        guard try FileHash.size(ofFileAt: file.source) == object.size else {
            throw HubError.changedWhileRead(path: file.source)
        }
        if let parts = try PartPlan(upload, size: object.size) {
            try await send(parts, of: object.oid, file, report: report)
        } else {
            try await slots.use {
                _ = try await client.put(
                    FileSlice(path: file.source, offset: 0, length: object.size, report: report),
                    to: upload.href,
                    headers: upload.header ?? [:]
                )
            }
        }
        if let verify = object.actions?.verify {
            try await client.verify(object.oid, size: object.size, at: verify.href)
        }
    }

    private func send(
        _ plan: PartPlan,
        of oid: SHA256Digest,
        _ file: LocalFile,
        report: @escaping @Sendable (Int64) -> Void
    ) async throws {
        let journal = UploadJournal(completion: plan.completion, oid: oid)
        let progress = PartProgress(report)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for part in plan.parts {
                if journal.etag(of: part.number) != nil {
                    progress.set(part.number, part.length)
                    continue
                }
                group.addTask {
                    try await slots.use {
                        let slice = FileSlice(path: file.source, offset: part.offset, length: part.length) {
                            progress.set(part.number, $0)
                        }
                        let etag = try await client.put(slice, to: part.url, headers: [:])
                        guard let etag, !etag.isEmpty else {
                            throw HubError.malformedAnswer("it confirmed part \(part.number) without an ETag")
                        }
                        journal.record(part.number, etag)
                    }
                }
            }
            try await group.waitForAll()
        }
        do {
            try await client.complete(
                oid,
                etags: plan.parts.compactMap { part in
                    journal.etag(of: part.number).map { (part.number, $0) }
                },
                at: plan.completion
            )
        } catch {
            // The server may have forgotten parts of an old attempt: the next run starts this file afresh.
            journal.remove()
            throw error
        }
        journal.remove()
    }

    /// Commits the changes and returns the last commit: one, or several where their bytes would make it too big.
    package func commit(
        _ changes: [Change],
        deleting: [CommitOperation] = [],
        message: String,
        description: String = ""
    ) async throws -> CommitBody? {
        var batches: [[Change]] = [[]]
        var bytes: Int64 = 0
        for change in changes {
            let cost: Int64 = if case .gitBlob = change.identity { change.file.size } else { 0 }
            if let last = batches.last, !last.isEmpty, last.count >= 20_000 || bytes + cost > 96 << 20 {
                batches.append([])
                bytes = 0
            }
            bytes += cost
            batches[batches.count - 1].append(change)
        }
        var result: CommitBody?
        for (index, batch) in batches.enumerated() {
            let operations = try (index == 0 ? deleting : []) + batch.map(Self.operation)
            guard !operations.isEmpty else { continue }
            result = try await client.commit(
                operations,
                to: repo,
                revision: revision,
                summary: index == 0 ? message : "\(message) (part \(index + 1))",
                description: description
            )
        }
        return result
    }

    private static func operation(_ change: Change) throws -> CommitOperation {
        switch change.identity {
        case .sha256(let oid):
            return .largeFile(path: change.file.path, oid: oid, size: change.file.size)
        case .gitBlob(let oid):
            guard let data = FileManager.default.contents(atPath: change.file.source) else {
                throw HubError.localFile(path: change.file.source, reason: posixReason())
            }
            let bytes = Array(data)
            guard FileHash.gitBlob(of: bytes) == oid else { throw HubError.changedWhileRead(path: change.file.source) }
            return .file(path: change.file.path, content: bytes)
        }
    }
}
