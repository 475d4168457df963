import ArgumentParser
import Foundation
import GalleryClient
import GalleryModel

/// Brings files of a repository into the cache folder, or another.
struct FilesDownload: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "download",
        abstract: "Download files from the AI Gallery",
        discussion: """
            Without file names the whole repository is downloaded (but for .gitattributes, which steers the repository
            itself). Files that are there already, unchanged, are not fetched again; an interrupted download goes on where
            it stopped.
            """
    )

    @Argument(help: "ID of the repo to download from (e.g. `username/repo-name`).")
    var repoID: RepoIDArgument

    @Argument(help: "Files to download (e.g. `config.json`, `data/metadata.jsonl`).")
    var filenames: [String] = []

    @Option(help: "Glob patterns to match files to download.")
    var include: [String] = []

    @Option(help: "Glob patterns to exclude from files to download.")
    var exclude: [String] = []

    @Option(help: "Specified local dir to store model or dataset", completion: .directory)
    var localDir: String?

    @Option(help: "What the repo holds; needed where a model and a dataset share a name.")
    var repoType: RepoTypeArgument?

    @Option(help: "A branch, tag or commit.")
    var revision: String?

    @Option(name: .shortAndLong, help: "Files, and pieces of large files, to fetch at the same time.")
    var jobs = 8

    @Flag(name: .shortAndLong, help: "Print nothing but the path.")
    var quiet = false

    func validate() throws {
        guard (1...32).contains(jobs) else { throw ValidationError("--jobs takes 1 to 32.") }
        if !filenames.isEmpty, !include.isEmpty || !exclude.isEmpty {
            throw ValidationError("Give file names, or --include and --exclude, but not both.")
        }
    }

    func run() async throws {
        let path = try await Session.run { try await download(in: $0) }
        Console.standard.write(quiet ? path + "\n" : "\n\(path)\n")
    }

    private func download(in session: Session) async throws -> String {
        let (repo, body) = try await session.find(repoID.name, kind: repoType?.kind)
        let head = try await revision == nil ? body : session.client.repo(repo, revision: revision)
        guard let commit = head.sha else { throw HubError.malformedAnswer("it names no commit") }
        let files = try await files(of: repo, at: commit, client: session.client)
        let folder = LocalFolder(
            localDir.map(Configuration.absolute)
                ?? "\(session.configuration.cachedDir)/\(repoID.name.owner)--\(repoID.name.name)"
        )
        for file in files where !LocalFolder.isSafe(file.path) { throw HubError.unsafePath(file.path) }

        try folder.make()
        let downloader = Downloader(
            client: session.client,
            repo: repo,
            commit: commit,
            folder: folder,
            connections: jobs
        )
        try await fetch(files, with: downloader)
        folder.tidy()
        let isOne = filenames.count == 1 && files.count == 1 && files[0].path == filenames[0]
        return isOne ? "\(folder.path)/\(files[0].path)" : folder.path
    }

    private func files(of repo: RepoAddress, at commit: String, client: HubClient) async throws -> [RemoteFile] {
        guard !filenames.isEmpty else {
            let filter = PathFilter(include: include, exclude: exclude)
            let files = try await client.tree(repo, revision: commit, recursive: true).compactMap(RemoteFile.init)
                .filter { filter.accepts($0.path) && (!include.isEmpty || $0.path != ".gitattributes") }
            if files.isEmpty, !include.isEmpty || !exclude.isEmpty { throw SelectionError.nothingMatches(repo.name) }
            return files
        }
        var names: [String] = []
        for name in filenames {
            let name = name.hasSuffix("/") ? String(name.dropLast()) : name
            if !names.contains(name) { names.append(name) }
        }
        let entries = try await client.entries(repo, revision: commit, paths: names)
        let known = Dictionary(entries.map { ($0.path, $0) }) { first, _ in first }
        let missing = names.filter { known[$0] == nil }
        guard missing.isEmpty else { throw SelectionError.noSuchFiles(missing, repo.name) }
        var files: [RemoteFile] = []
        for entry in names.compactMap({ known[$0] }) {
            if let file = RemoteFile(entry) {
                files.append(file)
            } else {
                files += try await client.tree(repo, revision: commit, folder: entry.path, recursive: true)
                    .compactMap(RemoteFile.init)
            }
        }
        return files
    }

    /// Several files at a time, reported as if they came one after the other.
    private func fetch(_ files: [RemoteFile], with downloader: Downloader) async throws {
        let board = ProgressBoard(
            verb: "Download",
            files: files.map { ($0.path, $0.size) },
            console: .standard,
            isQuiet: quiet
        )
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, file) in files.enumerated() {
                    if index >= jobs { try await group.next() }
                    group.addTask {
                        _ = try await downloader.fetch(file) { board.report(index, $0) }
                        board.finish(index)
                    }
                }
                try await group.waitForAll()
            }
        } catch {
            board.interrupt()
            throw error
        }
    }
}
