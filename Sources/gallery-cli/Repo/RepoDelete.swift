import ArgumentParser
import Foundation
import GalleryClient
import GalleryModel

/// Deletes a repository with everything in it.
struct RepoDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete a repository and everything in it, for good"
    )

    @Argument(help: "ID of the repo (`username/repo-name`).")
    var repoID: RepoIDArgument

    @Option(help: "What the repository holds.")
    var repoType: RepoTypeArgument?

    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    func run() async throws {
        let (name, kind) = (repoID.name, repoType?.kind)
        if !yes { try confirm(name) }
        try await Session.run { session in
            let (address, _) = try await session.find(name, kind: kind)
            try await session.client.delete(address)
        }
        Console.standard.write("Deleted \(name)\n")
    }

    private func confirm(_ name: RepoName) throws {
        guard isatty(STDIN_FILENO) == 1 else { throw ValidationError("Nobody is there to confirm: add --yes.") }
        Console.standard.write("This cannot be undone. Type “\(name)” to delete it: ")
        guard readLine() == name.description else {
            Console.complain("Nothing was deleted.")
            throw ExitCode(1)
        }
    }
}
