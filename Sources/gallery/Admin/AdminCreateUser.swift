import ArgumentParser
import GalleryHub
import GalleryModel

/// `gallery admin create-user`
struct AdminCreateUser: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create-user",
        abstract: "Make an account for a person."
    )

    @OptionGroup var options: SettingsOptions
    @OptionGroup var password: AdminPassword

    @Argument(help: "The account's name.")
    var name: String

    @Option(help: "What it may do on the whole site: user, reviewer or admin.")
    var role = SiteRole.user

    @Option(help: "The e-mail address.")
    var email = ""

    func run() async throws {
        let secret = try password.read()
        try await options.withIdentity { identity in
            let account = try await identity.operators.createUser(
                name: name,
                email: email,
                role: role,
                password: secret,
                by: nil
            )
            Console.say("Created \(account.name) (\(account.publicID)), role \(account.role.rawValue).")
        }
    }
}
