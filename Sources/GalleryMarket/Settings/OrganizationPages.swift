import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird
import NIOCore

/// `/settings/organizations`: one's organisations, founding one, and each one's settings and members.
struct OrganizationPages: Sendable {
    private static let mostMembers = 500

    let identity: Identity
    let profiles: Profiles
    let pages: Pages
    private var organizations: Organizations { identity.organizations }

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/settings/organizations", use: list)
        router.post("/settings/organizations", use: create)
        router.get("/settings/organizations/:organization", use: show)
        router.post("/settings/organizations/:organization", use: save)
        router.post("/settings/organizations/:organization/avatar", use: replaceAvatar)
        router.post("/settings/organizations/:organization/avatar/removal", use: removeAvatar)
        router.post("/settings/organizations/:organization/members", use: addMember)
        router.post("/settings/organizations/:organization/members/:member", use: changeMember)
        router.post("/settings/organizations/:organization/leave", use: leave)
    }

    // MARK: The list

    private func list(_ request: Request, context: GalleryContext) async throws -> Response {
        try await listPage(QueryParameters(""), nil, request, context)
    }

    private func create(_ request: Request, context: GalleryContext) async throws -> Response {
        let form = try await pages.form(request, context)
        do {
            try await profiles.check(nickname: form["nickname"], bio: nil)
            let founding = Organizations.Founding(
                name: (form["name"] ?? "").trimmed,
                nickname: form["nickname"] ?? "",
                isPrivateByDefault: form["private"] != nil
            )
            let account = try await organizations.create(founding, by: context.viewer)
            let flash = context.say("settings.organizations.created")
            return pages.redirect(to: Self.path(account), flash: flash, request, context)
        } catch let error as any DomainError where OrganizationsPage.fields[error.problem.code] != nil {
            let fault = FormFault(error.problem, OrganizationsPage.fields, context)
            return try await listPage(form, fault, request, context)
        }
    }

    private func listPage(
        _ form: QueryParameters,
        _ fault: FormFault?,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        let me = try context.viewer.mustManageAccount()
        let entries = try await organizations.organizations(of: me.name)
        let page = OrganizationsPage(
            menu: SettingsMenu.entries("organizations", context),
            organizations: entries.map { entry in
                OrganizationsPage.Entry(
                    name: entry.account.name,
                    nickname: entry.account.nickname == entry.account.name ? nil : entry.account.nickname,
                    avatar: entry.account.avatarPath(.small),
                    role: context.say("role.\(entry.role.rawValue)"),
                    path: Self.path(entry.account)
                )
            },
            isOpen: fault != nil || entries.isEmpty,
            name: FormField(form["name"] ?? "", error: fault?.error(at: "name")),
            nickname: FormField(form["nickname"] ?? "", error: fault?.error(at: "nickname")),
            isPrivate: form["private"] != nil || form.items.isEmpty
        )
        return try await pages.answer(
            page,
            title: context.say("settings.organizations"),
            status: fault == nil ? .ok : .unprocessableContent,
            request,
            context
        )
    }

    // MARK: One organisation

    private func show(_ request: Request, context: GalleryContext) async throws -> Response {
        try await page(QueryParameters(""), nil, request, context)
    }

    private func save(_ request: Request, context: GalleryContext) async throws -> Response {
        try await change(request, context, saying: "settings.saved") { form, name in
            let bio = (form["bio"] ?? "").replacingOccurrences(of: "\r\n", with: "\n")
            try await profiles.check(nickname: form["nickname"], bio: bio)
            _ = try await organizations.update(
                name,
                nickname: form["nickname"] ?? "",
                bio: bio,
                isPrivateByDefault: form["private"] != nil,
                by: context.viewer
            )
        }
    }

    private func addMember(_ request: Request, context: GalleryContext) async throws -> Response {
        try await change(request, context, saying: "settings.members.added") { form, name in
            let role = try Self.role(form["role"])
            _ = try await organizations.setRole(
                role,
                of: (form["member"] ?? "").trimmed,
                in: name,
                by: context.viewer
            )
        }
    }

    private func changeMember(_ request: Request, context: GalleryContext) async throws -> Response {
        let member = try context.segment("member")
        return try await change(request, context, saying: "settings.saved") { form, name in
            if form["action"] == "remove" {
                try await organizations.remove(member, from: name, by: context.viewer)
            } else {
                _ = try await organizations.setRole(Self.role(form["role"]), of: member, in: name, by: context.viewer)
            }
        }
    }

    private func leave(_ request: Request, context: GalleryContext) async throws -> Response {
        _ = try await pages.form(request, context)
        let name = try context.segment("organization")
        let me = try context.viewer.mustManageAccount()
        do {
            try await organizations.remove(me.name, from: name, by: context.viewer)
        } catch OrganizationError.lastAdmin {
            let flash = context.say(OrganizationError.lastAdmin.problem)
            return pages.redirect(
                to: "/settings/organizations/\(name)",
                flash: flash,
                tone: .danger,
                request,
                context
            )
        }
        let flash = context.say("settings.organizations.left")
        return pages.redirect(to: "/settings/organizations", flash: flash, request, context)
    }

    private func replaceAvatar(_ request: Request, context: GalleryContext) async throws -> Response {
        let name = try context.segment("organization")
        let path = "/settings/organizations/\(name)"
        do {
            let form = try await request.multipartForm()
            guard let file = form.file("picture") else { throw PictureError.unreadable }
            let bytes = Array(file.bytes.readableBytesView)
            _ = try await identity.avatars.replace(of: name, with: bytes, crop: form.crop, by: context.viewer)
        } catch let error as any DomainError where [.invalid, .tooLarge].contains(error.problem.kind) {
            return pages.redirect(to: path, flash: context.say(error.problem), tone: .danger, request, context)
        }
        return pages.redirect(to: path, flash: context.say("settings.saved"), request, context)
    }

    private func removeAvatar(_ request: Request, context: GalleryContext) async throws -> Response {
        let name = try context.segment("organization")
        _ = try await identity.avatars.remove(of: name, by: context.viewer)
        return pages.redirect(
            to: "/settings/organizations/\(name)",
            flash: context.say("settings.saved"),
            request,
            context
        )
    }

    private func change(
        _ request: Request,
        _ context: GalleryContext,
        saying key: String,
        _ body: (QueryParameters, String) async throws -> Void
    ) async throws -> Response {
        let form = try await pages.form(request, context)
        let name = try context.segment("organization")
        do {
            try await body(form, name)
        } catch let error as any DomainError where OrganizationPage.fields[error.problem.code] != nil {
            let fault = FormFault(error.problem, OrganizationPage.fields, context)
            return try await page(form, fault, request, context)
        }
        return pages.redirect(
            to: "/settings/organizations/\(name)",
            flash: context.say(key),
            request,
            context
        )
    }

    private func page(
        _ form: QueryParameters,
        _ fault: FormFault?,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        let me = try context.viewer.mustManageAccount()
        let name = try context.segment("organization")
        let (account, _) = try await organizations.organization(named: name)
        let members = try await organizations.members(of: name, limit: Self.mostMembers)
        let role = members.first { $0.account.id == me.id }?.role
        guard role != nil || me.role == .admin else { throw OrganizationError.notAnAdmin }
        let page = OrganizationPage(
            account,
            members: members,
            viewer: me,
            mayAdminister: role == .admin || me.role == .admin,
            form,
            fault,
            context
        )
        return try await pages.answer(
            page,
            title: account.nickname,
            status: fault == nil ? .ok : .unprocessableContent,
            request,
            context
        )
    }

    private static func role(_ text: String?) throws -> OrganizationRole {
        guard let role = OrganizationRole(rawValue: text ?? "") else {
            throw Problem.invalid("role-unknown", "The role is one of read, contributor, write, admin.")
        }
        return role
    }

    private static func path(_ account: Account) -> String { "/settings/organizations/\(account.name)" }
}
