import ArgumentParser

/// Forgets the token.
struct SessionLogout: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "logout", abstract: "Log out")

    func run() throws {
        try TokenStore(configuration: Configuration.load()).remove()
        Console.standard.write("Logout successful!\n")
    }
}
