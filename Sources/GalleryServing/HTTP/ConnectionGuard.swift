import GalleryModel
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTPTypes

/// Sets up a connection, counts it, and completes the bare 400 that the server gives to what is no HTTP.
final class ConnectionGuard: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let settings: Settings.Server
    private let numbering: RequestNumbering
    private let metrics: Metrics

    init(settings: Settings.Server, numbering: RequestNumbering, metrics: Metrics) {
        self.settings = settings
        self.numbering = numbering
        self.metrics = metrics
    }

    func handlerAdded(context: ChannelHandlerContext) {
        metrics.connectionOpened()
        let options = context.channel.syncOptions
        // Uploads come in 64 KiB reads otherwise.
        try? options?.setOption(
            .recvAllocator,
            value: AdaptiveRecvByteBufferAllocator(minimum: 2048, initial: 4096, maximum: 1 << 20)
        )
        // Ends a connection whose peer takes nothing, also while the kernel sends a file for us.
        let tcpUserTimeout = NIOBSDSocket.Option(rawValue: 18)
        try? options?.setOption(
            .tcpOption(tcpUserTimeout),
            value: ChannelOptions.Types.SocketOption.Value(settings.idleSeconds * 1000)
        )
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        metrics.connectionClosed()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .head(let head) = unwrapOutboundIn(data), head.status == .badRequest,
            head.headerFields[.requestID] == nil
        else {
            return context.write(data, promise: promise)
        }
        let problem = Problem.invalid(
            "no-http",
            "This is not a request that HTTP/1.1 allows, or its header is too large."
        )
        var response = ProblemMiddleware.response(problem)
        response.headers[.requestID] = numbering.next()
        response.headers[.connection] = "close"
        context.write(wrapOutboundOut(.head(response.head)), promise: nil)
        context.write(wrapOutboundOut(.body(ProblemMiddleware.bytes(of: problem))), promise: promise)
    }
}
