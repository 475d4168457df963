import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import Hummingbird

/// `/api/v1/console/accounts`: what `/api/v1/admin/accounts` does not say of them.
struct PeopleConsoleRoutes: Sendable {
    let operators: Operators

    func add(to api: APIRoutes) {
        let one = "console/accounts/{account}"
        api.get(
            "console/accounts",
            "Find accounts, by name",
            for: .administrators,
            query: [
                .text("q", "A part of the name, nickname or e-mail address, or an account ID."),
                .choice("kind", AccountKind.self, "Only people, or only organisations."),
                .choice("role", SiteRole.self, "Only those with a role."),
                .text("state", "`active` or `disabled`."),
            ] + APIParameter.paging,
            answers: APIPage<ConsoleAccountBody>.self
        ) { call in
            let (cursor, limit) = try call.paging(standard: 50)
            let query = try call.query()
            var search = AccountSearch(query)
            search.kind = try query.choice("kind", AccountKind.self)
            search.role = try query.choice("role", SiteRole.self)
            let found = try await operators.search(search, after: cursor ?? "", limit: limit, by: call.viewer)
            return APIPage(items: found.accounts.map(ConsoleAccountBody.init), next: found.next)
        }
        api.get(one, "Show an account", for: .administrators, answers: ParticularsBody.self) { call in
            ParticularsBody(try await operators.particulars(of: call.path("account"), by: call.viewer))
        }
        api.send(
            .put,
            "\(one)/limits",
            "Set what an owner may store; null is the standard",
            for: .administrators,
            body: LimitsBody.self
        ) {
            call in
            let limits = OwnerLimits(fileBytes: call.body.fileBytes, repositoryBytes: call.body.repositoryBytes)
            try await operators.setLimits(limits, of: call.path("account"), by: call.viewer)
        }
        api.send(
            .post,
            "\(one)/password",
            "Give an account a random password, told once",
            for: .administrators,
            answers: PasswordBody.self
        ) {
            call in
            PasswordBody(password: try await operators.replacePassword(of: call.path("account"), by: call.viewer))
        }
        api.send(.delete, "\(one)/sessions", "End the sessions of an account", for: .administrators) { call in
            try await operators.endSessions(of: call.path("account"), by: call.viewer)
        }
        api.send(.delete, "\(one)/credentials", "Revoke the tokens and key pairs of an account", for: .administrators) {
            call in
            try await operators.revokeCredentials(of: call.path("account"), by: call.viewer)
        }
    }
}

/// An account in the interface of the console.
struct ConsoleAccountBody: Codable, Sendable {
    var name: String
    var id: String
    var kind: String
    var nickname: String
    var email: String
    var role: String
    var isDisabled: Bool
    var isRealNameVerified: Bool
    var createdAt: Date

    init(_ account: Account) {
        name = account.name
        id = account.publicID
        kind = account.kind.rawValue
        nickname = account.nickname
        email = account.email
        role = account.role.rawValue
        isDisabled = account.isDisabled
        isRealNameVerified = account.isRealNameVerified
        createdAt = account.createdAt
    }
}

/// What an owner may store; null is as the site has it.
struct LimitsBody: Codable, Sendable {
    var fileBytes: Int64?
    var repositoryBytes: Int64?
}

/// A password that is told once.
struct PasswordBody: Codable, Sendable {
    var password: String
}

/// An account with what belongs to it.
struct ParticularsBody: Codable, Sendable {
    struct Membership: Codable, Sendable {
        var name: String
        var role: String
    }

    var account: ConsoleAccountBody
    var limits: LimitsBody
    var usedBytes: Int64
    var assets: Int
    var sessions: Int
    var tokens: Int
    var keyPairs: Int
    /// The organisations of a person, the members of an organisation.
    var memberships: [Membership]

    init(_ particulars: AccountParticulars) {
        account = ConsoleAccountBody(particulars.account)
        limits = LimitsBody(
            fileBytes: particulars.limits.fileBytes,
            repositoryBytes: particulars.limits.repositoryBytes
        )
        usedBytes = particulars.usedBytes
        assets = particulars.repositories
        sessions = particulars.sessions.count
        tokens = particulars.tokens.count
        keyPairs = particulars.keyPairs
        memberships = particulars.memberships.map { Membership(name: $0.account.name, role: $0.role.rawValue) }
    }
}
