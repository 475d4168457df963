import ArgumentParser
import Foundation
import GalleryClient
import GalleryModel

/// Sends a file or a folder to a repository.
struct FilesUpload: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upload",
        abstract: "Upload a file or a folder to the AI Gallery",
        discussion: """
            What the repository holds already is not sent again, so an interrupted upload is continued by the same command.
            The repository is created if it does not exist.
            """
    )

    @Argument(help: "ID of the repo to upload to (e.g. `username/repo-name`).")
    var repoID: RepoIDArgument

    @Argument(help: "File or folder to upload.", completion: .file())
    var localPath = "."

    @Argument(help: "Path of the file or folder in the repo.")
    var pathInRepo = ""

    @Option(help: "Glob patterns to match files to upload.")
    var include: [String] = []

    @Option(help: "Glob patterns to exclude from files to upload.")
    var exclude: [String] = []

    @Option(name: .shortAndLong, help: "Summary of the commit.")
    var message: String?

    @Option(help: "What the repo holds.")
    var repoType: RepoTypeArgument?

    @Option(help: "The branch to commit to; created if it does not exist.")
    var revision: String?

    @Flag(name: .customLong("private"), help: "A repo that has to be created is private.")
    var isPrivate = false

    @Option(name: .shortAndLong, help: "Files, and parts of large files, to send at the same time.")
    var jobs = 4

    @Flag(name: .shortAndLong, help: "Print nothing but the address of the commit.")
    var quiet = false

    func validate() throws {
        guard (1...32).contains(jobs) else { throw ValidationError("--jobs takes 1 to 32.") }
    }

    func run() async throws {
        let result = try await Session.run { try await upload(in: $0) }
        Console.standard.write(result)
    }

    private func upload(in session: Session) async throws -> String {
        let source = Configuration.absolute(localPath)
        let files = try LocalFile.files(
            at: source,
            as: Self.repositoryPath(pathInRepo),
            filter: PathFilter(include: include, exclude: exclude)
        )
        guard !files.isEmpty else { throw HubError.localFile(path: localPath, reason: "holds no file to upload") }

        let repo = RepoAddress(kind: repoType?.kind ?? .model, name: repoID.name)
        let url = try await session.client.create(repo, isPrivate: isPrivate ? true : nil, existingIsFine: true)
        if let revision { try await ensureBranch(revision, of: repo, client: session.client) }
        let uploader = Uploader(
            client: session.client,
            repo: repo,
            revision: revision ?? "main",
            connections: jobs
        )
        let changes = try await uploader.changes(among: files)
        guard !changes.isEmpty else {
            let count = files.count == 1 ? "The file is" : "All \(files.count) files are"
            return quiet ? url.printable + "\n" : "\(count) there already, unchanged.\n\n\(url.printable)\n"
        }
        let commit = try await send(changes, with: uploader)
        let address = commit?.commitUrl.printable ?? url.printable
        return quiet ? address + "\n" : "\n\(address)\n"
    }

    /// Without `./` and slashes around it; empty for the top of the repository.
    static func repositoryPath(_ text: String) -> String {
        text.split(separator: "/").drop { $0 == "." }.joined(separator: "/")
    }

    private func ensureBranch(_ branch: String, of repo: RepoAddress, client: HubClient) async throws {
        do {
            _ = try await client.repo(repo, revision: branch)
        } catch let error as HubError where error.code == "RevisionNotFound" {
            try await client.createBranch(branch, in: repo)
        }
    }

    private func send(_ changes: [Uploader.Change], with uploader: Uploader) async throws -> CommitBody? {
        let board = ProgressBoard(
            verb: "Upload",
            files: changes.map { ($0.file.path, $0.file.size) },
            console: .standard,
            isQuiet: quiet
        )
        do {
            try await uploader.send(changes) { index, bytes in board.report(index, bytes) }
            let name = changes.count == 1 ? changes[0].file.path : "\(changes.count) files"
            let commit = try await uploader.commit(changes, message: message ?? "Upload \(name) with gallery-cli")
            for index in changes.indices { board.finish(index) }
            return commit
        } catch {
            board.interrupt()
            throw error
        }
    }
}
