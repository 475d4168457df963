package import GalleryDatabase

/// The schema of runs; their logs are files.
package enum RunMigrations {
    package static let all: [Migration] = [runs, metrics, rights, claims]

    private static let runs = Migration(
        "0204 runs",
        """
        CREATE TABLE runs (
            id {text} PRIMARY KEY,
            account {text} NOT NULL REFERENCES accounts (id),
            kind {text} NOT NULL CHECK (kind IN ('fine-tune', 'service', 'app', 'environment', 'check')),
            title {text} NOT NULL,
            flavor {text} NOT NULL,
            region {text} NOT NULL,
            tariff {text} NOT NULL CHECK (tariff IN ('paid', 'free')),
            cores {integer} NOT NULL CHECK (cores > 0),
            memory_gib {integer} NOT NULL CHECK (memory_gib > 0),
            accelerator {text} NOT NULL,
            accelerators {integer} NOT NULL CHECK (accelerators >= 0),
            spec {text} NOT NULL,
            limit_seconds {integer} CHECK (limit_seconds > 0),
            state {text} NOT NULL CHECK (state IN
                ('queued', 'starting', 'running', 'stopping', 'succeeded', 'failed', 'stopped')),
            attempt {integer} NOT NULL DEFAULT 0 CHECK (attempt >= 0),
            token {bytes},
            reason {text} NOT NULL DEFAULT '',
            reason_detail {text} NOT NULL DEFAULT '',
            stage {text} NOT NULL DEFAULT '',
            created_at {integer} NOT NULL,
            queued_at {integer} NOT NULL,
            started_at {integer},
            ended_at {integer},
            heartbeat_at {integer},
            lease_until {integer},
            stop_at {integer},
            checkpoint_step {integer},
            checkpoint_folder {text} NOT NULL DEFAULT '',
            product {text} NOT NULL DEFAULT '',
            is_settled {integer} NOT NULL DEFAULT 0 CHECK (is_settled IN (0, 1)),
            CHECK ((state IN ('starting', 'running', 'stopping')) = (lease_until IS NOT NULL)),
            CHECK ((state IN ('succeeded', 'failed', 'stopped')) = (ended_at IS NOT NULL))
        ) {strict}
        """,
        "CREATE INDEX runs_of_account ON runs (account, id)",
        "CREATE INDEX runs_to_care ON runs (region, id) WHERE is_settled = 0"
    )

    private static let rights = Migration(
        "0206 what workers of runs may touch",
        "ALTER TABLE runs ADD COLUMN writes {text}",
        "ALTER TABLE runs ADD COLUMN reads {text} NOT NULL DEFAULT ''",
        "CREATE UNIQUE INDEX runs_by_token ON runs (token) WHERE token IS NOT NULL"
    )

    private static let claims = Migration(
        "0207 which node looks after runs",
        """
        CREATE TABLE run_claims (
            region {text} PRIMARY KEY,
            node {text} NOT NULL,
            until {integer} NOT NULL
        ) {strict}
        """
    )

    private static let metrics = Migration(
        "0205 run metrics",
        """
        CREATE TABLE run_metrics (
            run {text} NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            name {text} NOT NULL,
            step {integer} NOT NULL CHECK (step >= 0),
            value {real} NOT NULL,
            attempt {integer} NOT NULL,
            at {integer} NOT NULL,
            PRIMARY KEY (run, name, step)
        ) {strict}
        """
    )
}
