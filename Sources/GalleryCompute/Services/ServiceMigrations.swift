package import GalleryDatabase

/// The schema of inference services, their replicas, keys and use.
package enum ServiceMigrations {
    package static let all: [Migration] = [services, replicas, keys, usage]

    private static let services = Migration(
        "0215 inference services",
        """
        CREATE TABLE services (
            id {text} PRIMARY KEY,
            account {text} NOT NULL REFERENCES accounts (id),
            name {text} NOT NULL,
            description {text} NOT NULL,
            model {text} NOT NULL,
            model_name {text} NOT NULL,
            revision {text} NOT NULL,
            task {text} NOT NULL,
            base {text},
            flavor {text} NOT NULL,
            region {text} NOT NULL,
            tariff {text} NOT NULL CHECK (tariff IN ('paid', 'free')),
            hours {integer} CHECK (hours > 0),
            replicas {integer} NOT NULL CHECK (replicas > 0),
            is_wanted {integer} NOT NULL CHECK (is_wanted IN (0, 1)),
            halt {text} NOT NULL DEFAULT '',
            halt_detail {text} NOT NULL DEFAULT '',
            created_at {integer} NOT NULL,
            started_at {integer} NOT NULL,
            deleted_at {integer}
        ) {strict}
        """,
        "CREATE INDEX services_of_account ON services (account, id)",
        "CREATE INDEX services_to_care ON services (id) WHERE is_wanted = 1 OR deleted_at IS NOT NULL"
    )

    private static let replicas = Migration(
        "0216 replicas of services",
        """
        CREATE TABLE service_replicas (
            run {text} PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
            service {text} NOT NULL REFERENCES services (id) ON DELETE CASCADE,
            crashes {integer} NOT NULL DEFAULT 0 CHECK (crashes >= 0),
            restart_at {integer},
            drain_until {integer},
            is_current {integer} NOT NULL DEFAULT 1 CHECK (is_current IN (0, 1))
        ) {strict}
        """,
        "CREATE INDEX replicas_of_service ON service_replicas (service, run)",
        "CREATE INDEX replicas_current ON service_replicas (service) WHERE is_current = 1"
    )

    private static let keys = Migration(
        "0217 keys of services",
        """
        CREATE TABLE service_keys (
            id {text} PRIMARY KEY,
            service {text} NOT NULL REFERENCES services (id) ON DELETE CASCADE,
            name {text} NOT NULL,
            digest {bytes} NOT NULL,
            hint {text} NOT NULL,
            per_minute {integer} NOT NULL CHECK (per_minute > 0),
            created_at {integer} NOT NULL,
            used_at {integer},
            revoked_at {integer}
        ) {strict}
        """,
        "CREATE UNIQUE INDEX service_keys_by_digest ON service_keys (digest)",
        "CREATE INDEX keys_of_service ON service_keys (service, id)"
    )

    private static let usage = Migration(
        "0218 use of services",
        """
        CREATE TABLE service_usage (
            service {text} NOT NULL REFERENCES services (id) ON DELETE CASCADE,
            caller {text} NOT NULL,
            day {text} NOT NULL,
            requests {integer} NOT NULL,
            errors {integer} NOT NULL,
            prompt_tokens {integer} NOT NULL,
            completion_tokens {integer} NOT NULL,
            PRIMARY KEY (service, caller, day)
        ) {strict}
        """
    )
}
