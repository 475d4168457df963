import Synchronization

/// The connections nobody uses at the moment, the last used first.
final class PostgresPool: Sendable {
    private let url: String
    private let idle = Mutex<[PostgresConnection]>([])

    init(url: String) {
        self.url = url
    }

    func take() throws -> PostgresConnection {
        if let connection = idle.withLock({ $0.popLast() }) { return connection }
        return try PostgresConnection(url: url)
    }

    /// Keeps the connection for the next job, unless it is broken or in doubt.
    func give(_ connection: PostgresConnection) {
        connection.forgetFailure()
        if connection.isReusable { idle.withLock { $0.append(connection) } }
    }

    /// After one connection was lost the idle ones are suspect too, as when the server restarted.
    func discardIdle() {
        close()
    }

    func close() {
        idle.withLock { $0.removeAll() }
    }
}
