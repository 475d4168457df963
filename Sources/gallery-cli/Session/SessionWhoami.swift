import ArgumentParser
import GalleryClient

/// Tells whose token is in use.
struct SessionWhoami: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "whoami",
        abstract: "Show who is logged in, and their organizations"
    )

    func run() async throws {
        let body = try await Session.run { try await $0.client.whoami() }
        Console.standard.write(body.name.printable + "\n")
        if !body.orgs.isEmpty {
            Console.standard.write("orgs: \(body.orgs.map(\.name.printable).joined(separator: ", "))\n")
        }
    }
}
