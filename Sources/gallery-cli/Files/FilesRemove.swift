import ArgumentParser
import GalleryClient
import GalleryModel

/// Removes files of a repository, in one commit.
struct FilesRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm",
        abstract: "Remove files from a repo, in one commit; its history keeps them"
    )

    @Argument(help: "ID of the repo (`username/repo-name`).")
    var repoID: RepoIDArgument

    @Argument(help: "Files, folders (with --recursive) or glob patterns.")
    var paths: [String]

    @Flag(name: .shortAndLong, help: "Also remove folders with all that is in them.")
    var recursive = false

    @Option(name: .shortAndLong, help: "Summary of the commit.")
    var message: String?

    @Option(help: "What the repo holds.")
    var repoType: RepoTypeArgument?

    @Option(help: "The branch to commit to.")
    var revision: String?

    func run() async throws {
        let commit = try await Session.run { try await remove(in: $0) }
        Console.standard.write(commit.commitUrl.printable + "\n")
    }

    private func remove(in session: Session) async throws -> CommitBody {
        let (repo, _) = try await session.find(repoID.name, kind: repoType?.kind)
        let branch = revision ?? "main"
        var operations: [CommitOperation] = []
        let names = paths.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        let entries = try await session.client.entries(repo, revision: branch, paths: names)
        let known = Dictionary(entries.map { ($0.path, $0) }) { first, _ in first }
        var missing: [String] = []
        for name in names {
            if let entry = known[name] {
                guard entry.isFile || recursive else { throw SelectionError.isFolder(name) }
                operations.append(entry.isFile ? .deletedFile(path: name) : .deletedFolder(path: name + "/"))
            } else {
                let glob = Glob(name)
                let matches =
                    name.contains { "*?[".contains($0) }
                    ? try await session.client.tree(repo, revision: branch, recursive: true)
                        .filter { $0.isFile && glob.matches($0.path) } : []
                if matches.isEmpty { missing.append(name) }
                operations += matches.map { .deletedFile(path: $0.path) }
            }
        }
        guard missing.isEmpty else { throw SelectionError.noSuchFiles(missing, repo.name) }
        let summary = message ?? "Delete \(paths.count == 1 ? paths[0] : "\(operations.count) files") with gallery-cli"
        return try await session.client.commit(operations, to: repo, revision: branch, summary: summary)
    }
}
