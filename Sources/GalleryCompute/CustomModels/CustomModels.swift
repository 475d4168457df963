package import GalleryHub
package import GalleryModel
import GitObjects

/// Models that bring their own training.
package struct CustomModels: Sendable {
    private let repositories: Repositories
    private let files: Files
    private let content: Content

    package init(repositories: Repositories, files: Files, content: Content) {
        self.repositories = repositories
        self.files = files
        self.content = content
    }

    /// What the training folder of a model says; one without is told as `isAbsent`. Needs the right to read its files.
    package func folder(
        of name: RepoName,
        at revision: String = "main",
        by viewer: Viewer
    ) async throws -> TrainingFolder {
        let place = try await repositories.locate(.model, name, by: viewer)
        try await repositories.check(.readFiles, on: place.id, by: viewer)
        let commit = try await files.resolve(revision, of: place.id, by: viewer).commit.hex
        let paths = try await paths(of: place.id, at: commit, by: viewer)
        let pieces = FilePieces(files: files, content: content, name: place.name, commit: commit, viewer: viewer)
        var texts: [String: [UInt8]] = [:]
        for (name, limit) in TrainingFolder.files {
            let path = "\(TrainingFolder.name)/\(name)"
            guard paths.contains(path) else { continue }
            texts[name] = try await pieces.bytes(0..<(limit + 1), of: try await pieces.look(path))
        }
        return TrainingFolder(paths: paths, texts: texts)
    }

    /// The files in the folder; where there is none at the top, those in folders that should lie there.
    private func paths(of repo: RepoID, at commit: String, by viewer: Viewer) async throws -> [String] {
        let (_, entry) = try await files.entry(at: TrainingFolder.name, revision: commit, of: repo, by: viewer)
        let isThere = entry?.isFolder == true
        return try await files.tree(
            isThere ? TrainingFolder.name : "",
            revision: commit,
            of: repo,
            recursive: !isThere,
            limit: 1000,
            by: viewer
        ).entries.filter { !$0.isFolder }.map(\.path.text)
    }
}
