import GalleryBlobs
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1
import NIOPosix

/// Sends one piece by sendfile in regions of 1 MiB, two of them under way, as fast as the client takes them.
///
/// A region whose pages are not in memory is read by a thread of the pool before it is handed to the event loop, which would
/// otherwise stand still, with all its connections, until the disk has delivered.
final class FileSender: @unchecked Sendable {
    private static let region = 1 << 20
    private static let page = 64 << 10
    private static let regionsPerTurn = 8

    // Touched only on the event loop, after `send` has started.
    private var position: Int
    private var inFlight = 0
    private var isPreparing = false
    private var isProceeding = false
    private var isDone = false
    private var failure: (any Error)?

    private let channel: any Channel
    private let file: OpenFile
    private let handle: NIOFileHandle
    private let end: Int
    private let trace: RequestTrace
    private let done: EventLoopPromise<Void>

    init(channel: any Channel, file: OpenFile, piece: FilePiece, trace: RequestTrace) throws {
        self.channel = channel
        self.file = file
        self.trace = trace
        position = piece.offset
        end = piece.offset + piece.length
        handle = NIOFileHandle(_deprecatedTakingOwnershipOfDescriptor: try file.duplicate())
        done = channel.eventLoop.makePromise()
    }

    /// Returns when the last byte is with the system; throws when the connection ends before.
    func send() async throws {
        channel.eventLoop.execute { self.proceed() }
        defer { try? handle.close() }
        try await done.futureResult.get()
    }

    /// Hands over regions until enough are under way; called again whenever one has left.
    private func proceed() {
        guard !isProceeding else { return }
        isProceeding = true
        var turn = 0
        while failure == nil, position < end, inFlight < 2, !isPreparing {
            turn += 1
            if turn > Self.regionsPerTurn {
                // A client that takes everything at once must not keep the loop from the others.
                channel.eventLoop.execute { self.proceed() }
                break
            }
            let range = position..<min(position + Self.region, end)
            if Self.isInMemory(file, range) { write(range) } else { prepare(range) }
        }
        isProceeding = false
        finishIfIdle()
    }

    private func prepare(_ range: Range<Int>) {
        isPreparing = true
        let file = file
        NIOThreadPool.singleton.runIfActive(eventLoop: channel.eventLoop) {
            try Self.load(file, range)
        }.whenComplete { result in
            self.isPreparing = false
            switch result {
            case .success: self.write(range)
            case .failure(let error): self.failure = self.failure ?? error
            }
            self.proceed()
        }
    }

    private func write(_ range: Range<Int>) {
        guard failure == nil else { return }
        guard let context = try? channel.pipeline.syncOperations.context(handlerType: HTTP1ToHTTPServerCodec.self)
        else {
            failure = ChannelError.ioOnClosedChannel
            return
        }
        let region = FileRegion(fileHandle: handle, readerIndex: range.lowerBound, endIndex: range.upperBound)
        let written = channel.eventLoop.makePromise(of: Void.self)
        position = range.upperBound
        inFlight += 1
        written.futureResult.whenComplete { result in
            self.inFlight -= 1
            switch result {
            case .success: self.trace.addSent(range.count)
            case .failure(let error): self.failure = self.failure ?? error
            }
            self.proceed()
        }
        context.writeAndFlush(NIOAny(HTTPServerResponsePart.body(.fileRegion(region))), promise: written)
    }

    /// The descriptor may be closed only when nothing uses it any more.
    private func finishIfIdle() {
        guard !isDone, inFlight == 0, !isPreparing, failure != nil || position >= end else { return }
        isDone = true
        if let failure { done.fail(failure) } else { done.succeed() }
    }

    private static func isInMemory(_ file: OpenFile, _ range: Range<Int>) -> Bool {
        probes(range).allSatisfy(file.holds)
    }

    /// Returns when the pages of the range are in memory. Throws when the file is shorter.
    private static func load(_ file: OpenFile, _ range: Range<Int>) throws {
        file.expect(range)
        var byte: UInt8 = 0
        for position in probes(range) {
            _ = try withUnsafeMutableBytes(of: &byte) { try file.read(into: $0, at: position) }
        }
    }

    private static func probes(_ range: Range<Int>) -> [Int] {
        Array(stride(from: range.lowerBound, to: range.upperBound, by: page)) + [range.upperBound - 1]
    }
}
