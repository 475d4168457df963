package import GalleryDatabase

/// The schema of discussions and pull requests.
package enum DiscussionsMigrations {
    package static let all: [Migration] = [discussions]

    private static let discussions = Migration(
        "0050 discussions",
        """
        CREATE TABLE discussions (
            id {text} PRIMARY KEY,
            repo {text} NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
            number {integer} NOT NULL,
            title {text} NOT NULL,
            author {text} REFERENCES accounts (id) ON DELETE SET NULL,
            is_pull_request {integer} NOT NULL CHECK (is_pull_request IN (0, 1)),
            status {text} NOT NULL CHECK (status IN ('draft', 'open', 'closed', 'merged')),
            base {text} NOT NULL,
            merge_commit {bytes},
            created_at {integer} NOT NULL,
            updated_at {integer} NOT NULL,
            UNIQUE (repo, number)
        ) {strict}
        """,
        "CREATE INDEX discussions_by_author ON discussions (author)",
        """
        CREATE TABLE discussion_events (
            id {text} PRIMARY KEY,
            discussion {text} NOT NULL REFERENCES discussions (id) ON DELETE CASCADE,
            ordinal {integer} NOT NULL,
            kind {text} NOT NULL CHECK (kind IN ('comment', 'status-change', 'title-change', 'commit')),
            author {text} REFERENCES accounts (id) ON DELETE SET NULL,
            body {text} NOT NULL,
            detail {text} NOT NULL,
            is_hidden {integer} NOT NULL CHECK (is_hidden IN (0, 1)),
            created_at {integer} NOT NULL,
            updated_at {integer} NOT NULL,
            updated_by {text} REFERENCES accounts (id) ON DELETE SET NULL,
            UNIQUE (discussion, ordinal)
        ) {strict}
        """,
        "CREATE INDEX discussion_events_by_author ON discussion_events (author)",
        "CREATE INDEX discussion_events_by_editor ON discussion_events (updated_by)",
        """
        CREATE TABLE discussion_edits (
            event {text} NOT NULL REFERENCES discussion_events (id) ON DELETE CASCADE,
            ordinal {integer} NOT NULL,
            body {text} NOT NULL,
            author {text} REFERENCES accounts (id) ON DELETE SET NULL,
            written_at {integer} NOT NULL,
            PRIMARY KEY (event, ordinal)
        ) {strict}
        """,
        "CREATE INDEX discussion_edits_by_author ON discussion_edits (author)"
    )
}
