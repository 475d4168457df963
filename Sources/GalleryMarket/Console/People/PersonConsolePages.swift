import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// `/console/people/…`: one account, and what operators do with it.
struct PersonConsolePages: Sendable {
    private static let entries = 10

    let identity: Identity
    let log: AuditLog
    let settings: Settings
    let shownOnce: ShownOnce
    let world: World
    let pages: Pages
    private var operators: Operators { identity.operators }

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/console/people/:account") { request, context in
            try await page(nil, nil, request, context)
        }
        router.post("/console/people/:account/role") { request, context in
            try await change(request, context, saying: "accounts.saved") { form, name in
                guard let role = SiteRole(rawValue: form["role"] ?? "") else { throw Self.unknownRole }
                try await operators.setRole(role, of: name, by: context.viewer)
            }
        }
        router.post("/console/people/:account/state") { request, context in
            try await change(request, context, saying: "accounts.saved") { form, name in
                try await operators.setDisabled(form["disabled"] == "1", name, by: context.viewer)
            }
        }
        router.post("/console/people/:account/real-name") { request, context in
            try await change(request, context, saying: "accounts.saved") { form, name in
                try await operators.setRealNameVerified(form["verified"] == "1", of: name, by: context.viewer)
            }
        }
        router.post("/console/people/:account/sessions") { request, context in
            try await change(request, context, saying: "accounts.sessions.ended") { _, name in
                try await operators.endSessions(of: name, by: context.viewer)
            }
        }
        router.post("/console/people/:account/credentials") { request, context in
            try await change(request, context, saying: "accounts.credentials.revoked") { _, name in
                try await operators.revokeCredentials(of: name, by: context.viewer)
            }
        }
        router.post("/console/people/:account/limits", use: setLimits)
        router.post("/console/people/:account/password", use: replacePassword)
        router.post("/console/people/:account/members") { request, context in
            try await change(request, context, saying: "accounts.saved") { form, name in
                let member = (form["member"] ?? "").trimmed
                if form["action"] == "remove" {
                    return try await identity.organizations.remove(member, from: name, by: context.viewer)
                }
                guard let role = OrganizationRole(rawValue: form["role"] ?? "") else { throw Self.unknownRole }
                _ = try await identity.organizations.setRole(role, of: member, in: name, by: context.viewer)
            }
        }
    }

    private static let unknownRole = Problem.invalid("role-unknown", "There is no such role.")

    private func setLimits(_ request: Request, context: GalleryContext) async throws -> Response {
        let form = try await pages.form(request, context)
        let name = try context.segment("account")
        do {
            let limits = OwnerLimits(
                fileBytes: try Self.bytes(form["fileBytes"]),
                repositoryBytes: try Self.bytes(form["repositoryBytes"])
            )
            try await operators.setLimits(limits, of: name, by: context.viewer)
        } catch AccountError.badLimits {
            return try await page(form, context.say(AccountError.badLimits.problem), request, context)
        }
        return pages.redirect(to: PersonRow.path(name), flash: context.say("accounts.saved"), request, context)
    }

    /// Nil for an empty field, which stands for the site's limit.
    private static func bytes(_ text: String?) throws -> Int64? {
        guard let text = text?.trimmed, !text.isEmpty else { return nil }
        guard let bytes = ByteCount.parse(text) else { throw AccountError.badLimits }
        return bytes
    }

    private func replacePassword(_ request: Request, context: GalleryContext) async throws -> Response {
        _ = try await pages.form(request, context)
        let name = try context.segment("account")
        // It ends the sessions of its account: nobody would be left here to read one's own.
        guard name.lowercased() != context.viewer.account?.name.lowercased() else {
            return pages.redirect(to: "/settings/account", request, context)
        }
        let password = try await operators.replacePassword(of: name, by: context.viewer)
        return try await shownOnce.redirect(to: PersonRow.path(name), showing: password, pages, request, context)
    }

    /// Does it and comes back with a word, or with what was wrong.
    private func change(
        _ request: Request,
        _ context: GalleryContext,
        saying key: String,
        _ body: (QueryParameters, String) async throws -> Void
    ) async throws -> Response {
        let form = try await pages.form(request, context)
        let name = try context.segment("account")
        let path = PersonRow.path(name)
        do {
            try await body(form, name)
        } catch let error as any DomainError where [.conflict, .invalid, .missing].contains(error.problem.kind) {
            return pages.redirect(to: path, flash: context.say(error.problem), tone: .danger, request, context)
        }
        return pages.redirect(to: path, flash: context.say(key), request, context)
    }

    private func page(
        _ form: QueryParameters?,
        _ limitsError: String?,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        let name = try context.segment("account")
        let particulars = try await operators.particulars(of: name, by: context.viewer)
        var query = AuditLog.Query()
        query.subject = particulars.account.name
        let history = try await log.entries(query, limit: Self.entries, by: context.viewer).entries
        let page = PersonConsolePage(
            particulars,
            history: history,
            form: form,
            limitsError: limitsError,
            password: try await shownOnce.take(for: PersonRow.path(name), context),
            limits: settings.limits,
            now: world.now(),
            context
        )
        return try await pages.answer(
            page,
            title: particulars.account.name,
            status: limitsError == nil ? .ok : .unprocessableContent,
            place: "/console",
            headers: [.cacheControl: "no-store"],
            request,
            context
        )
    }
}
