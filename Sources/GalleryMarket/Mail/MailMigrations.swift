import GalleryDatabase

/// The schema of the outbox.
enum MailMigrations {
    static let all: [Migration] = [mail]

    private static let mail = Migration(
        "0155 mail",
        """
        CREATE TABLE mails (
            id {text} PRIMARY KEY,
            template {text} NOT NULL,
            account {text} REFERENCES accounts (id) ON DELETE SET NULL,
            recipient {text} NOT NULL,
            subject {text} NOT NULL,
            body {text} NOT NULL,
            html {text} NOT NULL,
            unsubscribe_url {text},
            state {text} NOT NULL CHECK (state IN ('waiting', 'sent', 'kept', 'failed')),
            attempts {integer} NOT NULL,
            error {text} NOT NULL,
            created_at {integer} NOT NULL,
            updated_at {integer} NOT NULL
        ) {strict}
        """,
        "CREATE INDEX mails_by_state ON mails (state, id)",
        "CREATE INDEX mails_by_recipient ON mails (recipient, created_at)",
        "CREATE INDEX mails_by_account ON mails (account)",
        "CREATE INDEX mails_by_age ON mails (created_at)"
    )
}
