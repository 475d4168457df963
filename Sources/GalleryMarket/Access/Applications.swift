import GalleryDatabase
package import GalleryHub
package import GalleryModel
import GalleryServing

/// Applications for gated use as people make and decide on them here: with agreements, a name and a reason.
package struct Applications: Sendable {
    let database: any Database
    let requests: AccessRequests
    let agreements: Agreements

    /// Applies for use, once both agreements are accepted.
    package func apply(
        for repo: RepoID,
        name: String,
        reason: String,
        accepting kinds: [AgreementKind],
        by viewer: Viewer
    ) async throws -> GrantState {
        let (name, reason) = (name.trimmed, reason.trimmed)
        guard (1...60).contains(name.count) else { throw ApplicationError.nameMissing }
        guard (1...1000).contains(reason.count) else { throw ApplicationError.reasonMissing }
        // Acceptance is recorded first: applying without it is refused, accepting without applying harms nobody.
        try await database.write { db in
            try AccessPolicy.demand(.respond, on: db.facts(of: repo, for: viewer), by: viewer)
            try agreements.demand(.applying, accepting: kinds, for: repo, by: viewer.mustBeSignedIn().id, db)
        }
        return try await requests.ask(for: repo, fields: ["name": name, "reason": reason], by: viewer)
    }

    /// The applications in one state, the newest first, and where the list goes on.
    package func list(
        of repo: RepoID,
        _ state: GrantState,
        after cursor: String? = nil,
        limit: Int = 50,
        by viewer: Viewer
    ) async throws -> (applications: [AccessRequestEntry], next: String?) {
        let place = try cursor.map(TimeCursor.init).map { (time: $0.time, id: $0.id) }
        let limit = max(1, min(limit, 200))
        let found = try await requests.list(of: repo, state, after: place, limit: limit + 1, by: viewer)
        let shown = Array(found.prefix(limit))
        let last = found.count > limit ? shown.last?.request : nil
        return (shown, last.map { TimeCursor($0.createdAt, $0.id).text })
    }

    /// Grants an application, rejects it with a reason, or puts it back among those that wait.
    package func decide(
        _ account: String,
        _ state: GrantState,
        reason: String = "",
        of repo: RepoID,
        by viewer: Viewer
    ) async throws {
        let reason = state == .rejected ? try Reviewing.reason(reason) : nil
        try await requests.decide(.user(account), state, reason: reason, of: repo, by: viewer)
    }

    /// Lets users in by account name, `ur…` id or nickname; those who may use it already are left as they are.
    package func letIn(_ names: [String], to repo: RepoID, by viewer: Viewer) async throws {
        guard (1...200).contains(names.count) else { throw ApplicationError.nobodyNamed }
        let people = try await database.read { db in
            try AccessPolicy.demand(.administer, on: db.facts(of: repo, for: viewer), by: viewer)
            return try db.people(named: names, field: "users")
        }
        for account in people {
            do {
                try await requests.grant(account.name, of: repo, by: viewer)
            } catch AccessRequestError.needsNoAccess, AccessRequestError.alreadyGranted {
                continue
            }
        }
    }
}

/// Reminds owners of applications that wait.
struct ApplicationReminderJob: Job {
    static let kind = "applications.remind"
}

extension Applications {
    func register(in handlers: inout JobHandlers) {
        handlers.on(ApplicationReminderJob.self) { _ in try await requests.remind() }
        handlers.every(.seconds(3600), enqueue: ApplicationReminderJob())
    }
}

/// What can be wrong with applications.
package enum ApplicationError: DomainError, Equatable {
    case nameMissing
    case reasonMissing
    case nobodyNamed

    package var problem: Problem {
        switch self {
        case .nameMissing:
            Problem(
                .unprocessable,
                "application-name",
                "Give your name, in 1 to 60 characters.",
                members: ["field": "name"]
            )
        case .reasonMissing:
            Problem(
                .unprocessable,
                "application-reason",
                "Say what you want to use it for, in 1 to 1,000 characters.",
                members: ["field": "reason"]
            )
        case .nobodyNamed:
            Problem(.unprocessable, "application-nobody", "Name 1 to 200 users.", members: ["field": "users"])
        }
    }
}

extension SQLConnection {
    /// The page on which one applies for an asset.
    func applicationPage(of repo: RepoID) throws -> String {
        let row = try row(
            """
            SELECT repositories.kind, accounts.name AS owner_name, repositories.name
            FROM repositories JOIN accounts ON accounts.id = repositories.owner WHERE repositories.id = \(repo)
            """
        )
        guard let row else { return "/" }
        let kind: RepoKind = try row.get("kind")
        let (owner, name): (String, String) = (try row.get("owner_name"), try row.get("name"))
        return "/\(kind.pathPrefix)\(owner)/\(name)/apply"
    }
}
