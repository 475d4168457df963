package import Foundation
package import GalleryDatabase
package import GalleryModel

/// A key with which programs call one service. Its text is shown once, only its digest is kept.
package struct ServiceKey: Record, Equatable {
    package let id: String
    package let service: String
    package let name: String
    /// The key's last four characters.
    package let hint: String
    /// The most requests that it may send in a minute.
    package let perMinute: Int
    package let createdAt: Date
    package let usedAt: Date?
    package let revokedAt: Date?

    package init(row: Row) throws {
        id = try row.get("id")
        service = try row.get("service")
        name = try row.get("name")
        hint = try row.get("hint")
        perMinute = try row.get("per_minute")
        createdAt = try row.get("created_at")
        usedAt = try row.optional("used_at")
        revokedAt = try row.optional("revoked_at")
    }

    static let columns: SQL = "id, service, name, hint, per_minute, created_at, used_at, revoked_at"
    /// What the text of a key begins with.
    static let prefix = "sk-"
    static let standardPerMinute = 60
}

/// A new key, the only time its text is known.
package struct IssuedServiceKey: Sendable {
    package let text: String
    package let key: ServiceKey
}

extension Services {
    /// A new key. Without a limit it may send 60 requests a minute.
    package func addKey(
        _ name: String,
        perMinute: Int? = nil,
        to id: String,
        by viewer: Viewer
    ) async throws -> IssuedServiceKey {
        let me = try ComputeRights.mustBeWhole(viewer, .write)
        let isPlain = !name.contains { $0.isNewline || $0 == "\0" }
        guard isPlain, (1...60).contains(name.count) else { throw ServiceError.badKeyName }
        let perMinute = perMinute ?? ServiceKey.standardPerMinute
        guard (1...100_000).contains(perMinute) else { throw ServiceError.badKeyLimit }
        let text = ServiceKey.prefix + Hex.encode(world.randomBytes(24))
        let (keyID, now) = (world.newID(), world.now())
        return try await database.write { db in
            let service = try db.service(id, of: me)
            try billing.demandNotFrozen(service.account, db)
            guard try db.keys(ofService: id).count < Self.mostKeys else {
                throw ServiceError.tooManyKeys(Self.mostKeys)
            }
            try check([name], db)
            try db.execute(
                """
                INSERT INTO service_keys (id, service, name, digest, hint, per_minute, created_at)
                VALUES (\(keyID), \(id), \(name), \(SHA256Digest.of(text.utf8)), \(String(text.suffix(4))), \(perMinute),
                    \(now))
                """
            )
            guard let key = try db.key(keyID) else { throw ServiceError.unknownKey }
            return IssuedServiceKey(text: text, key: key)
        }
    }

    /// The keys that are good, the oldest first.
    package func keys(of id: String, by viewer: Viewer) async throws -> [ServiceKey] {
        let me = try ComputeRights.mustBeWhole(viewer)
        return try await database.read { db in try db.keys(ofService: db.service(id, of: me).id) }
    }

    /// From now on the key is good for nothing; what it used stays told.
    package func revokeKey(_ key: String, of id: String, by viewer: Viewer) async throws {
        let me = try ComputeRights.mustBeWhole(viewer, .write)
        let now = world.now()
        try await database.write { db in
            let service = try db.service(id, of: me)
            guard let known = try db.key(key), known.service == service.id else { throw ServiceError.unknownKey }
            try db.execute(
                "UPDATE service_keys SET revoked_at = COALESCE(revoked_at, \(now)) WHERE id = \(key)"
            )
        }
    }

    /// Who used the service how much on the last days, the newest day first.
    package func usage(of id: String, days: Int = 30, by viewer: Viewer) async throws -> [ServiceUsage] {
        let me = try ComputeRights.mustBeWhole(viewer)
        let first = ServiceUsage.day(of: world.now() - Double(days - 1) * 86_400)
        return try await database.read { db in
            let service = try db.service(id, of: me)
            return try db.rows(
                ServiceUsage.self,
                """
                SELECT u.caller, u.day, u.requests, u.errors, u.prompt_tokens, u.completion_tokens, k.name
                FROM service_usage u LEFT JOIN service_keys k ON k.id = u.caller
                WHERE u.service = \(service.id) AND u.day >= \(first) ORDER BY u.day DESC, u.requests DESC, u.caller
                """
            )
        }
    }
}

/// What one caller used on a day.
package struct ServiceUsage: Record, Equatable {
    /// A key's id, or who else calls: `owner` or `app`.
    package var caller: String
    /// The name of the key, where it is one.
    package var name: String?
    /// As `2026-11-23`, UTC.
    package var day: String
    package var requests: Int64
    /// Requests that were answered with an error.
    package var errors: Int64
    package var promptTokens: Int64
    package var completionTokens: Int64

    package init(row: Row) throws {
        caller = try row.get("caller")
        name = try row.optional("name")
        day = try row.get("day")
        requests = try row.get("requests")
        errors = try row.get("errors")
        promptTokens = try row.get("prompt_tokens")
        completionTokens = try row.get("completion_tokens")
    }

    static func day(of time: Date) -> String { time.formatted(Date.ISO8601FormatStyle().year().month().day()) }
}

extension SQLConnection {
    func key(_ id: String) throws -> ServiceKey? {
        try row(ServiceKey.self, "SELECT \(sql: ServiceKey.columns) FROM service_keys WHERE id = \(id)")
    }

    func key(withDigest digest: SHA256Digest) throws -> ServiceKey? {
        try row(
            ServiceKey.self,
            "SELECT \(sql: ServiceKey.columns) FROM service_keys WHERE digest = \(digest) AND revoked_at IS NULL"
        )
    }

    func keys(ofService id: String) throws -> [ServiceKey] {
        try rows(
            ServiceKey.self,
            """
            SELECT \(sql: ServiceKey.columns) FROM service_keys
            WHERE service = \(id) AND revoked_at IS NULL ORDER BY id
            """
        )
    }
}
