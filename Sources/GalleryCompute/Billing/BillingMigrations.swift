package import GalleryDatabase

/// The schema of metering and of the books.
package enum BillingMigrations {
    package static let all: [Migration] = [prices, usage, ledger, vouchers, lines, standings]

    private static let prices = Migration(
        "0220 prices",
        """
        CREATE TABLE flavor_prices (
            flavor {text} NOT NULL,
            region {text} NOT NULL,
            starts_at {integer} NOT NULL CHECK (starts_at % 1000 = 0),
            per_hour {integer} NOT NULL CHECK (per_hour >= 0),
            set_at {integer} NOT NULL,
            PRIMARY KEY (flavor, region, starts_at)
        ) {strict}
        """
    )

    private static let usage = Migration(
        "0221 usage",
        """
        CREATE TABLE usage_intervals (
            id {text} PRIMARY KEY,
            run {text} NOT NULL,
            account {text} NOT NULL REFERENCES accounts (id),
            flavor {text} NOT NULL,
            region {text} NOT NULL,
            tariff {text} NOT NULL CHECK (tariff IN ('paid', 'free')),
            started_at {integer} NOT NULL CHECK (started_at % 1000 = 0),
            ended_at {integer} CHECK (ended_at >= started_at AND ended_at % 1000 = 0),
            known_until {integer} NOT NULL CHECK (known_until >= started_at),
            settled_until {integer} NOT NULL CHECK (settled_until >= started_at AND settled_until <= known_until)
        ) {strict}
        """,
        "CREATE UNIQUE INDEX usage_intervals_open ON usage_intervals (run) WHERE ended_at IS NULL",
        "CREATE INDEX usage_intervals_of_run ON usage_intervals (run, started_at)",
        "CREATE INDEX usage_intervals_of_account ON usage_intervals (account, started_at)",
        """
        CREATE INDEX usage_intervals_due ON usage_intervals (account, settled_until)
        WHERE settled_until < known_until
        """
    )

    private static let ledger = Migration(
        "0222 ledger",
        """
        CREATE TABLE ledger_entries (
            id {text} PRIMARY KEY,
            kind {text} NOT NULL CHECK (kind IN ('charge', 'top-up', 'correction', 'voucher', 'lapse')),
            account {text} NOT NULL REFERENCES accounts (id),
            key {text} NOT NULL UNIQUE,
            hour {integer},
            note {text} NOT NULL,
            actor {text},
            at {integer} NOT NULL
        ) {strict}
        """,
        "CREATE INDEX ledger_entries_of_account ON ledger_entries (account, at, id)",
        "CREATE INDEX ledger_entries_by_time ON ledger_entries (at, id)",
        "CREATE INDEX ledger_entries_by_hour ON ledger_entries (account, hour) WHERE hour IS NOT NULL",
        """
        CREATE TABLE ledger_postings (
            entry {text} NOT NULL REFERENCES ledger_entries (id),
            place {text} NOT NULL
                CHECK (place IN ('cash', 'promotion', 'revenue', 'wallet', 'owed', 'voucher')),
            voucher {text} NOT NULL CHECK ((place = 'voucher') = (voucher <> '')),
            account {text} NOT NULL,
            amount {integer} NOT NULL CHECK (amount <> 0),
            PRIMARY KEY (entry, place, voucher)
        ) {strict}
        """,
        "CREATE INDEX ledger_postings_of_account ON ledger_postings (account, place, voucher, amount)",
        "{append-only} ledger_entries",
        "{append-only} ledger_postings"
    )

    private static let vouchers = Migration(
        "0223 vouchers",
        """
        CREATE TABLE vouchers (
            id {text} PRIMARY KEY,
            account {text} NOT NULL REFERENCES accounts (id),
            amount {integer} NOT NULL CHECK (amount > 0),
            expires_at {integer} NOT NULL CHECK (expires_at % 3600000 = 0),
            note {text} NOT NULL,
            created_at {integer} NOT NULL,
            has_lapsed {integer} NOT NULL DEFAULT 0 CHECK (has_lapsed IN (0, 1))
        ) {strict}
        """,
        "CREATE INDEX vouchers_of_account ON vouchers (account, expires_at, id)",
        "CREATE INDEX vouchers_to_lapse ON vouchers (expires_at, id) WHERE has_lapsed = 0"
    )

    private static let lines = Migration(
        "0224 usage lines",
        """
        CREATE TABLE usage_lines (
            usage {text} NOT NULL REFERENCES usage_intervals (id),
            started_at {integer} NOT NULL,
            ended_at {integer} NOT NULL CHECK (ended_at > started_at),
            run {text} NOT NULL,
            account {text} NOT NULL,
            flavor {text} NOT NULL,
            region {text} NOT NULL,
            tariff {text} NOT NULL CHECK (tariff IN ('paid', 'free')),
            hour {integer} NOT NULL CHECK (hour % 3600000 = 0 AND started_at >= hour AND ended_at <= hour + 3600000),
            price {integer} NOT NULL CHECK (price >= 0),
            amount {integer} NOT NULL CHECK (amount >= 0),
            entry {text} REFERENCES ledger_entries (id),
            PRIMARY KEY (usage, started_at),
            CHECK ((amount > 0) = (entry IS NOT NULL))
        ) {strict}
        """,
        "CREATE INDEX usage_lines_of_account ON usage_lines (account, hour, started_at, usage)",
        "CREATE INDEX usage_lines_of_run ON usage_lines (run, started_at)",
        "CREATE INDEX usage_lines_of_entry ON usage_lines (entry)",
        "{append-only} usage_lines"
    )

    private static let standings = Migration(
        "0225 arrears",
        """
        CREATE TABLE billing_standings (
            account {text} PRIMARY KEY REFERENCES accounts (id),
            state {text} NOT NULL CHECK (state IN ('clear', 'grace', 'retention', 'released')),
            since {integer} NOT NULL,
            until {integer} CHECK (until >= since)
        ) {strict}
        """,
        "CREATE INDEX billing_standings_due ON billing_standings (until, account) WHERE until IS NOT NULL",
        "CREATE INDEX billing_standings_in_arrears ON billing_standings (state, since, account) WHERE state <> 'clear'"
    )
}
