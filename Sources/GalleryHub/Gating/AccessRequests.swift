package import Foundation
package import GalleryDatabase
package import GalleryModel

/// Gated use: asking for it, deciding on it, giving it unasked.
package struct AccessRequests: Sendable {
    let database: any Database
    let world: World
    private let mayAsk: @Sendable (RepoFacts, Viewer.Account, any SQLConnection) throws -> Void

    /// `mayAsk` throws where somebody has to do something else first.
    package init(
        database: any Database,
        world: World,
        mayAsk: @escaping @Sendable (RepoFacts, Viewer.Account, any SQLConnection) throws -> Void = { _, _, _ in }
    ) {
        self.database = database
        self.world = world
        self.mayAsk = mayAsk
    }

    package var now: Date { world.now() }

    /// Asks for access; granted at once where gating is automatic. Asking again changes nothing unless the first request was
    /// rejected.
    package func ask(for repo: RepoID, fields: [String: String], by viewer: Viewer) async throws -> GrantState {
        let now = world.now()
        let id = world.newID()
        guard fields.count <= 50, fields.reduce(0, { $0 + $1.key.utf8.count + $1.value.utf8.count }) <= 20_000 else {
            throw AccessRequestError.tooManyFields
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let json = fields.isEmpty ? "" : String(decoding: try encoder.encode(fields), as: UTF8.self)
        return try await database.write { db in
            let facts = try db.facts(of: repo, for: viewer)
            try AccessPolicy.demand(.respond, on: facts, by: viewer)
            let account = try viewer.mustBeSignedIn()
            guard facts.gating != .off else { throw AccessRequestError.notGated }
            if AccessPolicy.refusal(of: .readCard, on: facts, to: viewer) == nil { return .accepted }
            try mayAsk(facts, account, db)
            if var known = try db.accessRequest(of: account.id, to: repo) {
                if facts.gating == .automatic {
                    try known.grant()
                } else {
                    guard known.state != .pending || known.isByHand else { return known.state }
                    known.ask(again: json, at: now)
                }
                try save(known, by: nil, at: now, db)
                return known.state
            }
            let request = AccessRequest(
                id: id,
                repo: repo,
                account: account.id,
                state: facts.gating == .automatic ? .accepted : .pending,
                fieldsJSON: json,
                createdAt: now
            )
            try save(request, by: nil, at: now, db)
            return request.state
        }
    }

    /// The viewer's own request; nil where they made none.
    package func own(for repo: RepoID, by viewer: Viewer) async throws -> AccessRequest? {
        try await database.read { db in
            try AccessPolicy.demand(.see, on: db.facts(of: repo, for: viewer), by: viewer)
            return try viewer.account.flatMap { try db.accessRequest(of: $0.id, to: repo) }
        }
    }

    /// The requests in one state, the newest first, with who made them.
    package func list(
        of repo: RepoID,
        _ state: GrantState,
        _ page: ListPage,
        by viewer: Viewer
    ) async throws -> Listed<AccessRequestEntry> {
        try await database.read { db in
            try AccessPolicy.demand(.administer, on: db.facts(of: repo, for: viewer), by: viewer)
            return try page.cut(db.accessRequests(to: repo, state, page))
                .map { AccessRequestEntry(request: $0.request, account: $0.account) }
        }
    }

    /// The same, going on after one of them.
    package func list(
        of repo: RepoID,
        _ state: GrantState,
        after place: (time: Date, id: String)?,
        limit: Int,
        by viewer: Viewer
    ) async throws -> [AccessRequestEntry] {
        try await database.read { db in
            try AccessPolicy.demand(.administer, on: db.facts(of: repo, for: viewer), by: viewer)
            return try db.accessRequests(to: repo, state, after: place, limit: limit)
                .map { AccessRequestEntry(request: $0.request, account: $0.account) }
        }
    }

    /// Reminds those who decide of requests that have waited for three days, and again every three days.
    ///
    /// What they were reminded of is noted together with the reminder, so that none comes twice and none is lost.
    package func remind() async throws {
        let now = world.now()
        let since = now.addingTimeInterval(-Self.patience)
        while true {
            let count = try await database.write { db in
                let repos = try db.reposWithUnremindedRequests(since: since, limit: 100)
                for repo in repos {
                    let waiting = try db.noteReminder(of: repo, at: now)
                    let topic = NotificationTopic.asset(
                        repo,
                        page: "/settings/access",
                        key: "applications",
                        values: ["waiting": String(waiting)]
                    )
                    try db.tell(.applicationReminder, to: db.keepers(of: repo), about: topic, by: nil, world: world)
                }
                return repos.count
            }
            guard count == 100 else { return }
        }
    }

    /// How long a request waits before a reminder.
    package static let patience: TimeInterval = 3 * 86_400

    /// Which request is meant: by who made it, or by its own id.
    package enum Selection: Sendable {
        case user(String)
        case request(String)
    }

    /// Accepts or rejects a request, or puts it back among those pending.
    package func decide(
        _ selection: Selection,
        _ state: GrantState,
        reason: String? = nil,
        of repo: RepoID,
        by viewer: Viewer
    ) async throws {
        let now = world.now()
        try await database.write { db in
            try AccessPolicy.demand(.administer, on: db.facts(of: repo, for: viewer), by: viewer)
            guard var request = try find(selection, of: repo, db) else { throw AccessRequestError.unknownRequest }
            try request.decide(state, reason: reason)
            try save(request, by: viewer.account?.id, at: now, db)
        }
    }

    /// Lets a user in, asked or not.
    package func grant(_ name: String, of repo: RepoID, by viewer: Viewer) async throws {
        let now = world.now()
        let id = world.newID()
        try await database.write { db in
            let facts = try db.facts(of: repo, for: viewer)
            try AccessPolicy.demand(.administer, on: facts, by: viewer)
            try letIn(user(named: name, db), to: facts, as: id, by: viewer, at: now, db)
        }
    }

    /// The same within a transaction in which the viewer's rights have been checked; who needs no access is an error, who has
    /// it is one too.
    package func letIn(
        _ user: Account,
        to facts: RepoFacts,
        as id: String,
        by viewer: Viewer,
        at now: Date,
        _ db: any SQLConnection
    ) throws {
        guard user.id != facts.owner, try db.membership(of: user.id, in: facts.owner) == nil else {
            throw AccessRequestError.needsNoAccess
        }
        let known = try db.accessRequest(of: user.id, to: facts.id)
        var request =
            known
            ?? AccessRequest(id: id, repo: facts.id, account: user.id, state: .pending, isByHand: true, createdAt: now)
        try request.grant()
        try save(request, by: viewer.account?.id, at: now, db)
    }

    /// Tells those concerned. Decisions go to the audit log, requests do not.
    private func save(_ request: AccessRequest, by decider: AccountID?, at now: Date, _ db: any SQLConnection) throws {
        try db.save(request, by: decider, at: now)
        guard let decider else {
            guard request.state == .pending else { return }
            let topic = NotificationTopic.asset(request.repo, page: "/settings/access", key: "applications")
            let keepers = try db.keepers(of: request.repo)
            try db.tell(.applicationWaiting, to: keepers, about: topic, by: request.account, world: world)
            return
        }
        try db.tell(
            request.state.notification,
            to: [request.account],
            about: .asset(request.repo, values: ["reason": request.rejectionReason]),
            by: decider,
            world: world
        )
        var detail = ["account": request.account.rawValue]
        if !request.rejectionReason.isEmpty { detail["reason"] = request.rejectionReason }
        try db.audit(
            "access.\(request.state.rawValue)",
            on: request.repo.rawValue,
            by: decider,
            detail: detail,
            world: world
        )
    }

    private func find(_ selection: Selection, of repo: RepoID, _ db: any SQLConnection) throws -> AccessRequest? {
        switch selection {
        case .user(let name): try db.accessRequest(of: user(named: name, db).id, to: repo)
        case .request(let id): try db.accessRequest(id, to: repo)
        }
    }

    private func user(named name: String, _ db: any SQLConnection) throws -> Account {
        guard let account = try db.account(named: name), account.kind == .user else {
            throw AccessRequestError.unknownUser(name)
        }
        return account
    }
}

extension GrantState {
    /// What the one who asked is told of a decision.
    fileprivate var notification: NotificationKind {
        switch self {
        case .pending: .applicationRevoked
        case .accepted: .applicationGranted
        case .rejected: .applicationRejected
        }
    }
}

/// A request with who made it, as its deciders see it.
package struct AccessRequestEntry: Sendable, Equatable {
    package var request: AccessRequest
    package var account: Account
}
