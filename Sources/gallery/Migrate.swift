import ArgumentParser
import GalleryDatabase
import GalleryHub
import GalleryModel

/// `gallery migrate`
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring the database up to date; 'serve' does so by itself when it starts."
    )

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let settings = try await options.settings().settings
        try await Console.explainingFaults {
            let stores = try Stores(settings)
            let done = try await stores.migrate(World.live)
            try await stores.close()
            Console.say(
                done.isEmpty ? "The database is up to date." : done.map { "applied \($0)" }.joined(separator: "\n")
            )
        }
    }
}
