package import GalleryDatabase

/// The schema of gated use.
package enum GatingMigrations {
    package static let all: [Migration] = [requests]

    /// When those who decide were last reminded of a request that waits.
    static let reminders: [Migration] = [
        Migration(
            "0072 application reminders",
            "ALTER TABLE access_requests ADD COLUMN reminded_at {integer}",
            """
            CREATE INDEX access_requests_waiting ON access_requests (COALESCE(reminded_at, created_at))
            WHERE state = 'pending'
            """
        )
    ]

    private static let requests = Migration(
        "0048 access requests",
        """
        CREATE TABLE access_requests (
            repo {text} NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
            account {text} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
            id {text} NOT NULL UNIQUE,
            state {text} NOT NULL CHECK (state IN ('pending', 'accepted', 'rejected')),
            fields {text} NOT NULL,
            rejection_reason {text} NOT NULL,
            is_by_hand {integer} NOT NULL CHECK (is_by_hand IN (0, 1)),
            decided_by {text} REFERENCES accounts (id),
            created_at {integer} NOT NULL,
            updated_at {integer} NOT NULL,
            PRIMARY KEY (repo, account)
        ) {strict}
        """,
        "CREATE INDEX access_requests_by_state ON access_requests (repo, state, created_at)",
        "CREATE INDEX access_requests_by_account ON access_requests (account)",
        "CREATE INDEX access_requests_by_decider ON access_requests (decided_by)"
    )
}
