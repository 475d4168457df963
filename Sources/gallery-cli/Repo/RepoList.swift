import ArgumentParser
import GalleryClient
import GalleryModel

/// Lists repositories.
struct RepoList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List repositories")

    @Option(help: "What the repositories hold.")
    var repoType: RepoTypeArgument?

    @Option(help: "Only those of this account.")
    var author: String?

    @Option(help: "Only those whose name contains this.")
    var search: String?

    @Option(help: "At most so many of each kind.")
    var limit = 100

    func validate() throws {
        guard (1...10_000).contains(limit) else { throw ValidationError("--limit takes 1 to 10000.") }
    }

    func run() async throws {
        let (kinds, author, search, limit) = (
            repoType.map { [$0.kind] } ?? [.model, .dataset, .app], author, search, limit
        )
        try await Session.run { session in
            for kind in kinds {
                for repo in try await session.client.repos(kind: kind, author: author, search: search, limit: limit) {
                    let marks = repo.isPrivate == true ? "  private" : ""
                    Console.standard.write("\(kind.hubType.padded(to: 8)) \(repo.id.printable)\(marks)\n")
                }
            }
        }
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
