import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

extension Request {
    /// Answers `100 Continue` when the body is asked for, so that a refusal saves the client from sending it.
    mutating func continueBeforeBody(on channel: any Channel) {
        guard headers[.expect]?.lowercased() == "100-continue" else { return }
        let body = body
        self.body = RequestBody(asyncSequence: ContinuingBody(base: body, channel: channel))
    }
}

private struct ContinuingBody: AsyncSequence, Sendable {
    typealias Element = ByteBuffer
    let base: RequestBody
    let channel: any Channel

    func makeAsyncIterator() -> Iterator { Iterator(base: base.makeAsyncIterator(), channel: channel) }

    struct Iterator: AsyncIteratorProtocol {
        var base: RequestBody.AsyncIterator
        let channel: any Channel
        var hasContinued = false

        mutating func next() async throws -> ByteBuffer? {
            if !hasContinued {
                hasContinued = true
                try? await channel.sendContinue()
            }
            return try await base.next()
        }
    }
}

extension Channel {
    fileprivate func sendContinue() async throws {
        try await eventLoop.submit {
            let context = try self.pipeline.syncOperations.context(handlerType: HTTP1ToHTTPServerCodec.self)
            let head = HTTPServerResponsePart.head(HTTPResponseHead(version: .http1_1, status: .continue))
            context.writeAndFlush(NIOAny(head), promise: nil)
        }.get()
    }
}
