import ArgumentParser

@main
struct App: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gallery",
        abstract: "AI Gallery: a hub for models, datasets and what belongs to them.",
        subcommands: [
            Serve.self, Demo.self, Migrate.self, Verify.self, Collect.self, Admin.self, SettingsList.self, Version.self,
        ]
    )
}
