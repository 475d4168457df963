import GalleryModel
import NIOCore
import NIOPosix

/// Hashes and writes batches on the pool, one at a time, while the next one is being collected.
actor DirectoryBlobWriter: BlobWriter {
    /// Large enough that the hand-over to the pool costs nothing, small enough that an upload holds little memory.
    private static let batchSize = 2 << 20
    /// Pieces below this are copied together instead of being written one by one.
    private static let smallPiece = 16 << 10
    /// How often the free space is looked at.
    private static let spaceInterval = 256 << 20

    private let pack: PackID
    private let file: StagedFile
    private let path: String
    private let folder: String
    private let store: DirectoryBlobStore
    private let pool: NIOThreadPool
    private let eventLoop: any EventLoop

    private var batch: [ByteBuffer] = []
    private var batchBytes = 0
    private var bytesSinceSpaceCheck = 0
    private var job: EventLoopFuture<Void>?
    private var sealed: FinishedBlob?
    private var isClosed = false

    init(
        pack: PackID,
        file: StagedFile,
        path: String,
        folder: String,
        store: DirectoryBlobStore,
        pool: NIOThreadPool,
        eventLoop: any EventLoop
    ) {
        self.pack = pack
        self.file = file
        self.path = path
        self.folder = folder
        self.store = store
        self.pool = pool
        self.eventLoop = eventLoop
    }

    func write(_ bytes: ByteBuffer) async throws {
        guard !isClosed, sealed == nil else { throw BlobError.closed(pack) }
        batchBytes += bytes.readableBytes
        if bytes.readableBytes < Self.smallPiece, let last = batch.indices.last,
            batch[last].readableBytes < Self.smallPiece * 4
        {
            batch[last].writeImmutableBuffer(bytes)
        } else {
            batch.append(bytes)
        }
        if batchBytes >= Self.batchSize { try await startJob() }
    }

    func seal() async throws -> FinishedBlob {
        guard !isClosed else { throw BlobError.closed(pack) }
        if let sealed { return sealed }
        try await startJob()
        try await job?.get()
        job = nil
        let blob = FinishedBlob(pack: pack, size: file.size, sha256: file.digest())
        sealed = blob
        return blob
    }

    func finish() async throws -> FinishedBlob {
        let blob = try await seal()
        isClosed = true
        try await pool.runIfActive(eventLoop: eventLoop) { [file, path, folder] in
            try file.keep(as: path, folder: folder)
        }.get()
        return blob
    }

    func cancel() async {
        guard !isClosed else { return }
        isClosed = true
        batch = []
        _ = try? await job?.get()
        job = nil
        _ = try? await pool.runIfActive(eventLoop: eventLoop) { [file] in file.discard() }.get()
    }

    /// Waits for the batch under way, then hands over the collected one.
    private func startJob() async throws {
        let buffers = batch
        bytesSinceSpaceCheck += batchBytes
        let checksSpace = bytesSinceSpaceCheck >= Self.spaceInterval
        if checksSpace { bytesSinceSpaceCheck = 0 }
        batch = []
        batchBytes = 0
        try await job?.get()
        job = pool.runIfActive(eventLoop: eventLoop) { [file, store] in
            if checksSpace { try store.checkSpace() }
            try file.append(buffers)
        }
    }
}
