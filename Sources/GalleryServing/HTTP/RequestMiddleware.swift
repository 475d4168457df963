import GalleryModel
import HTTPTypes
package import Hummingbird
import Logging
import NIOCore

/// The outermost step of every request: gives it an id, which every answer carries, measures it, and logs it in one line.
package struct RequestMiddleware: RouterMiddleware {
    package typealias Context = GalleryContext

    private static let maximumAddressLength = 8 << 10

    private let addresses: PublicAddress
    private let bodyLimit: Int
    private let handover: ProxyHandover?
    private let numbering: RequestNumbering
    private let metrics: Metrics
    private let log: AccessLog
    private let pages: Pages?

    init(settings: Settings, numbering: RequestNumbering, metrics: Metrics, log: AccessLog, pages: Pages?) {
        addresses = PublicAddress(settings.server)
        bodyLimit = Int(settings.limits.bodyBytes)
        handover = ProxyHandover(settings.storage)
        self.numbering = numbering
        self.metrics = metrics
        self.log = log
        self.pages = pages
    }

    package func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let exchange = Exchange(request: request, trace: context.trace, metrics: metrics, log: log)
        var request = request
        var context = context
        context.requestID = RequestID.taken(from: request.headers) ?? numbering.next()
        // The framework's own name of the request gives way, so that the logger's dictionary is copied only once.
        context.logger[metadataKey: LineLogHandler.requestKey] = .string(context.requestID)
        context.addresses = addresses
        context.clientAddress = addresses.client(of: request, context)
        context.maxUploadSize = bodyLimit
        context.handover = handover
        context.metrics = metrics
        context.pages = pages
        context.language = Language.wanted(
            by: request.headers,
            orElse: pages?.inForce?.current.site.language ?? .english
        )
        if request.headers[.expect] != nil { request.continueBeforeBody(on: context.channel) }
        do {
            guard (request.head.path?.utf8.count ?? 0) <= Self.maximumAddressLength else {
                return tooLong(exchange, context)
            }
            let origin = RequestOrigin(
                address: context.clientAddress,
                agent: request.headers[.userAgent] ?? "",
                requestID: context.requestID
            )
            let response = try await RequestOrigin.$current.withValue(origin) { try await next(request, context) }
            return finished(response, exchange, context)
        } catch {
            exchange.end(context, status: 499, bytes: 0)
            throw error
        }
    }

    /// An answer that is made while it is sent ends with its last byte, any other ends here.
    private func finished(_ response: Response, _ exchange: Exchange, _ context: Context) -> Response {
        var response = response
        response.headers[.requestID] = context.requestID
        let status = response.status.code
        let length = response.body.contentLength
        guard context.trace.current.isStreamed || length == nil, exchange.method != .head else {
            exchange.end(context, status: status, bytes: exchange.method == .head ? 0 : length ?? 0)
            return response
        }
        let body = response.body
        let headers = response.headers
        response.body = ResponseBody(contentLength: length) { writer in
            let counting = CountingWriter(next: writer, trace: context.trace)
            do {
                try await body.write(counting)
                exchange.end(context, status: status, bytes: context.trace.current.bytesSent)
            } catch {
                report(error, context, exchange)
                exchange.end(context, status: status, bytes: context.trace.current.bytesSent, isAborted: true)
                throw error
            }
        }
        response.headers = headers
        return response
    }

    /// The head of the answer is gone already: the connection ends, which tells the client that the body is not whole.
    private func report(_ error: any Error, _ context: Context, _ exchange: Exchange) {
        guard !Disconnection.isCause(of: error) else { return }
        context.logger.error("an answer broke off", metadata: ["error": "\(error)", "path": .string(exchange.path)])
    }

    private func tooLong(_ exchange: Exchange, _ context: Context) -> Response {
        let problem = Problem.invalid(
            "address-too-long",
            "The address is longer than \(Self.maximumAddressLength) characters."
        )
        return finished(ProblemMiddleware.response(problem, status: .uriTooLong), exchange, context)
    }
}

/// Counts what goes through it.
private struct CountingWriter: ResponseBodyWriter {
    var next: any ResponseBodyWriter
    let trace: RequestTrace

    mutating func write(_ buffer: ByteBuffer) async throws {
        let count = buffer.readableBytes
        try await next.write(buffer)
        trace.addSent(count)
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
        try await next.finish(trailingHeaders)
    }
}
