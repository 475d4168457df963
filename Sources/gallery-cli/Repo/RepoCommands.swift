import ArgumentParser

/// The group `gallery-cli repo …`.
struct RepoCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repo",
        abstract: "Create, delete and list repositories",
        subcommands: [RepoCreate.self, RepoDelete.self, RepoList.self]
    )
}
