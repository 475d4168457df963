import ArgumentParser
import GalleryHub

/// `gallery admin disable-user`
struct AdminDisableUser: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable-user",
        abstract: "Bar an account: its sessions end, its tokens and keys are refused."
    )

    @OptionGroup var options: SettingsOptions

    @Argument(help: "The account's name.")
    var name: String

    func run() async throws {
        try await options.withIdentity { identity in
            try await identity.operators.setDisabled(true, name, by: nil)
            Console.say("Disabled \(name).")
        }
    }
}

/// `gallery admin enable-user`
struct AdminEnableUser: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable-user",
        abstract: "Let a barred account in again."
    )

    @OptionGroup var options: SettingsOptions

    @Argument(help: "The account's name.")
    var name: String

    func run() async throws {
        try await options.withIdentity { identity in
            try await identity.operators.setDisabled(false, name, by: nil)
            Console.say("Enabled \(name).")
        }
    }
}
