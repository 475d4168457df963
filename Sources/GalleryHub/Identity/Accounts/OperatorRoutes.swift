import Foundation
import GalleryModel
import GalleryServing
import Hummingbird

/// `/api/v1/admin`: accounts and the audit log, for administrators.
struct OperatorRoutes: Sendable {
    let edge: IdentityEdge
    private var operators: Operators { edge.identity.operators }

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/api/v1/admin/accounts", use: list)
        router.post("/api/v1/admin/accounts", use: create)
        router.put("/api/v1/admin/accounts/:account/role", use: setRole)
        router.put("/api/v1/admin/accounts/:account/password", use: resetPassword)
        router.put("/api/v1/admin/accounts/:account/bar", use: disable)
        router.delete("/api/v1/admin/accounts/:account/bar", use: enable)
        router.put("/api/v1/admin/accounts/:account/real-name", use: verifyRealName)
        router.delete("/api/v1/admin/accounts/:account/real-name", use: unverifyRealName)
        router.get("/api/v1/admin/audit-log", use: auditLog)
    }

    private func list(_ request: Request, context: GalleryContext) async throws -> Response {
        let query = request.uri.queryParameters
        let page = try await operators.accounts(
            after: query.get("after") ?? "",
            limit: Int(query.get("limit") ?? "") ?? 100,
            by: context.viewer
        )
        return try edge.answer(page.map { AccountBody($0, isOwn: true) })
    }

    private struct CreateRequest: Decodable {
        var name: String
        var email: String?
        var role: SiteRole?
        var password: String
    }

    private func create(_ request: Request, context: GalleryContext) async throws -> Response {
        let body = try await edge.json(CreateRequest.self, of: request)
        let account = try await operators.createUser(
            name: body.name,
            email: body.email ?? "",
            role: body.role ?? .user,
            password: body.password,
            by: context.viewer
        )
        return try edge.answer(AccountBody(account, isOwn: true), status: .created)
    }

    private struct RoleRequest: Decodable {
        var role: SiteRole
    }

    private func setRole(_ request: Request, context: GalleryContext) async throws -> Response {
        let body = try await edge.json(RoleRequest.self, of: request)
        try await operators.setRole(body.role, of: context.segment("account"), by: context.viewer)
        return IdentityEdge.noContent
    }

    private struct PasswordRequest: Decodable {
        var password: String
    }

    private func resetPassword(_ request: Request, context: GalleryContext) async throws -> Response {
        let body = try await edge.json(PasswordRequest.self, of: request)
        try await operators.resetPassword(
            of: context.segment("account"),
            to: body.password,
            by: context.viewer
        )
        return IdentityEdge.noContent
    }

    private func disable(_ request: Request, context: GalleryContext) async throws -> Response {
        try await operators.setDisabled(true, context.segment("account"), by: context.viewer)
        return IdentityEdge.noContent
    }

    private func enable(_ request: Request, context: GalleryContext) async throws -> Response {
        try await operators.setDisabled(false, context.segment("account"), by: context.viewer)
        return IdentityEdge.noContent
    }

    private func verifyRealName(_ request: Request, context: GalleryContext) async throws -> Response {
        try await operators.setRealNameVerified(true, of: context.segment("account"), by: context.viewer)
        return IdentityEdge.noContent
    }

    private func unverifyRealName(_ request: Request, context: GalleryContext) async throws -> Response {
        try await operators.setRealNameVerified(false, of: context.segment("account"), by: context.viewer)
        return IdentityEdge.noContent
    }

    private func auditLog(_ request: Request, context: GalleryContext) async throws -> Response {
        let query = request.uri.queryParameters
        let entries = try await operators.auditLog(
            before: query.get("before"),
            limit: Int(query.get("limit") ?? "") ?? 100,
            by: context.viewer
        )
        return try edge.answer(entries.map(AuditEntryBody.init))
    }
}

/// One line of the audit log in our own API.
private struct AuditEntryBody: Encodable {
    let id: String
    let at: Date
    let actor: String?
    let action: String
    let subject: String
    let detail: [String: String]

    init(_ entry: AuditEntry) {
        id = entry.id
        at = entry.at
        actor = entry.actor?.rawValue
        action = entry.action
        subject = entry.subject
        detail = (try? JSONDecoder().decode([String: String].self, from: Data(entry.detail.utf8))) ?? [:]
    }
}
