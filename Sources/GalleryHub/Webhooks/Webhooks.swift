import Foundation
package import GalleryDatabase
package import GalleryModel

/// Webhooks of accounts: addresses told of what happens to repositories.
package struct Webhooks: Sendable {
    private static let maximumPerOwner = 100
    private static let maximumWatches = 200

    let database: any Database
    let secrets: SecretBox
    let sender: WebhookSender
    let world: World

    package init(database: any Database, secrets: SecretBox, sender: WebhookSender, world: World) {
        self.database = database
        self.secrets = secrets
        self.sender = sender
        self.world = world
    }

    package func list(by viewer: Viewer) async throws -> [RevealedWebhook] {
        let account = try mustBeWhole(viewer, .read)
        return try await database.read { db in try db.webhooks(of: account.id) }.map(reveal)
    }

    package func webhook(_ id: String, by viewer: Viewer) async throws -> RevealedWebhook {
        let account = try mustBeWhole(viewer, .read)
        return try reveal(await database.read { db in try find(id, of: account, db) })
    }

    package func create(_ draft: WebhookDraft, by viewer: Viewer) async throws -> RevealedWebhook {
        let account = try mustBeWhole(viewer, .write)
        let now = world.now()
        let id = Hex.encode(world.randomBytes(12))
        guard let url = draft.url else { throw draft.hasJob ? WebhookError.noJobs : WebhookError.badURL }
        try sender.mustBeCallable(url)
        let sealed = try draft.secret.flatMap(seal)
        return try await reveal(
            database.write { db in
                guard try db.webhooks(of: account.id).count < Self.maximumPerOwner else { throw WebhookError.tooMany }
                var hook = Webhook(id: id, owner: account.id)
                hook.url = url
                hook.sealedSecret = sealed
                hook.domains = try domains(draft.domains ?? WebhookDomain.allCases.map(\.rawValue))
                hook.watches = try watches(draft.watched ?? [], by: viewer, db)
                try db.save(hook, at: now)
                try note("webhook.create", hook, by: account, db)
                return hook
            }
        )
    }

    /// Changes what is given, leaves the rest.
    package func change(_ id: String, _ draft: WebhookDraft, by viewer: Viewer) async throws -> RevealedWebhook {
        if let url = draft.url { try sender.mustBeCallable(url) }
        let sealed = try draft.secret.flatMap(seal)
        return try await update(id, by: viewer) { hook, db in
            if let url = draft.url { hook.url = url }
            if draft.secret != nil { hook.sealedSecret = sealed }
            if let names = draft.domains { hook.domains = try domains(names) }
            // huggingface_hub sends an empty list for what it leaves as it is.
            if let watched = draft.watched, !watched.isEmpty { hook.watches = try watches(watched, by: viewer, db) }
        }
    }

    package func setDisabled(_ isDisabled: Bool, _ id: String, by viewer: Viewer) async throws -> RevealedWebhook {
        try await update(id, by: viewer) { hook, _ in hook.isDisabled = isDisabled }
    }

    package func delete(_ id: String, by viewer: Viewer) async throws {
        let account = try mustBeWhole(viewer, .write)
        try await database.write { db in
            let hook = try find(id, of: account, db)
            try db.deleteWebhook(hook.id)
            try note("webhook.delete", hook, by: account, db)
        }
    }

    /// What was sent lately and what became of it, the newest first.
    package func deliveries(of id: String, _ page: ListPage, by viewer: Viewer) async throws -> Listed<WebhookDelivery>
    {
        let account = try mustBeWhole(viewer, .read)
        return try await database.read { db in
            try page.cut(db.deliveries(to: find(id, of: account, db).id, page))
        }
    }

    // MARK: Rules

    private func update(
        _ id: String,
        by viewer: Viewer,
        _ body: @escaping @Sendable (inout Webhook, any SQLConnection) throws -> Void
    ) async throws -> RevealedWebhook {
        let account = try mustBeWhole(viewer, .write)
        let now = world.now()
        return try await reveal(
            database.write { db in
                var hook = try find(id, of: account, db)
                try body(&hook, db)
                try db.save(hook, at: now)
                try note("webhook.change", hook, by: account, db)
                return hook
            }
        )
    }

    /// Its address may hold a secret, so that only the host is told.
    private func note(
        _ action: String,
        _ hook: Webhook,
        by account: Viewer.Account,
        _ db: any SQLConnection
    ) throws {
        let detail = ["host": URL(string: hook.url)?.host() ?? "", "disabled": String(hook.isDisabled)]
        try db.audit(action, on: hook.id, by: account.id, detail: detail, world: world)
    }

    /// Webhooks belong to the account as a whole, so a credential for one repository is not enough.
    private func mustBeWhole(_ viewer: Viewer, _ scope: Scope) throws -> Viewer.Account {
        let account = try viewer.mustBeSignedIn()
        guard viewer.onlyRepo == nil, viewer.scope.includes(scope) else { throw Problem.notYours }
        return account
    }

    private func find(_ id: String, of account: Viewer.Account, _ db: any SQLConnection) throws -> Webhook {
        guard let hook = try db.webhook(id), hook.owner == account.id else { throw WebhookError.unknown }
        return hook
    }

    private func domains(_ names: [String]) throws -> [WebhookDomain] {
        let domains = names.compactMap(WebhookDomain.init(rawValue:))
        guard !domains.isEmpty, domains.count == names.count else { throw WebhookError.badDomain }
        return WebhookDomain.allCases.filter(domains.contains)
    }

    private func watches(
        _ items: [WebhookDraft.Watched],
        by viewer: Viewer,
        _ db: any SQLConnection
    ) throws -> [WebhookWatch] {
        guard (1...Self.maximumWatches).contains(items.count) else { throw WebhookError.noWatches }
        var result: [WebhookWatch] = []
        for item in items {
            let watch = try watch(item, by: viewer, db)
            if !result.contains(watch) { result.append(watch) }
        }
        return result
    }

    private func watch(_ item: WebhookDraft.Watched, by viewer: Viewer, _ db: any SQLConnection) throws -> WebhookWatch
    {
        if item.type == "user" || item.type == "org" {
            guard let account = try db.account(named: item.name) else { throw WebhookError.unknownWatch(item.name) }
            return .account(account.id, account.kind, name: account.name)
        }
        guard let kind = RepoKind(hubType: item.type) else { throw WebhookError.badWatch(item.type) }
        guard let name = RepoName(item.name), let location = try db.repo(kind: kind, name: name),
            try AccessPolicy.refusal(of: .see, on: db.facts(of: location.id, for: viewer), to: viewer) == nil
        else { throw WebhookError.unknownWatch(item.name) }
        return .repo(location.id, kind, location.name)
    }

    private func seal(_ secret: String) throws -> [UInt8]? {
        guard secret.utf8.count <= 500, secret.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) else {
            throw WebhookError.badSecret
        }
        return secret.isEmpty ? nil : secrets.seal(secret, world: world)
    }

    private func reveal(_ hook: Webhook) throws -> RevealedWebhook {
        RevealedWebhook(webhook: hook, secret: try hook.sealedSecret.map(secrets.open))
    }
}

/// What is to be made or changed; nil stays as it is.
package struct WebhookDraft: Sendable {
    package struct Watched: Sendable, Codable {
        package var type: String
        package var name: String

        package init(type: String, name: String) {
            self.type = type
            self.name = name
        }
    }

    package var url: String?
    package var secret: String?
    package var domains: [String]?
    package var watched: [Watched]?
    /// Whether a job was named where an url is needed.
    package var hasJob = false

    package init(url: String? = nil, secret: String? = nil, domains: [String]? = nil, watched: [Watched]? = nil) {
        self.url = url
        self.secret = secret
        self.domains = domains
        self.watched = watched
    }
}

/// A webhook as its owner sees it.
package struct RevealedWebhook: Sendable, Equatable {
    package var webhook: Webhook
    package var secret: String?
}
