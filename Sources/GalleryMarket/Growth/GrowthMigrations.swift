package import GalleryDatabase

/// The schema of growth points.
package enum GrowthMigrations {
    package static let all: [Migration] = [ledger]

    private static let ledger = Migration(
        "0165 growth points",
        """
        CREATE TABLE growth_entries (
            id {text} PRIMARY KEY,
            account {text} NOT NULL REFERENCES accounts (id),
            reason {text} NOT NULL CHECK (reason IN ('check-in', 'publication')),
            subject {text} NOT NULL,
            points {integer} NOT NULL CHECK (points > 0),
            created_at {integer} NOT NULL,
            UNIQUE (account, reason, subject)
        ) {strict}
        """,
        "CREATE INDEX growth_entries_by_time ON growth_entries (account, created_at, id)",
        "{append-only} growth_entries"
    )
}
