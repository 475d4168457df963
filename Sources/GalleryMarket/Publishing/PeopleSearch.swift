package import GalleryDatabase
package import GalleryHub
package import GalleryModel

/// Finds users by what people know of them: account name, `ur…` id, nickname.
package struct PeopleSearch: Sendable {
    let database: any Database

    package init(database: any Database) {
        self.database = database
    }

    /// Those whose name, id or nickname starts so; for signed-in viewers.
    package func people(matching text: String, limit: Int = 10, by viewer: Viewer) async throws -> [Account] {
        let key = String(text.trimmed.lowercased().prefix(60))
        let limit = max(1, min(limit, 50))
        return try await database.read { db in
            _ = try viewer.mustBeSignedIn()
            guard !key.isEmpty else { return [] }
            // No text that starts with the key sorts after this.
            let end = key + "\u{10FFFD}"
            let byID = key.hasPrefix("ur") ? Int(key.dropFirst(2)) ?? -1 : -1
            return try db.rows(
                Account.self,
                """
                SELECT \(sql: Account.columns) FROM accounts
                WHERE kind = 'user' AND is_disabled = 0 AND (
                    (name_key >= \(key) AND name_key <= \(end))
                    OR (lower(nickname) >= \(key) AND lower(nickname) <= \(end))
                    OR number = \(byID))
                ORDER BY CASE WHEN name_key = \(key) OR number = \(byID) THEN 0 ELSE 1 END, name_key LIMIT \(limit)
                """
            )
        }
    }
}
