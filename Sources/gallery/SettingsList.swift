import ArgumentParser
import GalleryServing

/// `gallery settings`
struct SettingsList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings",
        abstract: "Print the settings in force and where they come from, secrets hidden."
    )

    @OptionGroup var options: SettingsOptions

    @Flag(help: "Print the reference of all settings, which is docs/settings.md.")
    var markdown = false

    func run() async throws {
        if markdown { return Console.say(String(SettingsReference.markdown().dropLast())) }
        let loaded = try await options.settings()
        Console.say(SettingsReference.listing(loaded.settings, sources: loaded.sources))
    }
}
