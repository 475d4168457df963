import ArgumentParser
import GalleryClient

/// The group `gallery-cli service keys …`.
struct KeyCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "List, create and revoke the keys of a service",
        subcommands: [KeyList.self, KeyCreate.self, KeyRevoke.self],
        defaultSubcommand: KeyList.self
    )
}

/// Lists the keys of a service.
struct KeyList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the keys of a service"
    )

    @OptionGroup var service: ServiceArgument
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let wanted = service
        let answer: APIAnswer<ServiceKeysBody> = try await Session.run { session in
            try await session.api.get("\(wanted.path(session.api))/keys")
        }
        output.show(answer) { keys in
            var table = Table("KEY", "NAME", "ENDS IN", "PER MINUTE", "LAST USED")
            for key in keys.items {
                table.add(key.id, key.name, key.hint, String(key.perMinute), Moment.text(key.usedAt))
            }
            return table.text
        }
    }
}

/// Creates a key.
struct KeyCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Create a key; it is printed this once"
    )

    @OptionGroup var service: ServiceArgument

    @Argument(help: "What it is for.")
    var name: String

    @Option(help: "At most so many requests a minute; 60 unless given.")
    var perMinute: Int?

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let (wanted, body) = (service, JSONValue.members(["name": .string(name), "perMinute": JSONValue(perMinute)]))
        let answer: APIAnswer<ServiceKeyBody> = try await Session.run { session in
            try await session.api.send(.post, "\(wanted.path(session.api))/keys", body)
        }
        output.show(answer) { ($0.key ?? "") + "\n" }
    }
}

/// Revokes a key.
struct KeyRevoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Revoke a key: it is refused from now on"
    )

    @OptionGroup var service: ServiceArgument

    @Argument(help: "The key's ID, as `service keys list` tells it.")
    var key: String

    func run() async throws {
        let (wanted, key) = (service, key)
        try await Session.run { session in
            try await session.api.send(.delete, "\(wanted.path(session.api))/keys/\(key.percentEncoded)")
        }
        Console.standard.write("Revoked \(key.printable)\n")
    }
}
