import Foundation
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// Who one is and who others are, as hub clients ask.
struct WhoamiRoutes: Sendable {
    let edge: IdentityEdge
    private var identity: Identity { edge.identity }

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/api/whoami-v2", use: whoami)
        router.get("/api/organizations/:account/members", use: members)
    }

    private func whoami(_ request: Request, context: GalleryContext) async throws -> Response {
        let account = try await identity.accounts.own(by: context.viewer)
        let organizations = try await identity.organizations.organizations(of: account.name)
        let token = try await presentedToken(request)
        return try APIRoutes.answer(WhoamiBody(account, organizations, token))
    }

    private func presentedToken(_ request: Request) async throws -> AccessToken? {
        guard let presented = PresentedCredential(request.headers), case .token = presented,
            case .token(let id)? = try await identity.authentication.identify(presented, from: "")?.credential
        else { return nil }
        return try await identity.tokens.token(id)
    }

    private func members(_ request: Request, context: GalleryContext) async throws -> Response {
        let name = try context.segment("account")
        let cursor = request.uri.queryParameters.get("cursor") ?? ""
        let limit = 500
        let members = try await identity.organizations.members(of: name, after: cursor, limit: limit)
        var response = try APIRoutes.answer(members.map { MemberBody($0) })
        if members.count == limit, let last = members.last {
            let base = edge.addresses.base(of: request) + request.uri.path
            response.headers[.link] = "<\(base)?cursor=\(last.account.name)>; rel=\"next\""
        }
        return response
    }
}

extension HTTPField.Name {
    // swift-format-ignore: NeverForceUnwrap
    fileprivate static let link = HTTPField.Name("Link")!
}

/// `GET /api/whoami-v2`
private struct WhoamiBody: Encodable {
    struct Organization: Encodable {
        let type = "org"
        let id: String
        let name: String
        let fullname: String
        let avatarUrl: String
        let roleInOrg: String
    }

    struct Auth: Encodable {
        struct Token: Encodable {
            let displayName: String
            let role: String
            let createdAt: Date
        }

        let type: String
        let accessToken: Token?
        let expiresAt: Date?
    }

    let type = "user"
    let id: String
    let name: String
    let fullname: String
    let email: String
    let emailVerified: Bool
    let isPro = false
    let canPay = false
    let avatarUrl: String
    /// The account ID that the gallery shows.
    let accountId: String
    let orgs: [Organization]
    let auth: Auth

    init(_ account: Account, _ organizations: [MemberEntry], _ token: AccessToken?) {
        id = account.id.rawValue
        name = account.name
        fullname = account.nickname
        email = account.email
        avatarUrl = account.avatarPath
        emailVerified = account.isEmailConfirmed
        accountId = account.publicID
        orgs = organizations.map {
            Organization(
                id: $0.account.id.rawValue,
                name: $0.account.name,
                fullname: $0.account.nickname,
                avatarUrl: $0.account.avatarPath,
                roleInOrg: $0.role.rawValue
            )
        }
        auth = Auth(
            type: token == nil ? "session" : "access_token",
            accessToken: token.map { .init(displayName: $0.name, role: $0.scope.rawValue, createdAt: $0.createdAt) },
            expiresAt: token?.expiresAt
        )
    }
}

/// One member of an organisation as hub clients read it.
private struct MemberBody: Encodable {
    let type = "user"
    // swift-format-ignore: NoLeadingUnderscores
    let _id: String
    let user: String
    let fullname: String
    let avatarUrl: String
    let isPro = false
    let role: String

    init(_ entry: MemberEntry) {
        _id = entry.account.id.rawValue
        user = entry.account.name
        fullname = entry.account.nickname
        avatarUrl = entry.account.avatarPath
        role = entry.role.rawValue
    }
}
