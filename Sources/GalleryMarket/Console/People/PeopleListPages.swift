import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// `/console/people`: all accounts, and new ones.
struct PeopleListPages: Sendable {
    let operators: Operators
    let world: World
    let pages: Pages

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/console/people", use: list)
        router.get("/console/new-person") { request, context in
            try Administrators.demand(context.viewer)
            return try await form(QueryParameters(""), nil, request, context)
        }
        router.post("/console/new-person", use: create)
    }

    private func list(_ request: Request, context: GalleryContext) async throws -> Response {
        try Administrators.demand(context.viewer)
        let query = try request.query()
        let search = AccountSearch(query)
        let cursor = query["cursor"].flatMap { $0.isEmpty ? nil : $0 }
        let found = try await operators.search(search, after: cursor ?? "", by: context.viewer)
        let now = world.now()
        let page = PeopleListPage(
            menu: ConsoleMenu.entries("people", context),
            text: search.text,
            kinds: [
                FormChoice("", context.say("accounts.kind.all"), isChosen: search.kind == nil),
                FormChoice("user", context.say("accounts.kind.user"), isChosen: search.kind == .user),
                FormChoice(
                    "organization",
                    context.say("accounts.kind.organization"),
                    isChosen: search.kind == .organization
                ),
            ],
            roles: [FormChoice("", context.say("accounts.role.all"), isChosen: search.role == nil)]
                + SiteRole.allCases.map {
                    FormChoice($0.rawValue, context.say("accounts.role.\($0.rawValue)"), isChosen: search.role == $0)
                },
            states: [
                FormChoice("", context.say("accounts.state.all"), isChosen: search.isDisabled == nil),
                FormChoice("active", context.say("accounts.state.active"), isChosen: search.isDisabled == false),
                FormChoice("disabled", context.say("accounts.state.disabled"), isChosen: search.isDisabled == true),
            ],
            isFiltered: search != AccountSearch(),
            people: found.accounts.map { PersonRow($0, now: now, context) },
            pager: try request.pager(next: found.next, isFirst: cursor == nil)
        )
        return try await pages.answer(page, title: context.say("accounts.title"), place: "/console", request, context)
    }

    private func create(_ request: Request, context: GalleryContext) async throws -> Response {
        let fields = try await pages.form(request, context)
        do {
            let name = (fields["name"] ?? "").trimmed
            _ = try await operators.createUser(
                name: name,
                email: fields["email"] ?? "",
                role: SiteRole(rawValue: fields["role"] ?? "") ?? .user,
                password: nil,
                by: context.viewer
            )
            let flash = context.say("accounts.created", ["name": name])
            return pages.redirect(to: PersonRow.path(name), flash: flash, request, context)
        } catch let error as any DomainError where NewPersonPage.fields[error.problem.code] != nil {
            return try await form(fields, FormFault(error.problem, NewPersonPage.fields, context), request, context)
        }
    }

    private func form(
        _ fields: QueryParameters,
        _ fault: FormFault?,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        let page = NewPersonPage(
            menu: ConsoleMenu.entries("people", context),
            name: FormField(fields["name"] ?? "", error: fault?.error(at: "name")),
            email: FormField(fields["email"] ?? "", error: fault?.error(at: "email")),
            roles: SiteRole.allCases.map {
                FormChoice(
                    $0.rawValue,
                    context.say("accounts.role.\($0.rawValue)"),
                    isChosen: $0.rawValue == fields["role"] ?? "user"
                )
            }
        )
        return try await pages.answer(
            page,
            title: context.say("accounts.new"),
            status: fault == nil ? .ok : .unprocessableContent,
            place: "/console",
            request,
            context
        )
    }
}

extension AccountSearch {
    /// What an address says; what it says wrongly does not matter.
    init(_ query: QueryParameters) {
        self.init()
        text = (query["q"] ?? "").trimmed
        kind = AccountKind(rawValue: query["kind"] ?? "")
        role = SiteRole(rawValue: query["role"] ?? "")
        isDisabled = ["active": false, "disabled": true][query["state"] ?? ""]
    }
}

/// `templates/console/people.mustache`
struct PeopleListPage: Page {
    static let template = "console/people"

    let menu: [SideEntry]
    let text: String
    let kinds: [FormChoice]
    let roles: [FormChoice]
    let states: [FormChoice]
    let isFiltered: Bool
    let people: [PersonRow]
    let pager: Pager
}

/// An account in a list.
struct PersonRow: Sendable {
    let name: String
    let nickname: String?
    let publicID: String
    let email: String?
    let avatar: String
    let path: String
    let badges: [Badge]
    let created: Moment

    init(_ account: Account, now: Date, _ context: GalleryContext) {
        name = account.name
        nickname = account.nickname == account.name ? nil : account.nickname
        publicID = account.publicID
        email = account.email.isEmpty ? nil : account.email
        avatar = account.avatarPath(.small)
        path = Self.path(account.name)
        badges = Self.badges(account, context)
        created = context.formats.moment(account.createdAt, now: now)
    }

    static func path(_ name: String) -> String { "/console/people/\(PercentEncoding.encode(name))" }

    static func badges(_ account: Account, _ context: GalleryContext) -> [Badge] {
        var badges: [Badge] = []
        if account.kind == .organization {
            badges.append(Badge(context.say("accounts.kind.organization"), icon: "building"))
        }
        switch account.role {
        case .admin: badges.append(Badge(context.say("accounts.role.admin"), .accent, icon: "shield"))
        case .reviewer: badges.append(Badge(context.say("accounts.role.reviewer"), .accent))
        case .user: break
        }
        if account.isDisabled { badges.append(Badge(context.say("accounts.state.disabled"), .danger, icon: "lock")) }
        return badges
    }
}

/// `templates/console/new-person.mustache`
struct NewPersonPage: Page {
    static let template = "console/new-person"
    static let fields = [
        "account-name-invalid": "name", "account-name-reserved": "name", "account-name-taken": "name",
        "email-invalid": "email",
    ]

    let menu: [SideEntry]
    let name: FormField
    let email: FormField
    let roles: [FormChoice]
}
