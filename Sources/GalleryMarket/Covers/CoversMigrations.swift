package import GalleryDatabase

/// The schema of covers.
package enum CoversMigrations {
    package static let all: [Migration] = [
        Migration(
            "0115 covers",
            """
            CREATE TABLE asset_covers (
                repo {text} NOT NULL PRIMARY KEY REFERENCES repositories (id) ON DELETE CASCADE,
                name {text} NOT NULL,
                small {bytes} NOT NULL,
                large {bytes} NOT NULL,
                created_at {integer} NOT NULL
            ) {strict}
            """
        )
    ]
}
