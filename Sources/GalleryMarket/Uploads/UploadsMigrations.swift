package import GalleryDatabase

/// The schema of uploads from browsers.
package enum UploadsMigrations {
    package static let all: [Migration] = [
        Migration(
            "0185 uploads to assets",
            """
            CREATE TABLE asset_uploads (
                id {text} NOT NULL PRIMARY KEY,
                account {text} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
                repo {text} NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
                branch {text} NOT NULL,
                path {text} NOT NULL,
                size {integer} NOT NULL CHECK (size >= 0),
                part_size {integer} NOT NULL CHECK (part_size > 0),
                fingerprint {text} NOT NULL,
                transfer {text},
                sha256 {bytes},
                changed_at {integer} NOT NULL
            ) {strict}
            """,
            "CREATE UNIQUE INDEX asset_uploads_by_path ON asset_uploads (account, repo, branch, path)",
            "CREATE INDEX asset_uploads_by_repo ON asset_uploads (repo)",
            "CREATE INDEX asset_uploads_by_change ON asset_uploads (changed_at)"
        )
    ]
}
