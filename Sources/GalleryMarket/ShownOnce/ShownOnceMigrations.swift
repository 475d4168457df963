package import GalleryDatabase

/// The schema of secrets that are shown once.
package enum ShownOnceMigrations {
    package static let all: [Migration] = [
        Migration(
            "0100 secrets shown once",
            """
            CREATE TABLE shown_once (
                account {text} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
                session {bytes} NOT NULL,
                page {text} NOT NULL,
                sealed {bytes} NOT NULL,
                expires_at {integer} NOT NULL,
                PRIMARY KEY (account, session, page)
            ) {strict}
            """,
            "CREATE INDEX shown_once_by_end ON shown_once (expires_at)"
        )
    ]
}
