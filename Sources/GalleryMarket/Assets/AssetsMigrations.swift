package import GalleryDatabase

/// The tables of what is written on asset pages.
package enum AssetsMigrations {
    package static let all: [Migration] = [
        Migration(
            "0190 introduction drafts",
            """
            CREATE TABLE introduction_drafts (
                repo {text} NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
                account {text} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
                text {text} NOT NULL,
                base {bytes},
                saved_at {integer} NOT NULL,
                PRIMARY KEY (repo, account)
            ) {strict}
            """,
            "CREATE INDEX introduction_drafts_by_account ON introduction_drafts (account)"
        )
    ]
}
