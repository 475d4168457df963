package import GalleryDatabase

/// The schema of AI apps.
package enum AppMigrations {
    package static let all: [Migration] = [
        Migration(
            "0220 apps",
            """
            CREATE TABLE apps (
                id {text} PRIMARY KEY,
                account {text} NOT NULL REFERENCES accounts (id),
                purpose {text} NOT NULL CHECK (purpose IN ('chat', 'question-answering', 'own')),
                repo {text} REFERENCES repositories (id) ON DELETE SET NULL,
                repo_owner {text} NOT NULL,
                repo_name {text} NOT NULL,
                commit_id {text} NOT NULL,
                name {text} NOT NULL,
                licence {text} NOT NULL,
                about {text} NOT NULL,
                search_key {text} NOT NULL,
                flavor {text} NOT NULL,
                region {text} NOT NULL,
                tariff {text} NOT NULL CHECK (tariff IN ('paid', 'free')),
                hours {integer} CHECK (hours > 0),
                state {text} NOT NULL CHECK (state IN ('shown', 'paused', 'ended')),
                reason {text} NOT NULL DEFAULT '',
                reason_detail {text} NOT NULL DEFAULT '',
                run {text} REFERENCES runs (id) ON DELETE SET NULL,
                failures {integer} NOT NULL DEFAULT 0 CHECK (failures >= 0),
                retry_at {integer},
                created_at {integer} NOT NULL,
                updated_at {integer} NOT NULL
            ) {strict}
            """,
            "CREATE INDEX apps_of_account ON apps (account, id)",
            "CREATE INDEX apps_of_repo ON apps (repo)",
            "CREATE INDEX apps_by_run ON apps (run)",
            "CREATE INDEX apps_shown ON apps (id) WHERE state = 'shown'",
            "CREATE INDEX apps_to_restart ON apps (retry_at) WHERE retry_at IS NOT NULL",
            """
            CREATE TABLE app_covers (
                app {text} NOT NULL PRIMARY KEY REFERENCES apps (id) ON DELETE CASCADE,
                name {text} NOT NULL,
                small {bytes} NOT NULL,
                large {bytes} NOT NULL,
                created_at {integer} NOT NULL
            ) {strict}
            """,
            // Without a reference to apps: what an app leaves behind is cleared once it has ended.
            """
            CREATE TABLE app_runs (
                run {text} PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
                app {text} NOT NULL,
                is_orphan {integer} NOT NULL DEFAULT 0 CHECK (is_orphan IN (0, 1))
            ) {strict}
            """,
            "CREATE INDEX app_runs_of_app ON app_runs (app, run)",
            "CREATE INDEX app_runs_left ON app_runs (run) WHERE is_orphan = 1"
        )
    ]
}
