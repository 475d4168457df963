import ArgumentParser
import GalleryHub

/// `gallery admin create-organization`
struct AdminCreateOrganization: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create-organization",
        abstract: "Make an organisation with its first admin."
    )

    @OptionGroup var options: SettingsOptions

    @Argument(help: "The organisation's name.")
    var name: String

    @Option(help: "The account that administers it.")
    var owner: String

    @Flag(name: .customLong("private-by-default"), help: "New repositories are private unless somebody says otherwise.")
    var isPrivateByDefault = false

    func run() async throws {
        try await options.withIdentity { identity in
            let organization = try await identity.organizations.create(
                .init(name: name, isPrivateByDefault: isPrivateByDefault),
                owner: owner
            )
            Console.say("Created \(organization.name) (\(organization.publicID)), administered by \(owner).")
        }
    }
}
