import GalleryModel
import NIOCore
import NIOPosix

/// Collects bytes in blocks, which are hashed and written on the pool, one at a time, while the next one is filled.
actor DirectoryBlobWriter: BlobWriter {
    /// Up to this size a file takes no block.
    private static let fewBytes = 256 << 10
    /// How often the free space is looked at.
    private static let spaceInterval = 256 << 20

    private let pack: PackID
    private let file: StagedFile
    private let path: String
    private let folder: String
    private let store: DirectoryBlobStore
    private let pool: NIOThreadPool
    private let eventLoop: any EventLoop

    private var start = ByteBuffer()
    private var block: StagingBlock?
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
        if block == nil, job == nil, start.readableBytes + bytes.readableBytes <= Self.fewBytes {
            if start.readableBytes == 0 { start = bytes } else { start.writeImmutableBuffer(bytes) }
            return
        }
        let early = start
        start = ByteBuffer()
        try await collect(early)
        try await collect(bytes)
    }

    /// Copies, so that the connection gets its buffer back at once and receives the next bytes into the same memory.
    private func collect(_ bytes: ByteBuffer) async throws {
        var rest = bytes
        while rest.readableBytes > 0 {
            let filling = block ?? StagingBlock.take()
            block = filling
            filling.fill(from: &rest)
            if filling.isFull { try await startJob() }
        }
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
        start = ByteBuffer()
        _ = try? await job?.get()
        job = nil
        block?.release()
        block = nil
        _ = try? await pool.runIfActive(eventLoop: eventLoop) { [file] in file.discard() }.get()
    }

    /// Waits for the block under way, then hands over what is collected.
    private func startJob() async throws {
        try await job?.get()
        let block = block
        let start = start
        self.block = nil
        self.start = ByteBuffer()
        bytesSinceSpaceCheck += block?.count ?? 0
        let checksSpace = bytesSinceSpaceCheck >= Self.spaceInterval
        if checksSpace { bytesSinceSpaceCheck = 0 }
        job = pool.runIfActive(eventLoop: eventLoop) { [file, store] in
            defer { block?.release() }
            if checksSpace { try store.checkSpace() }
            try file.append(start)
            if let block { try file.append(block) }
        }
    }
}
