import Foundation
import GalleryModel
import GalleryServing
import HTTPTypes

/// `/api/v1/admin`: accounts and the audit log, for administrators.
struct OperatorRoutes: Sendable {
    let edge: IdentityEdge
    private var operators: Operators { edge.identity.operators }

    func add(to api: APIRoutes) {
        api.get(
            "admin/accounts",
            "List accounts by name",
            for: .administrators,
            query: [
                .text("after", "The name after which the page begins."),
                .number("limit", "The most entries; the server may answer fewer.", in: 1...Int(Int32.max)),
            ]
        ) { [operators] call in
            let query = try call.query()
            let page = try await operators.accounts(
                after: query["after"] ?? "",
                limit: query.limit(standard: 100, maximum: 1000),
                by: call.viewer
            )
            return page.map { AccountBody($0, isOwn: true) }
        }
        api.send(
            .post,
            "admin/accounts",
            "Create an account",
            for: .administrators,
            body: CreateRequest.self,
            status: .created
        ) {
            [operators] call in
            let account = try await operators.createUser(
                name: call.body.name,
                email: call.body.email ?? "",
                role: call.body.role ?? .user,
                password: call.body.password,
                by: call.viewer
            )
            return AccountBody(account, isOwn: true)
        }
        api.send(
            .put,
            "admin/accounts/{account}/role",
            "Give an account a role",
            for: .administrators,
            body: RoleRequest.self
        ) {
            [operators] call in
            try await operators.setRole(call.body.role, of: call.path("account"), by: call.viewer)
        }
        api.send(
            .put,
            "admin/accounts/{account}/password",
            "Set an account's password",
            for: .administrators,
            body: PasswordRequest.self
        ) {
            [operators] call in
            try await operators.resetPassword(of: call.path("account"), to: call.body.password, by: call.viewer)
        }
        api.send(.put, "admin/accounts/{account}/bar", "Bar an account", for: .administrators) { [operators] call in
            try await operators.setDisabled(true, call.path("account"), by: call.viewer)
        }
        api.send(.delete, "admin/accounts/{account}/bar", "Let a barred account in again", for: .administrators) {
            [operators] call in
            try await operators.setDisabled(false, call.path("account"), by: call.viewer)
        }
        api.send(.put, "admin/accounts/{account}/real-name", "Note that a real name was verified", for: .administrators)
        {
            [operators] call in
            try await operators.setRealNameVerified(true, of: call.path("account"), by: call.viewer)
        }
        api.send(
            .delete,
            "admin/accounts/{account}/real-name",
            "Take back that a real name was verified",
            for: .administrators
        ) {
            [operators] call in
            try await operators.setRealNameVerified(false, of: call.path("account"), by: call.viewer)
        }
        api.get(
            "admin/audit-log",
            "Read the audit log, newest first",
            for: .administrators,
            query: [
                .text("before", "The entry before which the page ends."),
                .number("limit", "The most entries; the server may answer fewer.", in: 1...Int(Int32.max)),
            ]
        ) { [operators] call in
            let query = try call.query()
            let entries = try await operators.auditLog(
                before: query["before"],
                limit: query.limit(standard: 100, maximum: 1000),
                by: call.viewer
            )
            return entries.map(AuditEntryBody.init)
        }
    }

    private struct CreateRequest: Codable {
        var name: String
        var email: String?
        var role: SiteRole?
        var password: String
    }

    private struct RoleRequest: Codable {
        var role: SiteRole
    }

    private struct PasswordRequest: Codable {
        var password: String
    }
}

/// One line of the audit log in our own API.
private struct AuditEntryBody: Codable {
    let id: String
    let at: Date
    let actor: String?
    let action: String
    let subject: String
    let detail: [String: String]
    let address: String
    let agent: String
    let request: String

    init(_ entry: AuditEntry) {
        id = entry.id
        at = entry.at
        actor = entry.actor?.rawValue
        action = entry.action
        subject = entry.subject
        detail = entry.details
        address = entry.address
        agent = entry.agent
        request = entry.request
    }
}
