package import GalleryDatabase

/// Repositories, their names, readers and tags.
package enum RepositoriesMigrations {
    package static let all: [Migration] = [
        Migration(
            "0020 repositories",
            """
            CREATE TABLE repositories (
                id {text} NOT NULL PRIMARY KEY,
                kind {text} NOT NULL CHECK (kind IN (
                    'model', 'dataset', 'app', 'algorithm', 'notebook', 'image', 'workflow', 'case', 'skill')),
                owner {text} NOT NULL REFERENCES accounts(id),
                name {text} NOT NULL,
                name_key {text} NOT NULL,
                created_by {text} REFERENCES accounts(id),
                visibility {text} NOT NULL CHECK (visibility IN ('everyone', 'named', 'owner')),
                gating {text} NOT NULL CHECK (gating IN ('off', 'automatic', 'manual')),
                is_disabled {integer} NOT NULL DEFAULT 0 CHECK (is_disabled IN (0, 1)),
                discussions_disabled {integer} NOT NULL DEFAULT 0 CHECK (discussions_disabled IN (0, 1)),
                title {text} NOT NULL DEFAULT '',
                description {text} NOT NULL DEFAULT '',
                search_key {text} NOT NULL DEFAULT '',
                sdk {text} NOT NULL DEFAULT '',
                created_at {integer} NOT NULL,
                updated_at {integer} NOT NULL,
                used_bytes {integer} NOT NULL DEFAULT 0,
                byte_limit {integer},
                downloads {integer} NOT NULL DEFAULT 0,
                downloads_all_time {integer} NOT NULL DEFAULT 0,
                likes {integer} NOT NULL DEFAULT 0,
                hotness {real} NOT NULL DEFAULT 0,
                pipeline_tag {text} NOT NULL DEFAULT '',
                library_name {text} NOT NULL DEFAULT '',
                UNIQUE (owner, kind, name_key)
            ) {strict}
            """,
            "CREATE INDEX repositories_by_name ON repositories (kind, name_key)",
            "CREATE INDEX repositories_by_creator ON repositories (created_by)",
            "CREATE INDEX repositories_by_creation ON repositories (kind, created_at, id)",
            "CREATE INDEX repositories_by_update ON repositories (kind, updated_at, id)",
            "CREATE INDEX repositories_by_downloads ON repositories (kind, downloads, id)",
            "CREATE INDEX repositories_by_likes ON repositories (kind, likes, id)",
            "CREATE INDEX repositories_by_hotness ON repositories (kind, hotness, id)",
            """
            CREATE TABLE repository_former_names (
                owner {text} NOT NULL REFERENCES accounts(id),
                kind {text} NOT NULL,
                name_key {text} NOT NULL,
                repo {text} NOT NULL REFERENCES repositories(id) ON DELETE CASCADE,
                left_at {integer} NOT NULL,
                PRIMARY KEY (owner, kind, name_key)
            ) {strict}
            """,
            "CREATE INDEX repository_former_names_by_repo ON repository_former_names (repo)",
            """
            CREATE TABLE repository_readers (
                repo {text} NOT NULL REFERENCES repositories(id) ON DELETE CASCADE,
                account {text} NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
                PRIMARY KEY (repo, account)
            ) {strict}
            """,
            "CREATE INDEX repository_readers_by_account ON repository_readers (account)",
            """
            CREATE TABLE repository_cards (
                repo {text} NOT NULL PRIMARY KEY REFERENCES repositories(id) ON DELETE CASCADE,
                source {bytes} NOT NULL,
                card {text} NOT NULL,
                config {text} NOT NULL,
                safetensors {text} NOT NULL
            ) {strict}
            """,
            """
            CREATE TABLE repository_tags (
                repo {text} NOT NULL REFERENCES repositories(id) ON DELETE CASCADE,
                tag {text} NOT NULL,
                ordinal {integer} NOT NULL,
                PRIMARY KEY (repo, tag)
            ) {strict}
            """,
            "CREATE INDEX repository_tags_by_tag ON repository_tags (tag, repo)",
            """
            CREATE TABLE repository_downloads (
                repo {text} NOT NULL REFERENCES repositories(id) ON DELETE CASCADE,
                day {integer} NOT NULL,
                count {integer} NOT NULL,
                PRIMARY KEY (repo, day)
            ) {strict}
            """,
            """
            CREATE TABLE owner_limits (
                account {text} NOT NULL PRIMARY KEY REFERENCES accounts(id) ON DELETE CASCADE,
                file_bytes {integer},
                repository_bytes {integer}
            ) {strict}
            """
        )
    ]

    /// Where assets stand on their way to the public, their marks, and why somebody may read what is not for everyone.
    package static let listing: [Migration] = [
        Migration(
            "0070 listing",
            """
            ALTER TABLE repositories ADD COLUMN listing {text} NOT NULL DEFAULT 'draft'
                CHECK (listing IN ('draft', 'in_review', 'published', 'delisted', 'rejected'))
            """,
            "UPDATE repositories SET listing = 'published' WHERE visibility <> 'owner'",
            """
            ALTER TABLE repositories ADD COLUMN is_under_review {integer} NOT NULL DEFAULT 0
                CHECK (is_under_review IN (0, 1))
            """,
            """
            ALTER TABLE repositories ADD COLUMN needs_subscription {integer} NOT NULL DEFAULT 0
                CHECK (needs_subscription IN (0, 1))
            """,
            """
            ALTER TABLE repositories ADD COLUMN awaits_publication {integer} NOT NULL DEFAULT 0
                CHECK (awaits_publication IN (0, 1))
            """,
            "ALTER TABLE repositories ADD COLUMN is_official {integer} NOT NULL DEFAULT 0 CHECK (is_official IN (0, 1))",
            "ALTER TABLE repositories ADD COLUMN is_featured {integer} NOT NULL DEFAULT 0 CHECK (is_featured IN (0, 1))",
            """
            ALTER TABLE repositories ADD COLUMN is_commercial {integer} NOT NULL DEFAULT 0 CHECK (is_commercial IN (0, 1))
            """,
            "ALTER TABLE repositories ADD COLUMN subscriptions {integer} NOT NULL DEFAULT 0",
            "CREATE INDEX repositories_under_review ON repositories (id) WHERE is_under_review = 1",
            "CREATE INDEX repositories_by_subscriptions ON repositories (kind, subscriptions, id)",
            """
            CREATE TABLE repository_readers_by_reason (
                repo {text} NOT NULL REFERENCES repositories(id) ON DELETE CASCADE,
                account {text} NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
                reason {text} NOT NULL CHECK (reason IN ('named', 'subscriber')),
                until {integer},
                PRIMARY KEY (repo, account, reason)
            ) {strict}
            """,
            """
            INSERT INTO repository_readers_by_reason (repo, account, reason, until)
            SELECT repo, account, 'named', NULL FROM repository_readers
            """,
            "DROP TABLE repository_readers",
            "ALTER TABLE repository_readers_by_reason RENAME TO repository_readers",
            "CREATE INDEX repository_readers_of_account ON repository_readers (account)",
            "CREATE INDEX repository_readers_by_end ON repository_readers (until) WHERE until IS NOT NULL"
        )
    ]

    /// What subscribers keep of an asset that is delisted, and code that is not open.
    static let keeping: [Migration] = [
        Migration(
            "0071 kept versions",
            "ALTER TABLE repositories ADD COLUMN is_code_closed {integer} NOT NULL DEFAULT 0 CHECK (is_code_closed IN (0, 1))",
            """
            INSERT INTO git_refs (repo, name, target, message, created_by, created_at)
            SELECT h.repo, 'refs/gallery/kept', h.target, '', NULL, r.updated_at
            FROM repositories r JOIN git_refs h ON h.repo = r.id AND h.name = 'refs/heads/main'
            WHERE r.listing = 'delisted' OR (r.listing = 'published' AND r.visibility = 'owner')
            """
        )
    ]

    static let counters: [Migration] = [
        Migration(
            "0085 counted events",
            "ALTER TABLE repositories ADD COLUMN views {integer} NOT NULL DEFAULT 0",
            """
            CREATE TABLE repository_visits (
                repo {text} NOT NULL REFERENCES repositories(id) ON DELETE CASCADE,
                day {integer} NOT NULL,
                event {text} NOT NULL CHECK (event IN ('view', 'download')),
                client {text} NOT NULL,
                PRIMARY KEY (repo, day, event, client)
            ) {strict}
            """,
            "CREATE INDEX repository_visits_by_day ON repository_visits (day)",
            """
            CREATE TABLE repository_views (
                repo {text} NOT NULL REFERENCES repositories(id) ON DELETE CASCADE,
                day {integer} NOT NULL,
                count {integer} NOT NULL,
                PRIMARY KEY (repo, day)
            ) {strict}
            """
        )
    ]

    static let weights: [Migration] = [
        Migration(
            "0088 weights of models",
            """
            CREATE TABLE model_weights (
                content {bytes} PRIMARY KEY REFERENCES contents(sha256) ON DELETE CASCADE,
                totals {text} NOT NULL
            ) {strict}
            """
        )
    ]

    /// Lets a search by parts of names do with the index.
    static let names: [Migration] = [
        Migration(
            "0089 names of repositories",
            "DROP INDEX repositories_by_name",
            "CREATE INDEX repositories_by_name ON repositories (kind, name_key, owner, id)"
        )
    ]

    static let volatile: [Migration] = [
        Migration(
            "0085 waiting visits",
            """
            CREATE TABLE waiting_visits (
                repo {text} NOT NULL,
                day {integer} NOT NULL,
                event {text} NOT NULL,
                client {text} NOT NULL,
                PRIMARY KEY (repo, day, event, client)
            ) {strict}
            """
        )
    ]
}
