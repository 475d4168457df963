import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Testing

@testable import GalleryCompute

struct DoorClientTests {
    @Test func `one request after another is answered where connections are hung up on when they are used again`()
        async throws
    {
        let path = "/tmp/door-\(UUID().uuidString.prefix(8)).sock"
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(OnceAnswering())
                }
            }
            .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true)
            .get()
        for _ in 1...20 {
            var request = HTTPClientRequest(url: "\(LaunchDoor.socket(path).address)/v1/models")
            request.method = .POST
            request.body = .bytes(ByteBuffer(string: "{}"))
            let answer = try await DoorClient.ask(request)
            #expect(answer.status == .ok)
            #expect(String(buffer: try await answer.body.collect(upTo: 100)) == "ok")
        }
        try await server.close()
        try? FileManager.default.removeItem(atPath: path)
    }
}

/// Answers a connection's first request as if it waited for more, and hangs up when more comes.
private final class OnceAnswering: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var request = ""
    private var isAnswered = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isAnswered else { return context.close(promise: nil) }
        request += String(buffer: unwrapInboundIn(data))
        guard request.hasSuffix("{}") else { return }
        isAnswered = true
        let answer = ByteBuffer(string: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nKeep-Alive: timeout=5\r\n\r\nok")
        context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
    }
}
