package import GalleryDatabase

/// The schema of subscriptions.
package enum SubscriptionsMigrations {
    package static let all: [Migration] = [
        Migration(
            "0130 subscriptions",
            """
            CREATE TABLE subscriptions (
                repo {text} NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
                account {text} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
                state {text} NOT NULL CHECK (state IN ('active', 'cancelled', 'expired')),
                since {integer} NOT NULL,
                until {integer},
                renewals {integer} NOT NULL,
                reminded_for {integer},
                PRIMARY KEY (repo, account)
            ) {strict}
            """,
            "CREATE INDEX subscriptions_by_account ON subscriptions (account, since, repo)",
            "CREATE INDEX subscriptions_by_end ON subscriptions (until) WHERE state = 'active' AND until IS NOT NULL"
        )
    ]
}
