import Synchronization

/// Where this gallery answers on its own machine, known once it listens.
package final class ServingAddress: Sendable {
    private let value = Mutex<String?>(nil)

    package init() {}

    /// Such as `http://127.0.0.1:8080`; empty until it is known.
    package var url: String { value.withLock { $0 ?? "" } }

    /// Called when the server listens: an address of all interfaces is reached by the loopback one.
    package func set(host: String, port: Int) {
        let host = ["0.0.0.0", "::", "*", ""].contains(host) ? "127.0.0.1" : host
        value.withLock { $0 = "http://\(host.contains(":") ? "[\(host)]" : host):\(port)" }
    }

    /// Returns when it is known, or the task is cancelled.
    package func known() async {
        while value.withLock({ $0 == nil }), !Task.isCancelled { try? await Task.sleep(for: .milliseconds(50)) }
    }
}
