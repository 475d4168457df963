import GalleryModel
import HTTPTypes
import Hummingbird

/// What a browser shows instead of a page that cannot be shown.
struct ProblemPage: Page {
    static let template = "layout/problem"

    let status: String
    let heading: String
    let detail: String
    let signInPath: String?
    let requestID: String?
}

extension Pages {
    /// Whether a person looks at the answer, and not a program.
    static func isWanted(by request: Request) -> Bool {
        guard let accept = request.headers[.accept], accept.contains("text/html") else { return false }
        let path = request.uri.path
        return !["/api/", "/oauth/", "/static/", "/healthz", "/readyz", "/metrics"].contains { path.hasPrefix($0) }
    }

    /// The problem as a page in the reader's language; who must sign in first is sent there.
    func answer(
        _ problem: Problem,
        status: HTTPResponse.Status,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        let back = PercentEncoding.encode(request.uri.string)
        let signIn = context.viewer.account == nil ? navigation.signInPath.map { "\($0)?next=\(back)" } : nil
        if let signIn, problem.code == Problem.signInFirst.code, request.method == .get {
            return redirect(to: signIn, request, context)
        }
        // Programs are told to sign in where there may be nothing; people are told that, with a link to sign in.
        let status = problem.hubCode == .repoNotFound ? .notFound : status
        let words = context.words
        let heading = words.catalogue.text("problem.status.\(status.code)", in: words.language)
        let detail = words.catalogue.text("problem.\(problem.code)", in: words.language)
        let page = ProblemPage(
            status: String(status.code),
            heading: heading ?? words.say("problem.status.other"),
            detail: detail ?? problem.detail,
            signInPath: [.unauthenticated, .missing].contains(problem.kind) ? signIn : nil,
            requestID: status.code >= 500 ? context.requestID : nil
        )
        var response = try await answer(page, title: page.heading, status: status, request, context)
        if let seconds = problem.retryAfter { response.headers[.retryAfter] = String(seconds) }
        return response
    }
}
