import GalleryHub
import GalleryModel

/// Data from one's own machine: a private data set is made for it, and small files are committed at once.
extension Training {
    /// What may be uploaded to be learned from.
    static let uploadSuffixes = DataHead.suffixes + [".jpg", ".jpeg", ".png"]

    /// Makes a private data set of one's own.
    func makeDataSet(_ name: String, by viewer: Viewer) async throws -> RepoName {
        _ = try ComputeRights.mustBeWhole(viewer, .write)
        let new = NewRepository(kind: .dataset, name: name, visibility: .owner)
        return try await repositories.create(new, by: viewer).name
    }

    /// How much a data set of one's own takes.
    func room(in name: RepoName, by viewer: Viewer) async throws -> RepositoryLimits {
        let location = try await repositories.locate(.dataset, name, by: viewer)
        try await repositories.check(.write, on: location.id, by: viewer)
        return files.limits
    }

    /// Commits files to a data set of one's own.
    func add(_ added: [(path: String, bytes: [UInt8])], to name: RepoName, by viewer: Viewer) async throws {
        let isUseful = added.allSatisfy { file in
            Self.uploadSuffixes.contains { file.path.lowercased().hasSuffix($0) }
        }
        guard !added.isEmpty, isUseful else { throw TrainingError.badUpload }
        let location = try await repositories.locate(.dataset, name, by: viewer)
        var draft = try await files.draft(on: "main", of: location.id, by: viewer)
        for file in added { try await draft.put(file.path, bytes: file.bytes) }
        _ = try await files.commit(draft, title: "Upload training data")
    }
}
