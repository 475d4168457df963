import GalleryDatabase

/// The schema of comments.
enum CommentsMigrations {
    static let all: [Migration] = [comments]

    private static let comments = Migration(
        "0150 comments",
        """
        CREATE TABLE comments (
            id {text} PRIMARY KEY,
            subject_kind {text} NOT NULL CHECK (subject_kind IN ('asset')),
            subject {text} NOT NULL,
            repo {text} REFERENCES repositories (id) ON DELETE CASCADE,
            thread {text} REFERENCES comments (id) ON DELETE CASCADE,
            reply_to {text} REFERENCES comments (id) ON DELETE SET NULL,
            author {text} REFERENCES accounts (id) ON DELETE SET NULL,
            body {text} NOT NULL,
            state {text} NOT NULL CHECK (state IN ('visible', 'hidden', 'deleted')),
            likes {integer} NOT NULL,
            replies {integer} NOT NULL,
            open_reports {integer} NOT NULL,
            edits {integer} NOT NULL,
            edited_at {integer},
            moderation_reason {text} NOT NULL,
            created_at {integer} NOT NULL,
            CHECK ((repo IS NULL) = (subject_kind <> 'asset'))
        ) {strict}
        """,
        "CREATE INDEX comments_by_time ON comments (subject_kind, subject, thread, created_at, id)",
        "CREATE INDEX comments_by_likes ON comments (subject_kind, subject, thread, likes, created_at, id)",
        "CREATE INDEX comments_by_state ON comments (subject_kind, subject, state)",
        "CREATE INDEX comments_in_thread ON comments (thread, created_at, id)",
        "CREATE INDEX comments_by_repo ON comments (repo)",
        "CREATE INDEX comments_by_reply ON comments (reply_to)",
        "CREATE INDEX comments_by_author ON comments (author, created_at)",
        "CREATE INDEX comments_reported ON comments (open_reports, created_at) WHERE open_reports > 0",
        """
        CREATE TABLE comment_likes (
            comment {text} NOT NULL REFERENCES comments (id) ON DELETE CASCADE,
            account {text} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
            is_on {integer} NOT NULL CHECK (is_on IN (0, 1)),
            changed_at {integer} NOT NULL,
            PRIMARY KEY (comment, account)
        ) {strict}
        """,
        "CREATE INDEX comment_likes_by_account ON comment_likes (account, changed_at)",
        """
        CREATE TABLE comment_reports (
            comment {text} NOT NULL REFERENCES comments (id) ON DELETE CASCADE,
            account {text} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
            reason {text} NOT NULL,
            is_open {integer} NOT NULL CHECK (is_open IN (0, 1)),
            created_at {integer} NOT NULL,
            PRIMARY KEY (comment, account)
        ) {strict}
        """,
        "CREATE INDEX comment_reports_by_account ON comment_reports (account, created_at)"
    )
}
