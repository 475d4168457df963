package import GalleryDatabase

/// The schema of versions.
package enum VersionsMigrations {
    package static let all: [Migration] = [
        Migration(
            "0113 versions",
            """
            CREATE TABLE asset_versions (
                repo {text} NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
                number {text} NOT NULL,
                major {integer} NOT NULL,
                minor {integer} NOT NULL,
                patch {integer} NOT NULL,
                commit_id {bytes} NOT NULL,
                notes {text} NOT NULL,
                constraints {text} NOT NULL,
                state {text} NOT NULL CHECK (state IN ('in_review', 'available', 'offline', 'rejected')),
                reason {text} NOT NULL,
                created_by {text} REFERENCES accounts (id),
                created_at {integer} NOT NULL,
                PRIMARY KEY (repo, number)
            ) {strict}
            """,
            "CREATE INDEX asset_versions_by_order ON asset_versions (repo, major, minor, patch)",
            "CREATE INDEX asset_versions_by_creator ON asset_versions (created_by)"
        ),
        Migration(
            "0117 versions sent for review",
            "ALTER TABLE asset_versions ADD COLUMN sent_revision {text} NOT NULL DEFAULT ''"
        ),
    ]
}
