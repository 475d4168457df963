import Foundation
import GalleryModel
import NIOCore
import NIOPosix
import Synchronization

/// The ways from sockets of this machine to workers on nodes. What stands on a node before its worker passes nothing on
/// before it has heard the attempt's secret, so nobody else in the cluster's network reaches a worker.
final class RayDoors: Sendable {
    /// Where a node listens for an attempt.
    struct Place: Sendable, Equatable, Decodable {
        var host: String
        var port: Int
    }

    private let folder: URL
    private let sockets: LocalSockets
    private let key: [UInt8]
    private let open = Mutex<[LaunchName: any Channel]>([:])

    /// `folder` holds the sockets; secrets come from `key`, so that a gallery that is started anew knows them.
    init(folder: URL, key: [UInt8]) {
        self.folder = folder
        self.key = key
        sockets = LocalSockets(root: folder)
    }

    func secret(of attempt: LaunchName) -> String {
        HMAC.sha256("door of \(attempt.run) \(attempt.attempt)".utf8, key: key).hex
    }

    /// Says a word to the node; nil where it does not answer.
    func tell(_ place: Place, _ attempt: LaunchName, _ word: String) async -> String? {
        let line = ByteBuffer(string: "\(secret(of: attempt)) \(word)\n")
        do {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(.seconds(5))
                .connect(host: place.host, port: place.port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                    }
                }
            let late = channel.channel.eventLoop.scheduleTask(in: .seconds(10)) { channel.channel.close(promise: nil) }
            defer { late.cancel() }
            return try await channel.executeThenClose { inbound, outbound in
                try await outbound.write(line)
                var answer = ""
                for try await part in inbound where answer.utf8.count < 100 { answer += String(buffer: part) }
                return answer.isEmpty ? nil : answer.trimmingCharacters(in: .whitespacesAndNewlines)
            }
        } catch {
            return nil
        }
    }

    /// A socket of this machine that leads to the worker's.
    func path(to place: Place, of attempt: LaunchName) async throws -> String {
        let path = try sockets.short(folder.appending(path: "\(attempt.run)-\(attempt.attempt)").path).path
        if open.withLock({ $0[attempt]?.isActive }) == true { return path }
        let secret = ByteBuffer(string: "\(secret(of: attempt)) door\n")
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { inner in
                ClientBootstrap(group: inner.eventLoop)
                    .channelOption(.allowRemoteHalfClosure, value: true)
                    .channelOption(.socketOption(.tcp_nodelay), value: 1)
                    .connectTimeout(.seconds(5))
                    .connect(host: place.host, port: place.port)
                    .flatMap { outer in
                        inner.eventLoop.makeCompletedFuture {
                            let (one, other) = Passage.pair()
                            try inner.pipeline.syncOperations.addHandler(one)
                            try outer.pipeline.syncOperations.addHandler(other)
                            outer.writeAndFlush(secret, promise: nil)
                        }
                    }
            }
            .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
        let other = open.withLock { open -> (any Channel)? in
            defer { open[attempt] = server }
            return open[attempt]
        }
        other?.close(promise: nil)
        return path
    }

    func close(_ attempt: LaunchName) {
        open.withLock { $0.removeValue(forKey: attempt) }?.close(promise: nil)
        try? FileManager.default.removeItem(at: folder.appending(path: "\(attempt.run)-\(attempt.attempt)"))
    }
}

/// One of the two ends of a passage: what comes in at one goes out at the other, no faster than that takes it.
private final class Passage: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var other: Passage?
    private var context: ChannelHandlerContext?
    private var wantsToRead = false

    static func pair() -> (Passage, Passage) {
        let (one, other) = (Passage(), Passage())
        (one.other, other.other) = (other, one)
        return (one, other)
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { (self.context, other) = (nil, nil) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { other?.context?.write(data, promise: nil) }

    func channelReadComplete(context: ChannelHandlerContext) { other?.context?.flush() }

    func channelInactive(context: ChannelHandlerContext) { other?.context?.close(promise: nil) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .inputClosed? = event as? ChannelEvent else { return context.fireUserInboundEventTriggered(event) }
        other?.context?.close(mode: .output, promise: nil)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard context.channel.isWritable, let other, other.wantsToRead else { return }
        other.wantsToRead = false
        other.context?.read()
    }

    func read(context: ChannelHandlerContext) {
        if other?.context?.channel.isWritable ?? true { context.read() } else { wantsToRead = true }
    }
}
