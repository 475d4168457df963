import ArgumentParser
import GalleryHub
import GalleryModel

/// `gallery admin reset-password`
struct AdminResetPassword: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset-password",
        abstract: "Give an account another password and end its sessions."
    )

    @OptionGroup var options: SettingsOptions
    @OptionGroup var password: AdminPassword

    @Argument(help: "The account's name.")
    var name: String

    func run() async throws {
        let secret = try password.read()
        try await options.withIdentity { identity in
            try await identity.operators.resetPassword(of: name, to: secret, by: nil)
            Console.say("The password of \(name) is changed; all its sessions ended.")
        }
    }
}

/// `gallery admin set-role`
struct AdminSetRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set-role",
        abstract: "Change what an account may do on the whole site."
    )

    @OptionGroup var options: SettingsOptions

    @Argument(help: "The account's name.")
    var name: String

    @Argument(help: "user, reviewer or admin.")
    var role: SiteRole

    func run() async throws {
        try await options.withIdentity { identity in
            try await identity.operators.setRole(role, of: name, by: nil)
            Console.say("\(name) is now \(role.rawValue).")
        }
    }
}
