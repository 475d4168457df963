import Synchronization

/// The settings in force, of which administrators may change some while the gallery runs. What was given at start, by file,
/// environment or flag, stays as it is.
package final class SettingsInForce: Sendable {
    /// What may be changed while the gallery runs.
    package static let adjustable = ["site.name", "site.language", "publishing.policy", "identity.allowsSignUp"]

    /// Where each setting that was given at start came from.
    package let sources: [String: String]
    private let base: Settings
    private let state: Mutex<Settings>

    package init(_ settings: Settings, sources: [String: String] = [:]) {
        base = settings
        self.sources = sources
        state = Mutex(settings)
    }

    package var current: Settings { state.withLock { $0 } }

    /// The value of a setting, as text.
    package func value(_ key: String) -> String {
        SettingsCatalogue.setting(key)?.read(current).description ?? ""
    }

    /// Puts into force what was chosen; what may not be chosen is left out.
    package func take(_ chosen: [String: String]) {
        var settings = base
        for (key, value) in chosen where Self.adjustable.contains(key) && sources[key] == nil {
            var changed = settings
            if SettingsCatalogue.setting(key)?.take(.text(value), &changed) == nil { settings = changed }
        }
        let result = settings
        state.withLock { $0 = result }
    }

    /// What is wrong with a value; nil where nothing is.
    package static func fault(of value: String, for key: String) -> String? {
        var settings = Settings()
        guard adjustable.contains(key), let setting = SettingsCatalogue.setting(key) else { return "cannot be changed" }
        return setting.take(.text(value), &settings)
    }
}
