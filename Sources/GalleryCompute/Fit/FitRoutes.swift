import GalleryHub
import GalleryModel
import GalleryServing

/// What a model will run on, over `/api/v1`.
struct FitRoutes: Sendable {
    let fit: Fit
    let flavors: Flavors

    func add(to api: APIRoutes) {
        api.get(
            "assets/{kind}/{owner}/{name}/compute",
            "Show how large a model is, what memory it needs, and which flavors have that",
            for: .everyone,
            query: [.text("revision", "A branch, a version or a commit; main unless given.")],
            answers: ComputeNeedsBody.self
        ) { call in
            let word = try call.path("kind")
            guard let kind = RepoKind(plural: word) ?? RepoKind(rawValue: word) else {
                throw AccessError.notFound(to: call.viewer)
            }
            let name = try RepoName(owner: call.path("owner"), name: call.path("name"))
            let asked = try call.query()["revision"] ?? ""
            let model = try await fit.measure(kind, name, at: asked.isEmpty ? "main" : asked, by: call.viewer)
            return ComputeNeedsBody(model, try await flavors.offers())
        }
    }
}
