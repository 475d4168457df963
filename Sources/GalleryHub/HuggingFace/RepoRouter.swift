package import GalleryModel
import GalleryServing
import HTTPTypes
package import Hummingbird

/// Puts routes below every repository's address, for every kind, and finds the repository before they run.
///
/// Who asks under a former name is redirected with 307, same path beneath; whoever may not see the repository is told what
/// they would be told if there were none.
struct RepoRouter {
    typealias Handler<Output: ResponseGenerator> =
        @Sendable (_ request: Request, _ context: GalleryContext, _ repo: RepoLocation) async throws -> Output

    let router: Router<GalleryContext>
    let repositories: Repositories

    /// `/api/{plural}/{owner}/{name}` + `path`
    func api<Output: ResponseGenerator>(
        _ method: HTTPRequest.Method,
        _ path: String,
        use handler: @escaping Handler<Output>
    ) {
        for kind in RepoKind.allCases {
            on(method, "api/\(kind.plural)/", path, kind: kind, ownerIndex: 2, handler)
        }
    }

    /// `/{prefix}{owner}/{name}` + `path`, where files, git and LFS live
    func web<Output: ResponseGenerator>(
        _ method: HTTPRequest.Method,
        _ path: String,
        use handler: @escaping Handler<Output>
    ) {
        for kind in RepoKind.allCases {
            on(method, kind.pathPrefix, path, kind: kind, ownerIndex: kind.pathPrefix.isEmpty ? 0 : 1, handler)
        }
    }

    private func on<Output: ResponseGenerator>(
        _ method: HTTPRequest.Method,
        _ prefix: String,
        _ path: String,
        kind: RepoKind,
        ownerIndex: Int,
        _ handler: @escaping Handler<Output>
    ) {
        let repositories = repositories
        router.on("\(prefix):owner/:name\(path)", method: method) { request, context in
            let name = try RepoName(owner: context.segment("owner"), name: context.segment("name"))
            let location = try await repositories.locate(kind, name, by: context.viewer)
            if location.isMoved {
                return request.redirect(to: location.name, ownerIndex: ownerIndex)
            }
            return try await handler(request, context, location).response(from: request, context: context)
        }
    }
}

extension Request {
    /// The same address under the repository's present name.
    package func redirect(to name: RepoName, ownerIndex: Int) -> Response {
        var parts = uri.path.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
        if ownerIndex + 1 < parts.count {
            parts[ownerIndex] = PercentEncoding.encode(name.owner)
            parts[ownerIndex + 1] = PercentEncoding.encode(name.name)
        }
        let query = uri.query.map { "?" + $0 } ?? ""
        return Response(
            status: .temporaryRedirect,
            headers: [.location: "/" + parts.joined(separator: "/") + query, .contentLength: "0"]
        )
    }
}
