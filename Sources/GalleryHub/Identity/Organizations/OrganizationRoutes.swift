import Foundation
import GalleryModel
import GalleryServing
import Hummingbird

/// `/api/v1/organizations`
struct OrganizationRoutes: Sendable {
    let edge: IdentityEdge
    private var organizations: Organizations { edge.identity.organizations }

    func add(to router: some RouterMethods<GalleryContext>) {
        router.post("/api/v1/organizations", use: create)
        router.get("/api/v1/organizations/:organization", use: organization)
        router.patch("/api/v1/organizations/:organization", use: update)
        router.get("/api/v1/organizations/:organization/members", use: members)
        router.put("/api/v1/organizations/:organization/members/:member", use: setMember)
        router.delete("/api/v1/organizations/:organization/members/:member", use: removeMember)
        router.get("/api/v1/account/organizations", use: own)
    }

    private struct CreateRequest: Decodable {
        var name: String
        var nickname: String?
        var isPrivateByDefault: Bool?
    }

    private func create(_ request: Request, context: GalleryContext) async throws -> Response {
        let body = try await edge.json(CreateRequest.self, of: request)
        let founding = Organizations.Founding(
            name: body.name,
            nickname: body.nickname ?? "",
            isPrivateByDefault: body.isPrivateByDefault ?? false
        )
        let account = try await organizations.create(founding, by: context.viewer)
        return try edge.answer(AccountBody(account), status: .created)
    }

    private func organization(_ request: Request, context: GalleryContext) async throws -> Response {
        let (account, _) = try await organizations.organization(named: context.segment("organization"))
        return try edge.answer(AccountBody(account))
    }

    private struct UpdateRequest: Decodable {
        var nickname: String?
        var email: String?
        var bio: String?
        var isPrivateByDefault: Bool?
    }

    private func update(_ request: Request, context: GalleryContext) async throws -> Response {
        let body = try await edge.json(UpdateRequest.self, of: request)
        let account = try await organizations.update(
            context.segment("organization"),
            nickname: body.nickname,
            email: body.email,
            bio: body.bio,
            isPrivateByDefault: body.isPrivateByDefault,
            by: context.viewer
        )
        return try edge.answer(AccountBody(account, isOwn: true))
    }

    private func members(_ request: Request, context: GalleryContext) async throws -> Response {
        let query = request.uri.queryParameters
        let members = try await organizations.members(
            of: context.segment("organization"),
            after: query.get("after") ?? "",
            limit: Int(query.get("limit") ?? "") ?? 100
        )
        return try edge.answer(members.map(MemberEntryBody.init))
    }

    private struct MemberRequest: Decodable {
        var role: OrganizationRole
    }

    private func setMember(_ request: Request, context: GalleryContext) async throws -> Response {
        let body = try await edge.json(MemberRequest.self, of: request)
        _ = try await organizations.setRole(
            body.role,
            of: context.segment("member"),
            in: context.segment("organization"),
            by: context.viewer
        )
        return IdentityEdge.noContent
    }

    private func removeMember(_ request: Request, context: GalleryContext) async throws -> Response {
        try await organizations.remove(
            context.segment("member"),
            from: context.segment("organization"),
            by: context.viewer
        )
        return IdentityEdge.noContent
    }

    private func own(_ request: Request, context: GalleryContext) async throws -> Response {
        let me = try context.viewer.mustBeSignedIn()
        return try await edge.answer(organizations.organizations(of: me.name).map(MemberEntryBody.init))
    }
}

/// A member, or an organisation one is a member of.
private struct MemberEntryBody: Encodable {
    let account: AccountBody
    let role: OrganizationRole

    init(_ entry: MemberEntry) {
        account = AccountBody(entry.account)
        role = entry.role
    }
}
