package import GalleryDatabase

/// The schema of webhooks and their deliveries.
package enum WebhooksMigrations {
    package static let all: [Migration] = [webhooks]

    private static let webhooks = Migration(
        "0060 webhooks",
        """
        CREATE TABLE webhooks (
            id {text} PRIMARY KEY,
            owner {text} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
            url {text} NOT NULL,
            sealed_secret {bytes},
            hears_repo {integer} NOT NULL CHECK (hears_repo IN (0, 1)),
            hears_discussion {integer} NOT NULL CHECK (hears_discussion IN (0, 1)),
            is_disabled {integer} NOT NULL CHECK (is_disabled IN (0, 1)),
            created_at {integer} NOT NULL,
            updated_at {integer} NOT NULL
        ) {strict}
        """,
        "CREATE INDEX webhooks_by_owner ON webhooks (owner, created_at)",
        """
        CREATE TABLE webhook_watches (
            webhook {text} NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
            ordinal {integer} NOT NULL,
            repo {text} REFERENCES repositories (id) ON DELETE CASCADE,
            account {text} REFERENCES accounts (id) ON DELETE CASCADE,
            PRIMARY KEY (webhook, ordinal),
            CHECK ((repo IS NULL) <> (account IS NULL))
        ) {strict}
        """,
        "CREATE INDEX webhook_watches_by_repo ON webhook_watches (repo)",
        "CREATE INDEX webhook_watches_by_account ON webhook_watches (account)",
        """
        CREATE TABLE webhook_deliveries (
            id {text} PRIMARY KEY,
            webhook {text} NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
            scope {text} NOT NULL,
            action {text} NOT NULL,
            payload {text} NOT NULL,
            state {text} NOT NULL CHECK (state IN ('waiting', 'delivered', 'failed')),
            attempts {integer} NOT NULL,
            status {integer},
            error {text} NOT NULL,
            created_at {integer} NOT NULL,
            updated_at {integer} NOT NULL
        ) {strict}
        """,
        "CREATE INDEX webhook_deliveries_by_webhook ON webhook_deliveries (webhook, created_at)",
        "CREATE INDEX webhook_deliveries_by_age ON webhook_deliveries (created_at)"
    )
}
