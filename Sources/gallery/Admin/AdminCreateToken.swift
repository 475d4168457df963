import ArgumentParser
import GalleryHub
import GalleryModel

/// `gallery admin create-token`: prints the token and nothing else, for scripts.
struct AdminCreateToken: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create-token",
        abstract: "Make an access token for a person and print it alone."
    )

    @OptionGroup var options: SettingsOptions

    @Argument(help: "The account's name.")
    var name: String

    @Option(help: "What it allows: read, write or admin.")
    var scope = Scope.read

    func run() async throws {
        try await options.withIdentity { identity in
            Console.say(try await identity.operators.createToken(for: name, scope: scope, by: nil).text)
        }
    }
}
