import Foundation
import GalleryDatabase
package import GalleryHub
package import GalleryModel
import GalleryServing

/// What a model will run on: its size, read from the heads of its weights, and what that needs of a flavor.
package struct Fit: Sendable {
    let database: any Database
    let repositories: Repositories
    let world: World
    let meter: ModelMeter

    package init(hub: HubSlices) {
        self.init(hub.database, hub.repositories, hub.files, hub.content, hub.world)
    }

    init(_ database: any Database, _ repositories: Repositories, _ files: Files, _ content: Content, _ world: World) {
        self.database = database
        self.repositories = repositories
        self.world = world
        meter = ModelMeter(files: files, content: content)
    }

    /// The size of a model that the viewer may read; of an adapter that of its base, which it is merged into. Nil where
    /// nothing can be told: for pickers, which then say nothing.
    package func size(of name: RepoName, at revision: String = "main", by viewer: Viewer) async throws -> ModelSize? {
        do {
            return try await measure(.model, name, at: revision, by: viewer).whole
        } catch let error as any DomainError
            where [.missing, .forbidden, .unauthenticated].contains(error.problem.kind)
        {
            return nil
        }
    }

    /// What a flavor must have to answer with a model, for `FlavorPicker`, which says nothing where nothing can be told.
    func inferenceNeed(
        of name: RepoName?,
        at revision: String = "main",
        by viewer: Viewer
    ) async throws -> @Sendable (Flavor) -> Int64? {
        guard let name, let size = try await size(of: name, at: revision, by: viewer) else { return { _ in nil } }
        return { size.inferenceNeed($0) }
    }

    /// The same with what it was read from, and why where it could not be.
    func measure(
        _ kind: RepoKind,
        _ name: RepoName,
        at revision: String,
        by viewer: Viewer
    ) async throws -> MeasuredModel {
        guard kind == .model else { throw FitError.notAModel }
        let location = try await repositories.locate(kind, name, by: viewer)
        try await repositories.check(.readFiles, on: location.id, by: viewer)
        var found = try await measureAlone(location, at: revision, by: viewer)
        guard let base = found.size?.base, let parts = RepoName(base) else { return found }
        // The base may be anybody's: who may not read it is told as much as if it did not exist.
        guard let there = try? await repositories.locate(kind, parts, by: viewer),
            (try? await repositories.check(.readFiles, on: there.id, by: viewer)) != nil,
            let size = try await measureAlone(there, at: "main", by: viewer).size, size.base == nil
        else { return found }
        found.base = size
        return found
    }

    private func measureAlone(
        _ place: RepoLocation,
        at revision: String,
        by viewer: Viewer
    ) async throws -> MeasuredModel {
        let commit = try await meter.files.resolve(revision, of: place.id, by: viewer).commit.hex
        if let known = try await database.read({ db in try db.modelSize(of: place.id, at: commit) }) { return known }
        var found = MeasuredModel(commit: commit)
        do {
            found.size = try await meter.measure(place.name, place.id, at: commit, by: viewer)
        } catch let fault as ModelMeter.Fault {
            found.fault = fault
        }
        let (measured, now) = (found, world.now())
        try await database.write { db in try db.keep(measured, of: place.id, at: now) }
        return found
    }
}

/// What is known of a model's size.
struct MeasuredModel: Sendable, Equatable {
    var commit: String
    var size: ModelSize?
    var fault: ModelMeter.Fault?
    /// The size of what it is an adapter of.
    var base: ModelSize?

    /// What must be loaded to use it; nil for an adapter whose base is not there.
    var whole: ModelSize? { size?.base == nil ? size : base }
}

/// What can be wrong with asking for a size.
package enum FitError: DomainError {
    case notAModel

    package var problem: Problem {
        switch self {
        case .notAModel: Problem(.unprocessable, "not-a-model", "Only models have weights that run on something.")
        }
    }
}

extension SQLConnection {
    fileprivate func modelSize(of repo: RepoID, at commit: String) throws -> MeasuredModel? {
        guard
            let text = try value(
                String.self,
                "SELECT size FROM model_sizes WHERE repo = \(repo) AND commit_id = \(commit)"
            )
        else { return nil }
        let kept = try JSONDecoder().decode(KeptSize.self, from: Data(text.utf8))
        return MeasuredModel(commit: commit, size: kept.size, fault: kept.fault)
    }

    fileprivate func keep(_ model: MeasuredModel, of repo: RepoID, at now: Date) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(KeptSize(size: model.size, fault: model.fault)), as: UTF8.self)
        guard try exists("SELECT 1 FROM repositories WHERE id = \(repo)") else { return }
        try execute(
            """
            INSERT INTO model_sizes (repo, commit_id, size, measured_at)
            VALUES (\(repo), \(model.commit), \(text), \(now))
            ON CONFLICT (repo) DO UPDATE SET
                commit_id = excluded.commit_id, size = excluded.size, measured_at = excluded.measured_at
            """
        )
    }
}

private struct KeptSize: Codable {
    var size: ModelSize?
    var fault: ModelMeter.Fault?
}
