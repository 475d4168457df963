import ArgumentParser
import GalleryClient
import GalleryModel

/// Lists the files of a repository.
struct FilesList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "ls", abstract: "List the files of a repo")

    @Argument(help: "ID of the repo (`username/repo-name`).")
    var repoID: RepoIDArgument

    @Argument(help: "A folder in the repo.")
    var folder = ""

    @Flag(name: [.long, .customShort("R")], help: "Also list what is in folders.")
    var recursive = false

    @Option(help: "What the repo holds.")
    var repoType: RepoTypeArgument?

    @Option(help: "A branch, tag or commit.")
    var revision: String?

    func run() async throws {
        let (name, kind, revision, isDeep) = (repoID.name, repoType?.kind, revision ?? "main", recursive)
        let folder = String(folder.drop { $0 == "/" }.reversed().drop { $0 == "/" }.reversed())
        let entries = try await Session.run { session in
            let (repo, _) = try await session.find(name, kind: kind)
            return try await session.client.tree(repo, revision: revision, folder: folder, recursive: isDeep)
        }
        for entry in entries {
            let size = entry.isFile ? Self.text(entry.lfs?.size ?? entry.size ?? 0) : "-"
            let gap = String(repeating: " ", count: max(0, 7 - size.count))
            Console.standard.write("\(gap)\(size)  \(entry.path.printable)\(entry.isFile ? "" : "/")\n")
        }
    }

    private static func text(_ bytes: Int64) -> String {
        bytes < 1000 ? String(bytes) : ProgressLine.amount(Double(bytes))
    }
}
