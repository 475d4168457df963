package import GalleryDatabase

/// The schema of notifications.
package enum NotificationsMigrations {
    package static let all: [Migration] = [notifications, language]

    /// Kinds have no check: new ones come with most features.
    private static let notifications = Migration(
        "0085 notifications",
        """
        CREATE TABLE notifications (
            id {text} PRIMARY KEY,
            account {text} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
            kind {text} NOT NULL,
            repo {text} REFERENCES repositories (id) ON DELETE CASCADE,
            page {text} NOT NULL,
            topic {text} NOT NULL,
            detail {text} NOT NULL,
            actor {text} REFERENCES accounts (id) ON DELETE SET NULL,
            count {integer} NOT NULL,
            mailed_count {integer} NOT NULL,
            is_shown {integer} NOT NULL CHECK (is_shown IN (0, 1)),
            is_read {integer} NOT NULL CHECK (is_read IN (0, 1)),
            mail {text} NOT NULL CHECK (mail IN ('none', 'waiting', 'done')),
            created_at {integer} NOT NULL,
            updated_at {integer} NOT NULL
        ) {strict}
        """,
        "CREATE INDEX notifications_by_account ON notifications (account, is_shown, updated_at, id)",
        "CREATE INDEX notifications_unread ON notifications (account, is_shown, is_read, kind, topic)",
        "CREATE INDEX notifications_to_mail ON notifications (account, mail, updated_at)",
        "CREATE INDEX notifications_by_repo ON notifications (repo)",
        "CREATE INDEX notifications_by_actor ON notifications (actor)",
        "CREATE INDEX notifications_by_age ON notifications (updated_at)",
        """
        CREATE TABLE notification_choices (
            account {text} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
            kind {text} NOT NULL,
            on_page {integer} NOT NULL CHECK (on_page IN (0, 1)),
            by_mail {integer} NOT NULL CHECK (by_mail IN (0, 1)),
            PRIMARY KEY (account, kind)
        ) {strict}
        """,
        """
        CREATE TABLE notification_settings (
            account {text} PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
            mails {integer} NOT NULL CHECK (mails IN (0, 1)),
            mailed_at {integer} NOT NULL
        ) {strict}
        """
    )

    private static let language = Migration(
        "0086 mail language",
        "ALTER TABLE notification_settings ADD COLUMN language {text} CHECK (language IN ('en', 'zh'))"
    )
}
