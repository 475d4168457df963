import GalleryBlobs
import GalleryDatabase
import GalleryModel
import NIOCore

/// Hashes the files of uploads in parts as far as they have arrived in order, so that completing one need not read it
/// all again. Only a short cut: what it has forgotten, it reads again.
actor PartHashes {
    /// How many uploads are hashed ahead; the longest untouched is forgotten first.
    private static let capacity = 64

    private let database: any Database
    private let blobs: any BlobStore
    private var runs: [String: PartHashRun] = [:]
    private var order: [String] = []

    init(database: any Database, blobs: any BlobStore) {
        self.database = database
        self.blobs = blobs
    }

    /// A part has arrived: goes on in the background.
    func advance(_ upload: String) async {
        let database = database
        await run(for: upload).enqueue {
            try await database.read { db in try db.parts(of: upload) }
        }
    }

    /// The hash of all parts.
    func digest(of upload: String, parts: [StoredPart]) async throws -> SHA256Digest {
        let run = run(for: upload)
        let digest = await run.finish(parts)
        forget(upload)
        if let digest { return digest }
        let extents = parts.map { Extent(pack: $0.pack, offset: 0, length: $0.length) }
        return try await ExtentReader(extents: extents, in: blobs).sha256()
    }

    func forget(_ upload: String) {
        runs[upload] = nil
        order.removeAll { $0 == upload }
    }

    private func run(for upload: String) -> PartHashRun {
        order.removeAll { $0 == upload }
        order.append(upload)
        if order.count > Self.capacity { runs[order.removeFirst()] = nil }
        if let run = runs[upload] { return run }
        let run = PartHashRun(blobs: blobs)
        runs[upload] = run
        return run
    }
}

/// The running hash of one upload. Steps follow one another in a queue of their own.
private actor PartHashRun {
    private let blobs: any BlobStore
    private let hasher = Hasher<SHA256Digest>()
    private var hashed: [StoredPart] = []
    /// Set once the hasher has been fed something that does not belong into it, or has given its result.
    private var isSpent = false
    private var tail: Task<Void, Never>?

    init(blobs: any BlobStore) {
        self.blobs = blobs
    }

    func enqueue(_ parts: @escaping @Sendable () async throws -> [StoredPart]) {
        let previous = tail
        tail = Task { [weak self] in
            await previous?.value
            guard let parts = try? await parts() else { return }
            await self?.hash(parts)
        }
    }

    /// Nil when the parts are not those that were hashed, or somebody else has asked already.
    func finish(_ parts: [StoredPart]) async -> SHA256Digest? {
        await tail?.value
        await hash(parts)
        guard !isSpent, hashed == parts else { return nil }
        isSpent = true
        return hasher.finalize()
    }

    private func hash(_ parts: [StoredPart]) async {
        guard !isSpent else { return }
        guard hashed.elementsEqual(parts.prefix(hashed.count)) else {
            isSpent = true
            return
        }
        for part in parts.dropFirst(hashed.count) {
            guard part.number == hashed.count + 1 else { return }
            // Claimed before it is read, so that a second caller that comes meanwhile is found out.
            let claimed = hashed + [part]
            hashed = claimed
            do {
                let reader = ExtentReader(extents: [Extent(pack: part.pack, offset: 0, length: part.length)], in: blobs)
                for try await chunk in reader.stream(chunkSize: 1 << 20) {
                    guard !isSpent, hashed == claimed else {
                        isSpent = true
                        return
                    }
                    hasher.update(chunk.readableBytesView)
                }
            } catch {
                isSpent = true
                return
            }
        }
    }
}
