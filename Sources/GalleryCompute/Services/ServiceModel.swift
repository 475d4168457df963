import Foundation
import GalleryHub
package import GalleryModel
import GitObjects

/// A model at a commit, found fit to be served.
package struct ServiceModel: Sendable, Equatable {
    package var repo: RepoID
    package var name: RepoName
    /// The commit's id.
    package var revision: String
    /// What it is for, as its card says; text generation where it says nothing.
    package var task: String
    /// The model that an adapter is applied to.
    package var base: RepoID?
    /// Of its weights, those of its base too.
    package var weightBytes: Int64

    /// The model of that name at a revision, as far as the viewer may read it.
    package typealias Finder = @Sendable (_ name: String, _ revision: String, Viewer) async throws -> ServiceModel
}

/// Looks at models that are to be served.
struct ServiceModels: Sendable {
    let hub: HubSlices

    /// The model as it would be served for the viewer, who must be allowed to read its files, and those of its base.
    @Sendable func find(_ text: String, revision: String, by viewer: Viewer) async throws -> ServiceModel {
        guard let name = RepoName(text) else { throw ServiceError.badModel }
        let found = try await weights(name, revision: revision, by: viewer)
        var model = ServiceModel(
            repo: found.repo,
            name: found.name,
            revision: found.commit,
            task: found.task,
            weightBytes: found.bytes
        )
        if found.hasWeights { return model }
        guard found.hasAdapter, let base = try await base(of: found, by: viewer) else {
            throw ServiceError.unfit(found.name.description)
        }
        guard base.hasWeights else { throw ServiceError.unfit(base.name.description) }
        model.base = base.repo
        model.weightBytes += base.bytes
        return model
    }

    private struct Found {
        var repo: RepoID
        var name: RepoName
        var commit: String
        var task: String
        var hasWeights = false
        var hasAdapter = false
        var bytes: Int64 = 0
    }

    private func weights(_ name: RepoName, revision: String, by viewer: Viewer) async throws -> Found {
        let location = try await hub.repositories.locate(.model, name, by: viewer)
        try await hub.repositories.check(.readFiles, on: location.id, by: viewer)
        let tree = try await hub.files.tree(revision: revision, of: location.id, by: viewer)
        let task = try await hub.repositories.details(of: location.id, by: viewer).repository.pipelineTag
        var found = Found(
            repo: location.id,
            name: location.name,
            commit: tree.commit.hex,
            task: task ?? "text-generation"
        )
        let files = tree.entries.filter { !$0.isFolder }
        let has = { (ending: String) in files.contains { $0.path.text.hasSuffix(ending) } }
        found.hasWeights = has(".gguf") || files.contains { $0.path.text == "config.json" } && has(".safetensors")
        found.hasAdapter = files.contains { $0.path.text == "adapter_config.json" } && has(".safetensors")
        let weights = files.filter { $0.path.text.hasSuffix(".safetensors") || $0.path.text.hasSuffix(".gguf") }
        found.bytes = weights.reduce(0) { $0 + $1.size }
        return found
    }

    private func base(of adapter: Found, by viewer: Viewer) async throws -> Found? {
        struct Config: Decodable {
            var base: String
            var revision: String?

            enum CodingKeys: String, CodingKey {
                case base = "base_model_name_or_path"
                case revision
            }
        }
        let path = "adapter_config.json"
        let text = try await hub.files.text(at: path, revision: adapter.commit, of: adapter.repo, by: viewer)
        guard let text, let config = try? JSONDecoder().decode(Config.self, from: Data(text.utf8)),
            let name = RepoName(config.base)
        else { return nil }
        return try await weights(name, revision: config.revision ?? "main", by: viewer)
    }
}
