import Foundation
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// Gated use over HTTP.
struct AccessRequestRoutes {
    let requests: AccessRequests

    func add(to repos: RepoRouter) {
        repos.api(.get, "/user-access-request/:state", use: list)
        repos.api(.post, "/user-access-request/handle", use: decide)
        repos.api(.post, "/user-access-request/grant", use: grant)
        repos.web(.post, "/ask-access", use: ask)
    }

    @Sendable private func list(
        _ request: Request,
        context: GalleryContext,
        repo: RepoLocation
    ) async throws -> Response {
        let state = try Self.state(context.segment("state"))
        let page = try await requests.list(of: repo.id, state, request.query().page(), by: context.viewer)
        return try .wire(page.elements.map(AccessRequestBody.init), next: request.link(page.next, context))
    }

    @Sendable private func decide(
        _ request: Request,
        context: GalleryContext,
        repo: RepoLocation
    ) async throws -> Response {
        let body = try await request.json(DecisionRequest.self, context: context)
        let selection: AccessRequests.Selection
        switch (body.user, body.requestId) {
        case (let name?, nil): selection = .user(name)
        case (nil, let id?): selection = .request(id)
        default: throw Problem.invalid("access-request-unclear", "Name either 'user' or 'requestId'.")
        }
        try await requests.decide(
            selection,
            Self.state(body.status),
            reason: body.rejectionReason,
            of: repo.id,
            by: context.viewer
        )
        return try .done()
    }

    @Sendable private func grant(
        _ request: Request,
        context: GalleryContext,
        repo: RepoLocation
    ) async throws -> Response {
        let body = try await request.json(GrantRequest.self, context: context)
        try await requests.grant(body.user, of: repo.id, by: context.viewer)
        return try .done()
    }

    /// From a form it leads back to the repository's page.
    @Sendable private func ask(_ request: Request, context: GalleryContext, repo: RepoLocation) async throws -> Response
    {
        if request.hasForm {
            let form = try await request.form(context: context, upTo: 64 << 10)
            let fields = Dictionary(form.items.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
            _ = try await requests.ask(for: repo.id, fields: fields, by: context.viewer)
            let page = request.uri.path.split(separator: "/").dropLast().joined(separator: "/")
            return Response(status: .seeOther, headers: [.location: "/" + page, .contentLength: "0"])
        }
        let body = try await request.json([String: FieldValue].self, context: context, upTo: 64 << 10)
        let state = try await requests.ask(for: repo.id, fields: body.mapValues(\.text), by: context.viewer)
        return try .wire(["status": state.rawValue])
    }

    private static func state(_ word: String) throws -> GrantState {
        guard let state = GrantState(rawValue: word) else {
            throw Problem.invalid("access-state-unknown", "The state is one of pending, accepted, rejected.")
        }
        return state
    }
}

private struct DecisionRequest: Decodable {
    var user: String?
    var requestId: String?
    var status: String
    var rejectionReason: String?
}

private struct GrantRequest: Decodable {
    var user: String
}

/// What may be filled in: text, a number or a tick.
private enum FieldValue: Decodable {
    case text(String)
    case number(Double)
    case tick(Bool)

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let tick = try? container.decode(Bool.self) {
            self = .tick(tick)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else {
            self = .text(try container.decode(String.self))
        }
    }

    var text: String {
        switch self {
        case .text(let text): text
        case .number(let number): String(number)
        case .tick(let isOn): String(isOn)
        }
    }
}

private struct AccessRequestBody: Encodable {
    struct User: Encodable {
        var user: String
        var fullname: String
        var avatarUrl: String
        /// Only of those who asked themselves.
        var email: String?
    }

    let requestId: String
    let status: String
    let timestamp: Date
    let user: User
    let fields: [String: String]?
    let rejectionReason: String?

    init(_ entry: AccessRequestEntry) {
        let (request, account) = (entry.request, entry.account)
        requestId = request.id
        status = request.state.rawValue
        timestamp = request.createdAt
        user = User(
            user: account.name,
            fullname: account.nickname,
            avatarUrl: account.avatarPath,
            email: request.isByHand ? nil : account.email
        )
        fields = try? JSONDecoder().decode([String: String].self, from: Data(request.fieldsJSON.utf8))
        rejectionReason = request.rejectionReason.isEmpty ? nil : request.rejectionReason
    }
}
