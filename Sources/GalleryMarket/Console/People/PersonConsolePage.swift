import Foundation
import GalleryHub
import GalleryModel
import GalleryServing

/// `templates/console/person.mustache`
struct PersonConsolePage: Page {
    static let template = "console/person"

    struct SessionRow: Sendable {
        let agent: String
        let address: String
        let seen: Moment
    }

    struct TokenRow: Sendable {
        let name: String
        let hint: String
        let scope: String
        let used: Moment?
    }

    struct Membership: Sendable {
        let name: String
        let path: String
        let role: String
        let roles: [FormChoice]
    }

    let menu: [SideEntry]
    let path: String
    let name: String
    let title: String
    let avatar: String
    let badges: [Badge]
    let facts: [Fact]
    let isPerson: Bool
    let isOrganization: Bool
    let isDisabled: Bool
    let isVerified: Bool
    /// Changes end one's own sessions.
    let isSelf: Bool
    let roles: [FormChoice]
    let password: String?
    let limits: Limits
    let sessions: [SessionRow]
    let hasSessions: Bool
    let tokens: [TokenRow]
    let keyPairs: String?
    let hasCredentials: Bool
    let memberships: [Membership]
    let hasMemberships: Bool
    let memberRoles: [FormChoice]
    let history: [AuditRow]
    let subjectPath: String
    let actorPath: String

    struct Limits: Sendable {
        let fileBytes: String
        let repositoryBytes: String
        let standardFile: String
        let standardRepository: String
        let error: String?
    }

    init(
        _ particulars: AccountParticulars,
        history: [NamedAuditEntry],
        form: QueryParameters?,
        limitsError: String?,
        password: String?,
        limits: Settings.Limits,
        now: Date,
        _ context: GalleryContext
    ) {
        let account = particulars.account
        menu = ConsoleMenu.entries("people", context)
        path = PersonRow.path(account.name)
        name = account.name
        title = account.nickname.isEmpty ? account.name : account.nickname
        avatar = account.avatarPath(.medium)
        badges = PersonRow.badges(account, context)
        facts = Self.facts(particulars, context)
        isPerson = account.kind == .user
        isOrganization = account.kind == .organization
        isDisabled = account.isDisabled
        isVerified = account.isRealNameVerified
        isSelf = context.viewer.account?.id == account.id
        roles = SiteRole.allCases.map {
            FormChoice($0.rawValue, context.say("accounts.role.\($0.rawValue)"), isChosen: $0 == account.role)
        }
        self.password = password
        let own = particulars.limits
        self.limits = Limits(
            fileBytes: form?["fileBytes"] ?? own.fileBytes.map(ByteCount.text) ?? "",
            repositoryBytes: form?["repositoryBytes"] ?? own.repositoryBytes.map(ByteCount.text) ?? "",
            standardFile: ByteCount.text(limits.fileBytes),
            standardRepository: ByteCount.text(limits.repositoryBytes),
            error: limitsError
        )
        sessions = particulars.sessions.map {
            SessionRow(
                agent: BrowserName.text($0.agent) ?? ($0.agent.isEmpty ? "–" : $0.agent),
                address: $0.address,
                seen: context.formats.moment($0.lastSeenAt, now: now)
            )
        }
        hasSessions = !sessions.isEmpty
        tokens = particulars.tokens.map { entry in
            TokenRow(
                name: entry.token.name,
                hint: entry.token.hint,
                scope: context.say("settings.scope.\(entry.token.scope.rawValue)"),
                used: entry.token.lastUsedAt.map { context.formats.moment($0, now: now) }
            )
        }
        keyPairs = particulars.keyPairs == 0 ? nil : context.say("accounts.keys", count: particulars.keyPairs)
        hasCredentials = !tokens.isEmpty || particulars.keyPairs > 0
        memberships = particulars.memberships.map { Membership($0, context) }
        hasMemberships = !memberships.isEmpty
        memberRoles = OrganizationRole.allCases.map { FormChoice($0.rawValue, context.say("role.\($0.rawValue)")) }
        self.history = history.map { AuditRow($0, now: now, context) }
        subjectPath = "/console/audit?subject=\(PercentEncoding.encode(account.name))"
        actorPath = "/console/audit?person=\(PercentEncoding.encode(account.name))"
    }

    private static func facts(_ particulars: AccountParticulars, _ context: GalleryContext) -> [Fact] {
        let account = particulars.account
        var facts = [
            Fact(context.say("accounts.name"), account.name, path: "/\(PercentEncoding.encode(account.name))"),
            Fact(context.say("accounts.id"), account.publicID),
        ]
        if !account.email.isEmpty {
            let state =
                account.isEmailConfirmed
                ? context.say("settings.email.isConfirmed") : context.say("settings.email.isOpen")
            facts.append(Fact(context.say("account.email"), "\(account.email) · \(state)"))
        }
        facts += [
            Fact(context.say("accounts.since"), Formats.absolute(account.createdAt)),
            Fact(
                context.say("accounts.stored"),
                context.say("accounts.assets", count: particulars.repositories) + " · "
                    + context.formats.bytes(particulars.usedBytes)
            ),
        ]
        return facts
    }
}

extension PersonConsolePage.Membership {
    fileprivate init(_ entry: MemberEntry, _ context: GalleryContext) {
        name = entry.account.name
        path = PersonRow.path(entry.account.name)
        role = context.say("role.\(entry.role.rawValue)")
        roles = OrganizationRole.allCases.map {
            FormChoice($0.rawValue, context.say("role.\($0.rawValue)"), isChosen: $0 == entry.role)
        }
    }
}
