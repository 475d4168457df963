import NIOCore

/// Sees that the client of a request hung up, while nothing is read from it.
final class HangUpHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let hungUp: @Sendable () -> Void

    private init(_ hungUp: @escaping @Sendable () -> Void) { self.hungUp = hungUp }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent { hungUp() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        hungUp()
        context.fireChannelInactive()
    }

    /// Calls `hungUp` when the client goes, until the watch ends.
    static func watch(_ channel: any Channel, _ hungUp: @escaping @Sendable () -> Void) -> HangUpWatch {
        let name = "gallery.hang-up"
        let added = channel.eventLoop.submit {
            guard channel.isActive else { return hungUp() }
            try channel.pipeline.syncOperations.addHandler(HangUpHandler(hungUp), name: name, position: .first)
        }
        return HangUpWatch {
            added.whenSuccess { channel.pipeline.removeHandler(name: name, promise: nil) }
        }
    }
}

/// A look at a connection that ends with its request.
struct HangUpWatch: Sendable {
    let end: @Sendable () -> Void
}
