package import GalleryDatabase

/// The schema of identity: accounts first, since everything else refers to them.
package enum IdentityMigrations {
    package static let all: [Migration] = [accounts, credentials, audit]

    /// What came later, to stand at the end of the list.
    package static let additions: [Migration] = [profiles, downloads, origins]

    private static let accounts = Migration(
        "0001 accounts",
        """
        CREATE TABLE accounts (
            id {text} PRIMARY KEY,
            number {integer} NOT NULL UNIQUE,
            kind {text} NOT NULL CHECK (kind IN ('user', 'organization')),
            name {text} NOT NULL,
            name_key {text} NOT NULL UNIQUE,
            nickname {text} NOT NULL,
            email {text} NOT NULL,
            bio {text} NOT NULL,
            role {text} NOT NULL CHECK (role IN ('user', 'reviewer', 'admin')),
            is_disabled {integer} NOT NULL CHECK (is_disabled IN (0, 1)),
            is_private_by_default {integer} NOT NULL CHECK (is_private_by_default IN (0, 1)),
            password_hash {text},
            created_at {integer} NOT NULL,
            updated_at {integer} NOT NULL
        ) {strict}
        """,
        "CREATE INDEX accounts_kind ON accounts (kind, name_key)",
        """
        CREATE TABLE account_numbers (
            id {integer} PRIMARY KEY CHECK (id = 1),
            last {integer} NOT NULL
        ) {strict}
        """,
        "INSERT INTO account_numbers (id, last) VALUES (1, 10000)",
        """
        CREATE TABLE former_account_names (
            name_key {text} PRIMARY KEY,
            account {text} NOT NULL REFERENCES accounts (id),
            renamed_at {integer} NOT NULL
        ) {strict}
        """,
        "CREATE INDEX former_account_names_account ON former_account_names (account)",
        """
        CREATE TABLE memberships (
            organization {text} NOT NULL REFERENCES accounts (id),
            account {text} NOT NULL REFERENCES accounts (id),
            role {text} NOT NULL CHECK (role IN ('read', 'contributor', 'write', 'admin')),
            created_at {integer} NOT NULL,
            PRIMARY KEY (organization, account)
        ) {strict}
        """,
        "CREATE INDEX memberships_account ON memberships (account)"
    )

    private static let credentials = Migration(
        "0002 credentials",
        """
        CREATE TABLE access_tokens (
            id {text} PRIMARY KEY,
            account {text} NOT NULL REFERENCES accounts (id),
            name {text} NOT NULL,
            origin {text} NOT NULL CHECK (origin IN ('personal', 'operator', 'device', 'iam')),
            hash {bytes} NOT NULL UNIQUE,
            hint {text} NOT NULL,
            scope {text} NOT NULL CHECK (scope IN ('read', 'write', 'admin')),
            repo {text},
            created_at {integer} NOT NULL,
            expires_at {integer},
            last_used_at {integer}
        ) {strict}
        """,
        "CREATE INDEX access_tokens_account ON access_tokens (account, created_at)",
        "CREATE INDEX access_tokens_expires_at ON access_tokens (expires_at)",
        """
        CREATE TABLE key_pairs (
            access_key {text} PRIMARY KEY,
            account {text} NOT NULL REFERENCES accounts (id),
            name {text} NOT NULL,
            sealed_secret {bytes} NOT NULL,
            created_at {integer} NOT NULL,
            last_used_at {integer}
        ) {strict}
        """,
        "CREATE INDEX key_pairs_account ON key_pairs (account, created_at)",
        """
        CREATE TABLE sessions (
            id {text} PRIMARY KEY,
            account {text} NOT NULL REFERENCES accounts (id),
            hash {bytes} NOT NULL UNIQUE,
            agent {text} NOT NULL,
            address {text} NOT NULL,
            created_at {integer} NOT NULL,
            last_seen_at {integer} NOT NULL,
            idle_until {integer} NOT NULL,
            expires_at {integer} NOT NULL
        ) {strict}
        """,
        "CREATE INDEX sessions_account ON sessions (account, created_at)",
        "CREATE INDEX sessions_expires_at ON sessions (expires_at)",
        """
        CREATE TABLE device_logins (
            id {text} PRIMARY KEY,
            device_hash {bytes} NOT NULL UNIQUE,
            user_code {text} NOT NULL UNIQUE,
            client {text} NOT NULL,
            state {text} NOT NULL CHECK (state IN ('pending', 'approved', 'denied')),
            account {text} REFERENCES accounts (id),
            created_at {integer} NOT NULL,
            polled_at {integer} NOT NULL,
            expires_at {integer} NOT NULL
        ) {strict}
        """,
        "CREATE INDEX device_logins_account ON device_logins (account)",
        "CREATE INDEX device_logins_expires_at ON device_logins (expires_at)",
        """
        CREATE TABLE refresh_tokens (
            hash {bytes} PRIMARY KEY,
            token {text} NOT NULL REFERENCES access_tokens (id) ON DELETE CASCADE,
            client {text} NOT NULL,
            expires_at {integer} NOT NULL
        ) {strict}
        """,
        "CREATE INDEX refresh_tokens_token ON refresh_tokens (token)",
        """
        CREATE TABLE guesses (
            subject {text} PRIMARY KEY,
            failures {integer} NOT NULL,
            since {integer} NOT NULL,
            blocked_until {integer} NOT NULL
        ) {strict}
        """,
        "CREATE INDEX guesses_since ON guesses (since)"
    )

    private static let audit = Migration(
        "0003 audit log",
        """
        CREATE TABLE audit_log (
            id {text} PRIMARY KEY,
            at {integer} NOT NULL,
            actor {text} REFERENCES accounts (id),
            action {text} NOT NULL,
            subject {text} NOT NULL,
            detail {text} NOT NULL
        ) {strict}
        """,
        "CREATE INDEX audit_log_at ON audit_log (at)",
        "CREATE INDEX audit_log_actor ON audit_log (actor, at)",
        "CREATE INDEX audit_log_subject ON audit_log (subject, at)",
        "{append-only} audit_log"
    )

    private static let profiles = Migration(
        "0075 pictures and confirmed addresses",
        "ALTER TABLE accounts ADD COLUMN picture {text} NOT NULL DEFAULT ''",
        """
        ALTER TABLE accounts ADD COLUMN is_email_confirmed {integer} NOT NULL DEFAULT 0
            CHECK (is_email_confirmed IN (0, 1))
        """,
        """
        ALTER TABLE accounts ADD COLUMN is_real_name_verified {integer} NOT NULL DEFAULT 0
            CHECK (is_real_name_verified IN (0, 1))
        """,
        "CREATE INDEX accounts_email ON accounts (LOWER(email))",
        """
        CREATE TABLE account_pictures (
            account {text} PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
            name {text} NOT NULL,
            small {bytes} NOT NULL,
            medium {bytes} NOT NULL,
            large {bytes} NOT NULL,
            created_at {integer} NOT NULL
        ) {strict}
        """,
        "CREATE INDEX account_pictures_name ON account_pictures (name)"
    )

    /// Where what was done came from.
    private static let origins = Migration(
        "0077 origins of audited decisions",
        "ALTER TABLE audit_log ADD COLUMN address {text} NOT NULL DEFAULT ''",
        "ALTER TABLE audit_log ADD COLUMN agent {text} NOT NULL DEFAULT ''",
        "ALTER TABLE audit_log ADD COLUMN request {text} NOT NULL DEFAULT ''",
        "CREATE INDEX audit_log_action ON audit_log (action, at)"
    )

    /// What people fetched while they were signed in, for their own list.
    private static let downloads = Migration(
        "0076 downloads of accounts",
        """
        CREATE TABLE account_downloads (
            account {text} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
            repo {text} NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
            first_at {integer} NOT NULL,
            last_at {integer} NOT NULL,
            PRIMARY KEY (account, repo)
        ) {strict}
        """,
        "CREATE INDEX account_downloads_by_time ON account_downloads (account, last_at, repo)",
        "CREATE INDEX account_downloads_by_repo ON account_downloads (repo)"
    )
}
