import Foundation
import GalleryDatabase
import GalleryModel

extension Webhook {
    static let columns: SQL = "w.id, w.owner, w.url, w.sealed_secret, w.hears_repo, w.hears_discussion, w.is_disabled"
}

extension SQLConnection {
    func webhook(_ id: String) throws -> Webhook? {
        guard var hook = try row(Webhook.self, "SELECT \(sql: Webhook.columns) FROM webhooks w WHERE w.id = \(id)")
        else {
            return nil
        }
        hook.watches = try watches(of: [id])[id] ?? []
        return hook
    }

    func webhooks(of owner: AccountID) throws -> [Webhook] {
        var hooks = try rows(
            Webhook.self,
            "SELECT \(sql: Webhook.columns) FROM webhooks w WHERE w.owner = \(owner) ORDER BY w.created_at, w.id"
        )
        let watches = try watches(of: hooks.map(\.id))
        for index in hooks.indices { hooks[index].watches = watches[hooks[index].id] ?? [] }
        return hooks
    }

    /// Those enabled that watch the repository or its owner; without what they watch.
    func webhooks(hearing domain: WebhookDomain, of repo: RepoID) throws -> [Webhook] {
        let hears: SQL =
            switch domain {
            case .repo: "w.hears_repo = 1"
            case .discussion: "w.hears_discussion = 1"
            }
        return try rows(
            Webhook.self,
            """
            SELECT \(sql: Webhook.columns) FROM webhooks w
            WHERE w.is_disabled = 0 AND \(sql: hears) AND w.id IN (
                SELECT webhook FROM webhook_watches WHERE repo = \(repo)
                UNION
                SELECT x.webhook FROM webhook_watches x JOIN repositories r ON r.owner = x.account WHERE r.id = \(repo))
            ORDER BY w.created_at, w.id LIMIT 1000
            """
        )
    }

    private func watches(of hooks: [String]) throws -> [String: [WebhookWatch]] {
        guard !hooks.isEmpty else { return [:] }
        return try rows(
            """
            SELECT x.webhook, x.repo, x.account, r.kind, r.name, ra.name AS owner_name, a.kind AS account_kind,
                a.name AS account_name
            FROM webhook_watches x
            LEFT JOIN repositories r ON r.id = x.repo
            LEFT JOIN accounts ra ON ra.id = r.owner
            LEFT JOIN accounts a ON a.id = x.account
            WHERE x.webhook IN (\(values: hooks)) ORDER BY x.webhook, x.ordinal
            """
        ).reduce(into: [:]) { result, row in
            let watch: WebhookWatch
            if let repo: RepoID = try row.optional("repo") {
                watch = .repo(
                    repo,
                    try row.get("kind"),
                    try RepoName(owner: row.get("owner_name"), name: row.get("name"))
                )
            } else {
                watch = .account(
                    try row.get("account"),
                    try row.get("account_kind"),
                    name: try row.get("account_name")
                )
            }
            result[try row.get("webhook", as: String.self), default: []].append(watch)
        }
    }

    func save(_ hook: Webhook, at now: Date) throws {
        try execute(
            """
            INSERT INTO webhooks (
                id, owner, url, sealed_secret, hears_repo, hears_discussion, is_disabled, created_at, updated_at)
            VALUES (\(hook.id), \(hook.owner), \(hook.url), \(hook.sealedSecret), \(hook.domains.contains(.repo)),
                \(hook.domains.contains(.discussion)), \(hook.isDisabled), \(now), \(now))
            ON CONFLICT (id) DO UPDATE SET
                url = excluded.url, sealed_secret = excluded.sealed_secret, hears_repo = excluded.hears_repo,
                hears_discussion = excluded.hears_discussion, is_disabled = excluded.is_disabled,
                updated_at = excluded.updated_at
            """
        )
        try execute("DELETE FROM webhook_watches WHERE webhook = \(hook.id)")
        for (ordinal, watch) in hook.watches.enumerated() {
            let (repo, account): (RepoID?, AccountID?) =
                switch watch {
                case .repo(let id, _, _): (id, nil)
                case .account(let id, _, _): (nil, id)
                }
            try execute(
                """
                INSERT INTO webhook_watches (webhook, ordinal, repo, account)
                VALUES (\(hook.id), \(ordinal), \(repo), \(account))
                """
            )
        }
    }

    func deleteWebhook(_ id: String) throws {
        try execute("DELETE FROM webhooks WHERE id = \(id)")
    }

    func insertDelivery(
        _ id: String,
        to hook: String,
        scope: String,
        action: String,
        payload: String,
        at now: Date
    ) throws {
        try execute(
            """
            INSERT INTO webhook_deliveries (
                id, webhook, scope, action, payload, state, attempts, status, error, created_at, updated_at)
            VALUES (\(id), \(hook), \(scope), \(action), \(payload), 'waiting', 0, NULL, '', \(now), \(now))
            """
        )
    }

    func delivery(_ id: String) throws -> WebhookDelivery? {
        try row(
            WebhookDelivery.self,
            """
            SELECT id, webhook, scope, action, payload, state, attempts, status, error, created_at
            FROM webhook_deliveries WHERE id = \(id)
            """
        )
    }

    func deliveries(to hook: String, _ page: ListPage) throws -> [WebhookDelivery] {
        try rows(
            WebhookDelivery.self,
            """
            SELECT id, webhook, scope, action, payload, state, attempts, status, error, created_at
            FROM webhook_deliveries WHERE webhook = \(hook)
            ORDER BY created_at DESC, id DESC LIMIT \(page.fetched) OFFSET \(page.offset)
            """
        )
    }

    func noteDelivery(
        _ id: String,
        _ state: WebhookDelivery.State,
        status: Int?,
        error: String,
        at now: Date
    ) throws {
        try execute(
            """
            UPDATE webhook_deliveries
            SET state = \(state), attempts = attempts + 1, status = \(status), error = \(error), updated_at = \(now)
            WHERE id = \(id)
            """
        )
    }

    func deleteDeliveries(before time: Date) throws {
        try execute("DELETE FROM webhook_deliveries WHERE created_at < \(time)")
    }
}
