import GalleryModel
import GalleryServing
import Hummingbird

/// Says "no such repository" where a client asks for one without a namespace, as in `/gpt2/resolve/main/config.json`.
///
/// Clients take any other refusal there for a broken connection.
struct MissingNamespaceMiddleware: RouterMiddleware {
    typealias Context = GalleryContext

    func handle(
        _ request: Request,
        context: GalleryContext,
        next: (Request, GalleryContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound && Self.lacksNamespace(request.uri.path) {
            throw AccessError.notFound(to: context.viewer)
        }
    }

    private static func lacksNamespace(_ path: String) -> Bool {
        var parts = path.split(separator: "/").prefix(5)
        let isAPI = parts.first == "api"
        if isAPI { parts = parts.dropFirst() }
        if let first = parts.first, RepoKind(plural: String(first)) != nil {
            parts = parts.dropFirst()
        } else if isAPI {
            return false
        }
        guard let second = parts.dropFirst().first else { return isAPI && parts.count == 1 }
        return isAPI ? second == "revision" || second == "tree" : second == "resolve" || second == "raw"
    }
}
