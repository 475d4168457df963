import Configuration
import Foundation
import GalleryServing

/// The settings in force, where each came from, and what is wrong.
struct LoadedSettings: Sendable {
    var settings = Settings()
    /// By key; a key that is missing has its default.
    var sources: [String: String] = [:]
    var faults: [String] = []
}

/// Reads settings: defaults < file < environment < flags.
struct SettingsReader: Sendable {
    private typealias Layer = (source: String, reader: ConfigReader)

    var flags: [String: String]
    var file: String?
    var environment = ProcessInfo.processInfo.environment

    /// Never stops at the first fault.
    func load() async throws -> LoadedSettings {
        var loaded = LoadedSettings()
        let overriding: [Layer] = [
            ("flag", reader(of: variables(from: flags))), ("environment", reader(of: environment)),
        ]
        for setting in SettingsCatalogue.all { await take(setting, from: overriding, into: &loaded) }
        loaded.faults += unknownNames()
        guard let path = filePath(for: loaded.settings) else { return loaded }
        do {
            let location = InMemoryProvider(values: ["filePath": ConfigValue(.string(path), isSecret: false)])
            let provider = try await FileProvider<JSONSnapshot>(config: ConfigReader(provider: location))
            let layer: Layer = ("file", ConfigReader(provider: provider))
            for setting in SettingsCatalogue.all where loaded.sources[setting.key] == nil {
                await take(setting, from: [layer], into: &loaded)
            }
            loaded.faults += try unknownKeys(inFile: path)
        } catch {
            loaded.faults.append("\(path): cannot be read as JSON settings (\(error))")
        }
        return loaded
    }

    private func take(_ setting: Setting, from layers: [Layer], into loaded: inout LoadedSettings) async {
        for layer in layers {
            do {
                guard let value = try await value(of: setting, from: layer.reader) else { continue }
                loaded.sources[setting.key] = layer.source
                if let fault = setting.take(value, &loaded.settings) {
                    loaded.faults.append("\(setting.key) (\(layer.source)): \(fault)")
                }
            } catch {
                loaded.sources[setting.key] = layer.source
                loaded.faults.append("\(setting.key) (\(layer.source)): \(Self.expectation(of: setting))")
            }
            return
        }
    }

    private func value(of setting: Setting, from reader: ConfigReader) async throws -> SettingValue? {
        let key = ConfigKey(setting.key)
        let secret = setting.isSecret
        switch setting.shape {
        case .text: return try await reader.fetchString(forKey: key, isSecret: secret).map(SettingValue.text)
        case .integer: return try await reader.fetchInt(forKey: key, isSecret: secret).map(SettingValue.integer)
        case .truth: return try await reader.fetchBool(forKey: key, isSecret: secret).map(SettingValue.truth)
        case .bytes:
            if let text = try? await reader.fetchString(forKey: key) { return .text(text) }
            return try await reader.fetchInt(forKey: key).map(SettingValue.integer)
        }
    }

    private static func expectation(of setting: Setting) -> String {
        switch setting.shape {
        case .text: "must be a text"
        case .integer: "must be a whole number"
        case .truth: "must be true or false"
        case .bytes: "must be a size such as 500000, 512 MiB or 5 GB"
        }
    }

    private func reader(of variables: [String: String]) -> ConfigReader {
        ConfigReader(
            provider: EnvironmentVariablesProvider(environmentVariables: variables).prefixKeys(with: "gallery")
        )
    }

    /// Flags are read by the same rules as the environment.
    private func variables(from flags: [String: String]) -> [String: String] {
        flags.reduce(into: [:]) { result, flag in
            if let setting = SettingsCatalogue.setting(flag.key) { result[setting.environmentName] = flag.value }
        }
    }

    private func filePath(for settings: Settings) -> String? {
        if let file { return file }
        if let file = environment["GALLERY_CONFIG"], !file.isEmpty { return file }
        let path = URL(fileURLWithPath: settings.storage.root, isDirectory: true).appendingPathComponent("gallery.json")
            .path
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }

    /// Flags that no setting has.
    private func unknownNames() -> [String] {
        flags.keys.sorted().filter { SettingsCatalogue.setting($0) == nil }.map {
            "--set \($0): there is no such setting"
        }
    }

    private func unknownKeys(inFile path: String) throws -> [String] {
        let object = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path)))
        return Self.keys(of: object).sorted().filter { SettingsCatalogue.setting($0) == nil }.map {
            "\(path): there is no setting \($0)"
        }
    }

    private static func keys(of object: Any, prefix: String = "") -> [String] {
        guard let object = object as? [String: Any] else { return [prefix] }
        return object.flatMap { keys(of: $0.value, prefix: prefix.isEmpty ? $0.key : "\(prefix).\($0.key)") }
    }
}
