import Foundation
import GalleryHub
import GalleryModel
import NIOCore

/// Turns folders into repositories, by the use cases that everybody's uploads go through.
struct DemoLoader {
    /// Larger files, and weights of any size, are kept as large files.
    private static let largestRegularFile = 1 << 20
    private static let weights = ["safetensors", "gguf", "bin", "parquet"]

    let slices: HubSlices
    let viewer: Viewer

    /// False when the repository was there with its card.
    func load(_ sample: DemoFolder.Repository) async throws -> Bool {
        let account = try viewer.mustBeSignedIn()
        let repo = try await repository(sample)
        let card = try await slices.files.entry(at: "README.md", revision: "main", of: repo, by: viewer)
        guard card.entry == nil else { return false }
        var draft = try await slices.files.draft(on: "main", of: repo, by: viewer)
        for file in sample.files {
            if file.size > Self.largestRegularFile || Self.weights.contains(file.location.pathExtension) {
                let stored = try await slices.content.receive(FileChunks(location: file.location), by: account.id)
                try draft.putLarge(file.path, digest: stored.sha256, size: Int64(stored.size))
            } else {
                try await draft.put(file.path, bytes: Array(Data(contentsOf: file.location)))
            }
        }
        _ = try await slices.files.commit(draft, title: "Add files")
        return true
    }

    private func repository(_ sample: DemoFolder.Repository) async throws -> RepoID {
        do {
            return try await slices.repositories.locate(sample.kind, sample.name, by: viewer).id
        } catch let error as any DomainError where error.problem.hubCode == .repoNotFound {
            let request = NewRepository(
                kind: sample.kind,
                owner: sample.name.owner,
                name: sample.name.name,
                visibility: .everyone
            )
            return try await slices.repositories.create(request, by: viewer).id
        }
    }
}

/// A file's bytes in steps of 1 MiB.
private struct FileChunks: AsyncSequence {
    typealias Element = ByteBuffer

    let location: URL

    func makeAsyncIterator() -> Iterator { Iterator(location: location) }

    struct Iterator: AsyncIteratorProtocol {
        let location: URL
        private var handle: FileHandle?

        init(location: URL) { self.location = location }

        mutating func next() async throws -> ByteBuffer? {
            let open = try handle ?? FileHandle(forReadingFrom: location)
            handle = open
            guard let data = try open.read(upToCount: 1 << 20), !data.isEmpty else {
                try open.close()
                return nil
            }
            return ByteBuffer(bytes: data)
        }
    }
}
