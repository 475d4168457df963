import GalleryModel
import Synchronization

/// What is learnt of one request on its way, for its log line and counters.
package final class RequestTrace: Sendable {
    struct State {
        var viewer = Viewer.visitor
        var formToken: String?
        var bytesSent = 0
        var isStreamed = false
        var bytesReceived = 0
    }

    private let state = Mutex(State())

    init() {}

    var current: State { state.withLock { $0 } }

    func note(_ viewer: Viewer) {
        state.withLock { $0.viewer = viewer }
    }

    func note(formToken: String?) {
        state.withLock { $0.formToken = formToken }
    }

    /// The body is produced while it is sent, so that the request ends only with its last byte.
    package func startStreaming() {
        state.withLock { $0.isStreamed = true }
    }

    package func addSent(_ bytes: Int) {
        state.withLock { $0.bytesSent += bytes }
    }

    func addReceived(_ bytes: Int) {
        state.withLock { $0.bytesReceived += bytes }
    }
}
