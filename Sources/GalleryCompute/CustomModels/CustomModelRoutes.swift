import GalleryHub
import GalleryModel
import GalleryServing

/// The training that models bring, over `/api/v1`.
struct CustomModelRoutes: Sendable {
    let models: CustomModels

    func add(to api: APIRoutes) {
        api.get(
            "assets/{kind}/{owner}/{name}/training-methods",
            "Show how a model can be trained by its own script, and what is wrong with its training folder",
            for: .everyone,
            query: [.text("revision", "A branch, a version or a commit; main unless given.")],
            answers: TrainingMethodsBody.self
        ) { call in
            let word = try call.path("kind")
            guard (RepoKind(plural: word) ?? RepoKind(rawValue: word)) == .model else { throw FitError.notAModel }
            let name = try RepoName(owner: call.path("owner"), name: call.path("name"))
            let asked = try call.query()["revision"] ?? ""
            let revision = asked.isEmpty ? "main" : asked
            return TrainingMethodsBody(try await models.folder(of: name, at: revision, by: call.viewer))
        }
    }
}
