import GalleryModel
import HTTPTypes
import Hummingbird

/// One request and its answer, from the first byte of the one to the last of the other.
struct Exchange: Sendable {
    let method: HTTPRequest.Method
    /// Without the query, which may hold secrets.
    let path: String
    private let start = ContinuousClock.now
    private let trace: RequestTrace
    private let metrics: Metrics
    private let log: AccessLog

    init(request: Request, trace: RequestTrace, metrics: Metrics, log: AccessLog) {
        method = request.method
        path = request.uri.path
        self.trace = trace
        self.metrics = metrics
        self.log = log
        metrics.requestStarted()
    }

    /// Counts and logs it; called once.
    func end(_ context: GalleryContext, status: Int, bytes: Int, isAborted: Bool = false) {
        let elapsed = ContinuousClock.now - start
        let route = context.endpointPath ?? "NotFound"
        metrics.requestEnded(
            method: method.rawValue,
            route: route,
            status: status,
            bytes: bytes,
            elapsed: elapsed,
            isAborted: isAborted
        )
        log.write(
            AccessLog.Entry(
                method: method.rawValue,
                path: path,
                route: route,
                status: status,
                bytes: bytes,
                elapsed: elapsed,
                viewer: trace.current.viewer.account?.id.rawValue,
                requestID: context.requestID,
                isAborted: isAborted
            )
        )
    }
}
