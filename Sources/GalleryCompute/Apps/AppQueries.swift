import Foundation
import GalleryDatabase
import GalleryModel

extension SQLConnection {
    func app(_ id: String) throws -> AIApp? {
        try row(AIApp.self, "SELECT \(sql: AIApp.columns) \(sql: AIApp.tables) WHERE p.id = \(id)")
    }

    func app(ofRun run: String) throws -> AIApp? {
        try row(AIApp.self, "SELECT \(sql: AIApp.columns) \(sql: AIApp.tables) WHERE p.run = \(run)")
    }

    /// One's own, the newest first.
    func apps(of account: AccountID, before id: String?, limit: Int) throws -> [AIApp] {
        let before: SQL = id.map { "AND p.id < \($0)" } ?? ""
        return try rows(
            AIApp.self,
            """
            SELECT \(sql: AIApp.columns) \(sql: AIApp.tables)
            WHERE p.account = \(account) \(sql: before) ORDER BY p.id DESC LIMIT \(limit)
            """
        )
    }

    /// Those that run and are shown, of people who are not disabled, the newest first; of them those in whose words `text` occurs.
    func openApps(_ text: String, before id: String?, limit: Int) throws -> [AIApp] {
        var conditions: [SQL] = ["p.state = 'shown'", "r.state = 'running'", "o.is_disabled = 0"]
        if let id { conditions.append("p.id < \(id)") }
        for word in text.lowercased().split(separator: " ").prefix(8) {
            conditions.append("p.search_key LIKE \(Self.pattern(word)) ESCAPE '\\'")
        }
        return try rows(
            AIApp.self,
            """
            SELECT \(sql: AIApp.columns) \(sql: AIApp.tables) JOIN runs r ON r.id = p.run
            WHERE \(sql: conditions.joined(" AND ")) ORDER BY p.id DESC LIMIT \(limit)
            """
        )
    }

    private static func pattern(_ word: Substring) -> String {
        var text = ""
        for character in word {
            if "\\%_".contains(character) { text.append("\\") }
            text.append(character)
        }
        return "%\(text)%"
    }

    func countApps(of account: AccountID) throws -> Int {
        try value(Int.self, "SELECT COUNT(*) FROM apps WHERE account = \(account)") ?? 0
    }

    /// Those that are to be started again, in the order of their times.
    func appsToRestart(at now: Date) throws -> [AIApp] {
        try rows(
            AIApp.self,
            """
            SELECT \(sql: AIApp.columns) \(sql: AIApp.tables)
            WHERE p.retry_at IS NOT NULL AND p.retry_at <= \(now) ORDER BY p.retry_at LIMIT 100
            """
        )
    }

    func insertApp(
        _ id: String,
        _ draft: AppDraft,
        _ source: AppSource,
        of account: Viewer.Account,
        at now: Date
    ) throws {
        let (text, used) = (draft.text, draft.used)
        try execute(
            """
            INSERT INTO apps (id, account, purpose, repo, repo_owner, repo_name, commit_id, name, licence, about,
                search_key, flavor, region, tariff, hours, state, created_at, updated_at)
            VALUES (\(id), \(account.id), \(draft.purpose), \(source.repo), \(source.name.owner), \(source.name.name),
                \(source.commit), \(text.name), \(text.licence), \(text.about), \(text.key(account.name)), \(used.flavor),
                \(used.region), \(used.tariff), \(draft.hours), \(AppState.paused), \(now), \(now))
            """
        )
    }

    /// Writes what changes in an app's life.
    func save(_ app: AIApp) throws {
        let text = AppText(name: app.name, licence: app.licence, about: app.about)
        try execute(
            """
            UPDATE apps SET name = \(app.name), licence = \(app.licence), about = \(app.about),
                search_key = \(text.key(app.owner)), flavor = \(app.used.flavor), region = \(app.used.region),
                tariff = \(app.used.tariff), hours = \(app.hours), state = \(app.state), reason = \(app.reason.code),
                reason_detail = \(app.reason.detail), run = \(app.run), failures = \(app.failures),
                retry_at = \(app.retryAt), updated_at = \(app.updatedAt)
            WHERE id = \(app.id)
            """
        )
    }

    /// Deletes an app; the runs that it had are left to be cleared.
    func deleteApp(_ id: String) throws {
        try execute("UPDATE app_runs SET is_orphan = 1 WHERE app = \(id)")
        try execute("DELETE FROM apps WHERE id = \(id)")
    }

    func noteRun(_ run: String, ofApp app: String) throws {
        try execute("INSERT INTO app_runs (run, app) VALUES (\(run), \(app))")
    }

    /// Everything that ran an app, the newest first.
    func runs(ofApp app: String) throws -> [String] {
        try values(String.self, "SELECT run FROM app_runs WHERE app = \(app) ORDER BY run DESC")
    }

    /// The runs of apps that are gone, once nothing of them is left on a machine.
    func orphanedRuns() throws -> [String] {
        try values(
            String.self,
            """
            SELECT r.id FROM app_runs a JOIN runs r ON r.id = a.run
            WHERE a.is_orphan = 1 AND r.is_settled = 1 ORDER BY r.id LIMIT 100
            """
        )
    }

    // MARK: Covers

    func saveCover(_ name: String, small: [UInt8], large: [UInt8], ofApp app: String, at now: Date) throws {
        try execute(
            """
            INSERT INTO app_covers (app, name, small, large, created_at)
            VALUES (\(app), \(name), \(small), \(large), \(now))
            ON CONFLICT (app) DO UPDATE SET name = excluded.name, small = excluded.small, large = excluded.large,
                created_at = excluded.created_at
            """
        )
    }

    func removeCover(ofApp app: String) throws { try execute("DELETE FROM app_covers WHERE app = \(app)") }

    func cover(ofApp app: String, isLarge: Bool) throws -> [UInt8]? {
        let column: SQL = isLarge ? "large" : "small"
        return try value([UInt8].self, "SELECT \(sql: column) FROM app_covers WHERE app = \(app)")
    }
}
