import Foundation
import GalleryModel
import GalleryServing
import HTTPTypes

/// `/api/v1/organizations`
struct OrganizationRoutes: Sendable {
    let edge: IdentityEdge
    private var organizations: Organizations { edge.identity.organizations }

    func add(to api: APIRoutes) {
        api.send(
            .post,
            "organizations",
            "Found an organisation",
            for: .account,
            body: CreateRequest.self,
            status: .created
        ) {
            [organizations] call in
            let founding = Organizations.Founding(
                name: call.body.name,
                nickname: call.body.nickname ?? "",
                isPrivateByDefault: call.body.isPrivateByDefault ?? false
            )
            return AccountBody(try await organizations.create(founding, by: call.viewer))
        }
        api.get("organizations/{organization}", "Show an organisation", for: .everyone) { [organizations] call in
            AccountBody(try await organizations.organization(named: call.path("organization")).account)
        }
        api.send(
            .patch,
            "organizations/{organization}",
            "Change an organisation's profile",
            for: .account,
            body: UpdateRequest.self
        ) {
            [organizations] call in
            let account = try await organizations.update(
                call.path("organization"),
                nickname: call.body.nickname,
                email: call.body.email,
                bio: call.body.bio,
                isPrivateByDefault: call.body.isPrivateByDefault,
                by: call.viewer
            )
            return AccountBody(account, isOwn: true)
        }
        api.get(
            "organizations/{organization}/members",
            "List members by name",
            for: .everyone,
            query: [
                .text("after", "The name after which the page begins."),
                .number("limit", "The most entries; the server may answer fewer.", in: 1...Int(Int32.max)),
            ]
        ) { [organizations] call in
            let query = try call.query()
            let members = try await organizations.members(
                of: call.path("organization"),
                after: query["after"] ?? "",
                limit: query.limit(standard: 100, maximum: 1000)
            )
            return members.map(MemberEntryBody.init)
        }
        api.send(
            .put,
            "organizations/{organization}/members/{member}",
            "Add a member, or change a member's role",
            for: .account,
            body: MemberRequest.self
        ) { [organizations] call in
            _ = try await organizations.setRole(
                call.body.role,
                of: call.path("member"),
                in: call.path("organization"),
                by: call.viewer
            )
        }
        api.send(.delete, "organizations/{organization}/members/{member}", "Remove a member, or leave", for: .account) {
            [organizations] call in
            try await organizations.remove(call.path("member"), from: call.path("organization"), by: call.viewer)
        }
        api.get("account/organizations", "List one's organisations") { [organizations] call in
            let me = try call.viewer.mustBeSignedIn()
            return try await organizations.organizations(of: me.name).map(MemberEntryBody.init)
        }
    }

    private struct CreateRequest: Codable {
        var name: String
        var nickname: String?
        var isPrivateByDefault: Bool?
    }

    private struct UpdateRequest: Codable {
        var nickname: String?
        var email: String?
        var bio: String?
        var isPrivateByDefault: Bool?
    }

    private struct MemberRequest: Codable {
        var role: OrganizationRole
    }
}

/// A member, or an organisation one is a member of.
private struct MemberEntryBody: Codable {
    let account: AccountBody
    let role: OrganizationRole

    init(_ entry: MemberEntry) {
        account = AccountBody(entry.account)
        role = entry.role
    }
}
