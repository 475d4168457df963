package import GalleryDatabase

/// The schema of codes sent by e-mail.
package enum EmailCodesMigrations {
    package static let all: [Migration] = [codes]

    private static let codes = Migration(
        "0166 codes sent by e-mail",
        """
        CREATE TABLE email_codes (
            id {text} PRIMARY KEY,
            account {text} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
            purpose {text} NOT NULL CHECK (purpose IN ('address', 'password')),
            email {text} NOT NULL,
            email_key {text} NOT NULL,
            hash {bytes} NOT NULL,
            tries_left {integer} NOT NULL CHECK (tries_left >= 0),
            is_open {integer} NOT NULL CHECK (is_open IN (0, 1)),
            created_at {integer} NOT NULL,
            expires_at {integer} NOT NULL
        ) {strict}
        """,
        "CREATE INDEX email_codes_by_account ON email_codes (account, created_at)",
        "CREATE INDEX email_codes_by_address ON email_codes (email_key, created_at)",
        "CREATE INDEX email_codes_by_age ON email_codes (created_at)"
    )
}
