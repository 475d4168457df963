import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTPTypes

/// Serves a connection on its own event loop, so that a brief request never changes threads. All others are answered on
/// the threads of the process, where work of any length is at home.
struct LoopChannel: ServerChildChannel {
    private let base: HTTP1Channel

    init(
        configuration: HTTP1Channel.Configuration,
        isBrief: @escaping @Sendable (HTTPRequest) -> Bool,
        responder: @escaping HTTPChannelHandler.Responder
    ) {
        base = HTTP1Channel(
            responder: { request, writer, channel in
                if isBrief(request.head) { return try await responder(request, writer, channel) }
                var writer: ResponseWriter? = writer
                try await withTaskExecutorPreference(globalConcurrentExecutor) {
                    guard let writer = writer.take() else { return }
                    try await responder(request, writer, channel)
                }
            },
            configuration: configuration
        )
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        base.setup(channel: channel, logger: logger)
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        await withTaskExecutorPreference(LoopExecutor(value.channel.eventLoop)) {
            await base.handle(value: value, logger: logger)
        }
    }
}

/// Runs tasks on an event loop.
private final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
