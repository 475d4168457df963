import ArgumentParser
import GalleryClient
import GalleryModel

/// Makes an empty repository.
struct RepoCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "create", abstract: "Create a repository")

    @Argument(help: "ID of the repo (`username/repo-name`).")
    var repoID: RepoIDArgument

    @Option(help: "What the repository holds.")
    var repoType: RepoTypeArgument?

    @Flag(name: .customLong("private"), help: "Only you, or the members of the organization, may see it.")
    var isPrivate = false

    @Flag(help: "It is no error if the repository exists.")
    var existOk = false

    func run() async throws {
        let address = RepoAddress(kind: repoType?.kind ?? .model, name: repoID.name)
        let (wish, existingIsFine) = (isPrivate ? true : nil, existOk)
        let url = try await Session.run {
            try await $0.client.create(address, isPrivate: wish, existingIsFine: existingIsFine)
        }
        Console.standard.write(url.printable + "\n")
    }
}
