import Foundation
package import GalleryDatabase

/// Where the request comes from that is being answered: what the audit log says beside who did what.
///
/// It travels beside the use cases, so that none of them can forget it.
package struct RequestOrigin: Sendable, Equatable {
    /// Nil where no request is being answered: at the terminal, in jobs.
    @TaskLocal package static var current: RequestOrigin?

    /// The network address.
    package var address: String
    /// The program, as it calls itself.
    package var agent: String
    package var requestID: String

    package init(address: String, agent: String, requestID: String) {
        self.address = address
        self.agent = String(
            agent.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }.prefix(200).map(Character.init)
        )
        self.requestID = requestID
    }
}

/// A database whose transactions know which request they belong to, though they run on other threads.
package struct OriginKeepingDatabase: Database {
    private let base: any Database

    package init(_ base: any Database) {
        self.base = base
    }

    package var dialect: SQLDialect { base.dialect }

    package func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        try await base.read(body)
    }

    package func readBriefly<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        try await base.readBriefly(body)
    }

    package func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        guard let origin = RequestOrigin.current else { return try await base.write(body) }
        return try await base.write { db in
            try RequestOrigin.$current.withValue(origin) { try body(db) }
        }
    }

    package func close() async throws { try await base.close() }
}
