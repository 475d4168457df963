import Foundation
import GalleryDatabase
import GalleryHub
package import GalleryModel
package import GalleryServing
import Logging
import ServiceLifecycle

/// What administrators choose for the whole gallery while it runs.
package struct SiteSettings: Sendable {
    /// Notes in the table of settings that the guidance is over.
    private static let done = "setup.done"

    let database: any Database
    let world: World
    let inForce: SettingsInForce
    let delivers: Bool

    /// Puts into force what was chosen; at start, and after another server has changed it.
    package func load() async throws {
        inForce.take(try await database.read { try $0.siteSettings() })
    }

    /// What is in force, where it comes from, and whether an administrator still is to be led through it.
    package func show(by viewer: Viewer) async throws -> ShownSettings {
        try Administrators.demand(viewer)
        let chosen = try await database.read { try $0.siteSettings() }
        return shown(isGuided: chosen[Self.done] == nil)
    }

    /// Changes what is given; what was set at start cannot be changed here.
    package func change(_ values: [String: String], by viewer: Viewer) async throws {
        let me = try Administrators.demand(viewer)
        let values = try checked(values)
        try await database.write { [world] db in try db.choose(values, by: me.id, world: world) }
        try await load()
    }

    /// Ends the guidance of administrators.
    package func dismissGuide(by viewer: Viewer) async throws {
        let me = try Administrators.demand(viewer)
        try await database.write { [world] db in
            try db.setSiteSetting(Self.done, to: "true", by: me.id, at: world.now())
        }
    }

    /// Throws for values that are not usable or not to be changed.
    func checked(_ values: [String: String]) throws -> [String: String] {
        for (key, value) in values.sorted(by: { $0.key < $1.key }) {
            guard SettingsInForce.adjustable.contains(key) else { throw SiteSettingsError.unknown(key) }
            guard inForce.sources[key] == nil || value == inForce.value(key) else { throw SiteSettingsError.fixed(key) }
            if let fault = SettingsInForce.fault(of: value, for: key) { throw SiteSettingsError.unusable(key, fault) }
        }
        return values.filter { inForce.sources[$0.key] == nil && $0.value != inForce.value($0.key) }
    }

    /// Keeps what was chosen when the gallery was set up, and ends the guidance.
    func finish(_ values: [String: String], _ db: any SQLConnection) throws {
        try db.choose(values, by: nil, world: world)
        try db.setSiteSetting(Self.done, to: "true", by: nil, at: world.now())
        try db.audit("site.set-up", on: "site", by: nil, world: world)
    }

    func shown(isGuided: Bool) -> ShownSettings {
        ShownSettings(settings: inForce.current, sources: inForce.sources, deliversMail: delivers, isGuided: isGuided)
    }
}

/// The settings that administrators may change, as they stand.
package struct ShownSettings: Sendable {
    package var settings: Settings
    /// Where each one that was given at start came from.
    package var sources: [String: String]
    package var deliversMail: Bool
    /// Whether an administrator still is to be led through them.
    package var isGuided: Bool
}

/// What can go wrong with the settings of the site.
package enum SiteSettingsError: DomainError, Equatable {
    case unknown(String)
    case fixed(String)
    case unusable(String, String)

    package var problem: Problem {
        switch self {
        case .unknown(let key):
            .invalid("setting-unknown", "There is no setting '\(key.prefix(64))' to be changed here.")
        case .fixed(let key):
            Problem(.conflict, "setting-fixed", "'\(key)' was set when the gallery was started: change it there.")
        case .unusable(let key, let fault): .invalid("setting-unusable", "'\(key)' \(fault).")
        }
    }
}

/// Takes over what other servers of the same gallery change.
struct SiteSettingsUpkeep: Service {
    private static let pause = Duration.seconds(15)

    let settings: SiteSettings
    let world: World

    func run() async throws {
        let logger = Logger(label: "gallery.settings")
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await world.sleep(Self.pause)
                    try await settings.load()
                } catch is CancellationError {
                    return
                } catch {
                    logger.error("the settings could not be read", metadata: ["error": "\(error)"])
                }
            }
        }
    }
}

enum SiteSettingsMigrations {
    static let all: [Migration] = [
        Migration(
            "0176 site settings",
            """
            CREATE TABLE site_settings (
                key {text} PRIMARY KEY,
                value {text} NOT NULL,
                changed_by {text} REFERENCES accounts (id) ON DELETE SET NULL,
                changed_at {integer} NOT NULL
            ) {strict}
            """,
            "CREATE INDEX site_settings_by_account ON site_settings (changed_by)"
        )
    ]
}

extension SQLConnection {
    fileprivate func siteSettings() throws -> [String: String] {
        try rows("SELECT key, value FROM site_settings").reduce(into: [:]) { settings, row in
            settings[try row.get("key")] = try row.get("value", as: String.self)
        }
    }

    fileprivate func setSiteSetting(_ key: String, to value: String, by account: AccountID?, at now: Date) throws {
        try execute(
            """
            INSERT INTO site_settings (key, value, changed_by, changed_at)
            VALUES (\(key), \(value), \(account), \(now))
            ON CONFLICT (key) DO UPDATE SET value = excluded.value, changed_by = excluded.changed_by,
                changed_at = excluded.changed_at
            """
        )
    }

    fileprivate func choose(_ values: [String: String], by account: AccountID?, world: World) throws {
        for (key, value) in values.sorted(by: { $0.key < $1.key }) {
            try setSiteSetting(key, to: value, by: account, at: world.now())
            try audit("site.change", on: "site", by: account, detail: ["key": key, "value": value], world: world)
        }
    }
}
