package import GalleryDatabase

/// The schema of publishing.
package enum PublishingMigrations {
    package static let all: [Migration] = [
        Migration(
            "0112 publications",
            """
            CREATE TABLE publications (
                repo {text} NOT NULL PRIMARY KEY REFERENCES repositories (id) ON DELETE CASCADE,
                visibility {text} NOT NULL CHECK (visibility IN ('everyone', 'named', 'owner')),
                second_title {text} NOT NULL,
                task {text} NOT NULL,
                licence {text} NOT NULL,
                environment {text} NOT NULL CHECK (environment IN ('', 'CPU', 'GPU', 'ASCEND')),
                free_use_days {integer} CHECK (free_use_days > 0),
                renews {integer} NOT NULL CHECK (renews IN (0, 1)),
                is_code_open {integer} NOT NULL CHECK (is_code_open IN (0, 1)),
                code_licence {text} NOT NULL,
                reason {text} NOT NULL,
                submitted_by {text} REFERENCES accounts (id),
                submitted_at {integer},
                published_at {integer},
                delisted_at {integer}
            ) {strict}
            """,
            "CREATE INDEX publications_by_submitter ON publications (submitted_by)",
            """
            INSERT INTO publications (repo, visibility, second_title, task, licence, environment, free_use_days, renews,
                is_code_open, code_licence, reason, submitted_by, submitted_at, published_at, delisted_at)
            SELECT id, visibility, '', pipeline_tag, '', '', NULL, 0, 0, '', '', NULL, NULL, created_at, NULL
            FROM repositories WHERE listing = 'published'
            """,
            """
            CREATE TABLE publication_events (
                id {text} NOT NULL PRIMARY KEY,
                repo {text} NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
                action {text} NOT NULL,
                version {text} NOT NULL,
                actor {text} REFERENCES accounts (id),
                reason {text} NOT NULL,
                at {integer} NOT NULL
            ) {strict}
            """,
            "CREATE INDEX publication_events_by_repo ON publication_events (repo, at, id)",
            "CREATE INDEX publication_events_by_actor ON publication_events (actor)",
            """
            CREATE TABLE asset_plans (
                repo {text} NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
                ordinal {integer} NOT NULL,
                name {text} NOT NULL,
                quota {text} NOT NULL CHECK (quota IN ('days', 'calls', 'hours', 'channels')),
                amount {integer} NOT NULL,
                price {integer} NOT NULL,
                currency {text} NOT NULL,
                PRIMARY KEY (repo, ordinal)
            ) {strict}
            """,
            """
            CREATE TABLE asset_papers (
                repo {text} NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
                ordinal {integer} NOT NULL,
                title {text} NOT NULL,
                link {text} NOT NULL,
                PRIMARY KEY (repo, ordinal)
            ) {strict}
            """,
            "CREATE INDEX accounts_by_nickname ON accounts (lower(nickname))"
        ),
        Migration(
            "0114 open code",
            "UPDATE publications SET is_code_open = 1 WHERE is_code_open = 0 AND licence = ''",
            """
            UPDATE repositories SET is_code_closed = 1
            WHERE kind = 'algorithm' AND EXISTS (
                SELECT 1 FROM publications p WHERE p.repo = repositories.id AND p.is_code_open = 0)
            """
        ),
        Migration(
            "0116 what was sent for review",
            "ALTER TABLE publications ADD COLUMN sent_revision {text} NOT NULL DEFAULT ''"
        ),
    ]
}
